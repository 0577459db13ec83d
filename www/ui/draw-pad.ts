/** Paper to draw one sign on. Fires `draw` with `{ strokes }` after every change. */
import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { presetDigit, trace, type Point, type Stroke } from './strokes.ts';
import { controls, resolveColor } from './theme.ts';

const SIZE = 240;

@customElement('vt-draw-pad')
export class DrawPad extends LitElement {
  /** Offer the ten ready-made digits. */
  @property({ type: Boolean }) digits = false;
  @state() private strokes: readonly Stroke[] = [];
  @query('canvas') private canvas!: HTMLCanvasElement;
  private open: Point[] | null = null;

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      canvas {
        width: 100%;
        max-width: ${SIZE}px;
        aspect-ratio: 1;
        border: 1px solid var(--outline);
        border-radius: var(--radius);
        background: var(--paper-raised);
        touch-action: none;
        cursor: crosshair;
      }
      .presets {
        gap: 4px;
      }
      .presets button {
        min-width: 32px;
        padding: 2px;
      }
    `,
  ];

  private at(event: PointerEvent): Point {
    const box = this.canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  private begin(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.open = [this.at(event)];
    this.set([...this.strokes, this.open]);
  }

  private extend(event: PointerEvent): void {
    if (!this.open) return;
    this.open.push(this.at(event));
    this.set([...this.strokes]);
  }

  private set(strokes: readonly Stroke[]): void {
    this.strokes = strokes;
    this.dispatchEvent(new CustomEvent('draw', { detail: { strokes } }));
  }

  protected override updated(): void {
    const context = this.canvas.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, SIZE, SIZE);
    context.strokeStyle = resolveColor(this, '--ink');
    context.lineWidth = SIZE * 0.075;
    context.lineCap = context.lineJoin = 'round';
    for (const stroke of this.strokes) trace(context, stroke, SIZE, SIZE);
  }

  protected override render() {
    return html`<canvas
        width=${SIZE}
        height=${SIZE}
        role="img"
        aria-label="Drawing area. ${this.digits ? 'Without a pointer, choose a ready-made digit below.' : ''}"
        @pointerdown=${this.begin}
        @pointermove=${this.extend}
        @pointerup=${() => (this.open = null)}
        @pointercancel=${() => (this.open = null)}
      ></canvas>
      <div class="row presets" role="group" aria-label="Ready-made drawings">
        ${
          this.digits
            ? Array.from(
                { length: 10 },
                (_, digit) =>
                  html`<button aria-label="Draw a ${digit}" @click=${() => this.set(presetDigit(digit))}>${digit}</button>`,
              )
            : null
        }
        <button class="plain" ?disabled=${this.strokes.length === 0} @click=${() => this.set([])}>Clear</button>
      </div>`;
  }
}
