/** The confusion matrix. One tab stop, arrow keys move; a cell fires `choose` with the images in it. */
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { styles } from '../../ui/styles.ts';
import { controls } from '../../ui/theme.ts';
import type { Confusion } from '../run/confusion.ts';

export interface CellChoice {
  truth: number;
  predicted: number;
  images: readonly number[];
}

@customElement('vt-cnn-confusion')
export class ConfusionMatrix extends LitElement {
  @property({ attribute: false }) confusion: Confusion | null = null;
  @property({ attribute: false }) classes: readonly string[] = [];
  @property({ type: Number }) chosen = -1;
  @state() private current = 0;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .matrix {
        display: grid;
        grid-template-columns: minmax(20px, auto) repeat(var(--classes), minmax(0, 1fr));
        gap: 1px;
        font-size: 0.8rem;
        max-width: calc(var(--classes) * var(--cell) + 40px);
      }
      .row {
        display: contents;
      }
      .head {
        display: grid;
        place-items: center;
        color: var(--ink-soft);
        padding: 2px 5px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        min-width: 0;
      }
      button {
        --tone: var(--ink);
        min-height: 26px;
        min-width: 0;
        padding: 0;
        border: 0;
        border-radius: 2px;
        background: color-mix(in srgb, var(--tone) var(--tint), var(--paper-sunken));
        color: var(--ink);
        font-size: inherit;
      }
      button:hover:not(:disabled) {
        background: color-mix(in srgb, var(--tone) var(--tint), var(--paper-sunken));
        box-shadow: inset 0 0 0 1px var(--outline);
      }
      button.mistake {
        --tone: var(--alert);
      }
      button.empty {
        color: var(--ink-soft);
      }
      button[aria-selected='true'] {
        box-shadow:
          inset 0 0 0 2px var(--paper),
          0 0 0 2px var(--ink);
      }
      button:focus-visible {
        position: relative;
        z-index: 1;
      }
      .axes {
        font-size: 0.8rem;
        color: var(--ink-soft);
        margin-bottom: 4px;
      }
    `,
  ];

  private async move(event: KeyboardEvent): Promise<void> {
    const classes = this.confusion?.classes ?? 0;
    const [row, column] = [Math.floor(this.current / classes), this.current % classes];
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
    };
    const target = moves[event.key];
    if (!target) return;
    event.preventDefault();
    event.stopPropagation();
    if (target.some((value) => value < 0 || value >= classes)) return;
    this.current = target[0] * classes + target[1];
    await this.updateComplete;
    this.renderRoot.querySelectorAll('button')[this.current]?.focus();
  }

  private cell(images: readonly number[], index: number, total: number) {
    const classes = this.confusion?.classes ?? 1;
    const [truth, predicted] = [Math.floor(index / classes), index % classes];
    const share = total > 0 ? images.length / total : 0;
    // Tints stop where ink on them would be hard to read; few images still show.
    const tint = images.length === 0 ? 0 : 0.06 + 0.26 * share;
    const label = `${this.classes[truth]} taken for ${this.classes[predicted]}: ${images.length}`;
    return html`<button
      role="gridcell"
      class="${images.length === 0 ? 'empty' : ''} ${truth === predicted ? '' : 'mistake'}"
      title=${label}
      aria-label=${label}
      aria-selected=${index === this.chosen}
      tabindex=${index === this.current ? 0 : -1}
      @focus=${() => (this.current = index)}
      @click=${() => this.dispatchEvent(new CustomEvent<CellChoice>('choose', { detail: { truth, predicted, images } }))}
      ${styles({ '--tint': `${Math.round(tint * 100)}%` })}
    >
      ${images.length || '·'}
    </button>`;
  }

  protected override render() {
    if (!this.confusion) return null;
    const { classes, cells } = this.confusion;
    const longest = Math.max(0, ...this.classes.map((name) => name.length));
    return html`<p class="axes">Down: the truth. Across: the answer.</p>
      <div
        class="matrix"
        role="grid"
        aria-label="Confusion matrix"
        @keydown=${this.move}
        ${styles({ '--classes': String(classes), '--cell': `${Math.max(44, longest * 9)}px` })}
      >
        <div class="row" role="row">
          <span class="head" role="columnheader"><span class="visually-hidden">truth</span></span>
          ${Array.from({ length: classes }, (_, i) => html`<span class="head" role="columnheader" title=${this.classes[i]}>${this.classes[i]}</span>`)}
        </div>
        ${Array.from({ length: classes }, (_, truth) => {
          const row = cells.slice(truth * classes, (truth + 1) * classes);
          const total = row.reduce((sum, cell) => sum + cell.length, 0);
          return html`<div class="row" role="row">
            <span class="head" role="rowheader">${this.classes[truth]}</span>
            ${row.map((images, predicted) => this.cell(images, truth * classes + predicted, total))}
          </div>`;
        })}
      </div>`;
  }
}
