/**
 * Paper for a distribution. A pointer draws; with the keyboard, arrow keys move a cursor, space puts or takes a point. Fires `draw` with
 * all points when a stroke is done.
 */
import { css, html, LitElement } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { controls } from '../../ui/theme.ts';
import { CELLS, dotAt, DRAWINGS, stroke, withDots, type Dot } from './drawing.ts';
import { Inks } from './inks.ts';

const SIZE = 256;

@customElement('vt-gan-pad')
export class Pad extends LitElement {
  @property({ attribute: false }) dots: readonly Dot[] = [];
  @state() private open: readonly Dot[] | null = null;
  @state() private cursor: Dot | null = null;
  @query('canvas') private canvas!: HTMLCanvasElement;
  private last: Dot | null = null;
  private readonly inks = new Inks(this, () => this.requestUpdate());

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
        touch-action: none;
        cursor: crosshair;
      }
      .row {
        gap: 4px;
      }
    `,
  ];

  private get shown(): readonly Dot[] {
    return this.open ?? (this.dots.length > 0 ? this.dots : DRAWINGS['Spiral']);
  }

  private at(event: PointerEvent): Dot {
    const box = this.canvas.getBoundingClientRect();
    return dotAt((event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height);
  }

  private begin(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.last = this.at(event);
    this.open = withDots(this.dots, [this.last]);
  }

  private extend(event: PointerEvent): void {
    if (!this.open || !this.last) return;
    const dot = this.at(event);
    this.open = withDots(this.open, stroke(this.last, dot));
    this.last = dot;
  }

  private end(): void {
    if (this.open) this.tell(this.open);
    this.open = this.last = null;
  }

  private tell(dots: readonly Dot[]): void {
    this.dispatchEvent(new CustomEvent<Dot[]>('draw', { detail: [...dots] }));
  }

  private move(event: KeyboardEvent): void {
    const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const step = steps[event.key];
    if (!step && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    const { column, row } = this.cursor ?? { column: CELLS / 2, row: CELLS / 2 };
    if (step) this.cursor = dotAt((column + 0.5 + 2 * step[0]) / CELLS, (row + 0.5 + 2 * step[1]) / CELLS);
    else {
      const others = this.dots.filter((dot) => dot.column !== column || dot.row !== row);
      this.tell(others.length < this.dots.length ? others : withDots(this.dots, [{ column, row }]));
    }
  }

  protected override updated(): void {
    const context = this.canvas.getContext('2d');
    if (!context) return;
    const cell = SIZE / CELLS;
    context.fillStyle = this.inks.of('paper-raised');
    context.fillRect(0, 0, SIZE, SIZE);
    context.fillStyle = this.inks.of('blue');
    const top = (row: number) => SIZE - (row + 1) * cell;
    for (const { column, row } of this.shown) context.fillRect(column * cell, top(row), cell, cell);
    if (!this.cursor) return;
    context.strokeStyle = this.inks.of('ink');
    context.lineWidth = 2;
    context.strokeRect(this.cursor.column * cell - 3, top(this.cursor.row) - 3, cell + 6, cell + 6);
  }

  protected override render() {
    return html`<canvas
        width=${SIZE}
        height=${SIZE}
        role="application"
        tabindex="0"
        aria-label="Drawing area, ${this.shown.length} points. Draw with a pointer, or move with the arrow keys and put a point with space."
        @pointerdown=${this.begin}
        @pointermove=${this.extend}
        @pointerup=${this.end}
        @pointercancel=${this.end}
        @keydown=${this.move}
        @blur=${() => (this.cursor = null)}
      ></canvas>
      <div class="row" role="group" aria-label="Ready-made drawings">
        ${Object.entries(DRAWINGS).map(([name, dots]) => html`<button @click=${() => this.tell(dots)}>${name}</button>`)}
        <button class="plain" ?disabled=${this.dots.length === 0} @click=${() => this.tell([])}>Clear</button>
      </div>
      <p class="soft">Real points are drawn around these, with a little noise. Without any, the spiral stands in.</p>`;
  }
}
