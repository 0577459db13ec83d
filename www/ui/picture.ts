/**
 * One picture, large: an image, a map of numbers, or a map over an image. The value under the pointer is read out below; with the
 * keyboard, arrow keys move a cross-hair from pixel to pixel. A click, or Enter, fires `pick` with the pixel `{ x, y }`.
 */
import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { brief } from './format.ts';
import { paint, valuesAt, type Picture } from './paint.ts';
import { styles } from './styles.ts';
import { controls } from './theme.ts';

export interface Point {
  x: number;
  y: number;
}

@customElement('vt-picture')
export class PictureView extends LitElement {
  @property({ attribute: false }) picture: Picture | null = null;
  @property({ attribute: false }) map: Picture | null = null;
  @property({ type: Number }) opacity = 0.65;
  @property() label = '';
  @state() private point: Point | null = null;
  @query('canvas') private canvas!: HTMLCanvasElement;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .frame {
        position: relative;
        width: 100%;
        border-radius: 3px;
        overflow: hidden;
        background: var(--paper-sunken);
      }
      canvas {
        display: block;
        width: 100%;
        aspect-ratio: var(--aspect);
        image-rendering: pixelated;
      }
      .cross {
        position: absolute;
        border: 1px solid #fff;
        outline: 1px solid #000;
        pointer-events: none;
      }
      .reading {
        position: absolute;
        z-index: 1;
        margin-top: 3px;
        padding: 0 6px;
        border: 1px solid var(--hairline);
        border-radius: 3px;
        background: var(--paper-raised);
        font-size: 0.8rem;
        white-space: nowrap;
      }
      .reading:empty {
        display: none;
      }
    `,
  ];

  protected override updated(): void {
    if (this.picture && this.canvas)
      paint(this.canvas, this.picture, this.map ? { map: this.map, opacity: this.opacity } : undefined);
  }

  private hover(event: PointerEvent): void {
    if (!this.picture) return;
    const box = this.canvas.getBoundingClientRect();
    const at = (position: number, size: number) => Math.min(Math.max(Math.floor(position * size), 0), size - 1);
    this.point = {
      x: at((event.clientX - box.left) / box.width, this.picture.width),
      y: at((event.clientY - box.top) / box.height, this.picture.height),
    };
  }

  private pick(): void {
    if (this.point) this.dispatchEvent(new CustomEvent<Point>('pick', { detail: this.point }));
  }

  private move(event: KeyboardEvent): void {
    if (event.key === 'Enter') this.pick();
    const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    if (!step || !this.picture) return;
    event.preventDefault();
    event.stopPropagation();
    const { x, y } = this.point ?? { x: Math.floor(this.picture.width / 2), y: Math.floor(this.picture.height / 2) };
    const clamp = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
    this.point = { x: clamp(x + step[0], this.picture.width), y: clamp(y + step[1], this.picture.height) };
  }

  private reading(): string {
    if (!this.picture || !this.point || this.point.x >= this.picture.width || this.point.y >= this.picture.height) return '';
    const { x, y } = this.point;
    const text = (picture: Picture) => valuesAt(picture, x, y).map(brief).join(', ');
    const map = this.map && this.map.width === this.picture.width ? ` · map ${text(this.map)}` : '';
    return `column ${x + 1}, row ${y + 1}: ${text(this.picture)}${map}`;
  }

  protected override render() {
    if (!this.picture) return null;
    const { width, height } = this.picture;
    const cross = this.point && {
      left: `${(this.point.x / width) * 100}%`,
      top: `${(this.point.y / height) * 100}%`,
      width: `${100 / width}%`,
      height: `${100 / height}%`,
    };
    return html`<div
        class="frame"
        role="group"
        tabindex="0"
        aria-label="${this.label}. Arrow keys read single pixels."
        @pointermove=${this.hover}
        @click=${(event: PointerEvent) => {
          this.hover(event);
          this.pick();
        }}
        @pointerleave=${() => (this.point = null)}
        @blur=${() => (this.point = null)}
        @keydown=${this.move}
      >
        <canvas aria-hidden="true" ${styles({ '--aspect': `${width} / ${height}` })}></canvas>
        ${cross ? html`<div class="cross" ${styles(cross)}></div>` : null}
      </div>
      <output class="reading number" aria-live="polite" .textContent=${this.reading()}></output>`;
  }
}
