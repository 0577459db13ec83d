/**
 * A grid of small pictures, one of which may be chosen. One tab stop: arrow keys move within. Fires `choose` with the index.
 */
import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { paint, type Picture } from './paint.ts';
import { styles } from './styles.ts';
import { controls } from './theme.ts';

export interface Tile {
  picture: Picture;
  /** Said aloud and shown as a tooltip. */
  label: string;
  /** Shown underneath. */
  caption?: unknown;
}

@customElement('vt-images')
export class ImageGrid extends LitElement {
  @property({ attribute: false }) tiles: readonly Tile[] = [];
  @property({ type: Number }) chosen = -1;
  /** Width of one tile in CSS pixels. */
  @property({ type: Number }) size = 48;
  /** Tiles in a row; 0: as many as fit. */
  @property({ type: Number }) columns = 0;
  @property() label = '';
  @state() private current = 0;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(var(--size), 1fr));
        gap: 6px;
      }
      button {
        display: block;
        padding: 0;
        border: 0;
        min-height: 0;
        background: none;
        border-radius: 3px;
        min-width: 0;
        text-align: center;
      }
      button:hover:not(:disabled) {
        background: none;
      }
      canvas {
        display: block;
        width: 100%;
        image-rendering: pixelated;
        border-radius: 2px;
        box-shadow: 0 0 0 1px var(--hairline);
      }
      button:hover canvas {
        box-shadow: 0 0 0 1px var(--outline);
      }
      button[aria-pressed='true'] {
        box-shadow: none;
      }
      button[aria-pressed='true'] canvas {
        box-shadow:
          0 0 0 2px var(--paper),
          0 0 0 4px var(--ink);
      }
      .caption {
        display: block;
        font-size: 0.76rem;
        line-height: 1.35;
        color: var(--ink-soft);
        padding-top: 2px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('chosen') && this.chosen >= 0) this.current = this.chosen;
    if (this.current >= this.tiles.length) this.current = 0;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('tiles')) return;
    const canvases = this.renderRoot.querySelectorAll('canvas');
    this.tiles.forEach((tile, i) => paint(canvases[i], tile.picture));
  }

  private choose(index: number): void {
    this.current = index;
    this.dispatchEvent(new CustomEvent('choose', { detail: index }));
  }

  private async move(event: KeyboardEvent): Promise<void> {
    const buttons = [...this.renderRoot.querySelectorAll('button')];
    const top = buttons[0]?.offsetTop;
    const columns = buttons.filter((button) => button.offsetTop === top).length;
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.current = Math.min(Math.max(this.current + step, 0), this.tiles.length - 1);
    await this.updateComplete;
    buttons[this.current]?.focus();
  }

  protected override render() {
    return html`<div
      class="grid"
      role="group"
      aria-label=${this.label}
      @keydown=${this.move}
      ${styles({
        '--size': `${this.size}px`,
        'grid-template-columns': this.columns > 0 ? `repeat(${this.columns}, minmax(0, 1fr))` : '',
      })}
    >
      ${this.tiles.map(
        (tile, i) =>
          html`<button
            type="button"
            title=${tile.label}
            aria-label=${tile.label}
            aria-pressed=${i === this.chosen}
            tabindex=${i === this.current ? 0 : -1}
            @click=${() => this.choose(i)}
          >
            <canvas></canvas>
            ${tile.caption === undefined ? null : html`<span class="caption" aria-hidden="true">${tile.caption}</span>`}
          </button>`,
      )}
    </div>`;
  }
}
