/**
 * The board: real and fake points on the ground of D's scores. The score under the pointer is read out; with the keyboard, arrow keys
 * move a cross-hair.
 */
import { css, html } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { save, toCsv, type Cell } from '../../ui/csv.ts';
import { brief } from '../../ui/format.ts';
import type { Watched } from '../../ui/signal.ts';
import { styles } from '../../ui/styles.ts';
import { controls } from '../../ui/theme.ts';
import { cellAt, SIDE } from './field.ts';
import { Inks } from './inks.ts';
import type { Layer } from './iteration.ts';
import { drawLine } from './line.ts';
import { Panel } from './panel.ts';
import { drawPlane, type Scene } from './plane.ts';

interface Place {
  x: number;
  y: number;
}

@customElement('vt-gan-board')
export class Board extends Panel {
  @state() private place: Place | null = null;
  @query('canvas') private canvas!: HTMLCanvasElement;
  private readonly ground = document.createElement('canvas');
  private readonly inks = new Inks(this, () => this.draw());
  private readonly resized = new ResizeObserver(() => this.draw());

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .frame {
        position: relative;
        aspect-ratio: 1;
        border: 1px solid var(--hairline);
        border-radius: 3px;
        overflow: hidden;
      }
      .frame.line {
        aspect-ratio: 4 / 3;
      }
      canvas {
        display: block;
        width: 100%;
        height: 100%;
      }
      .cross {
        position: absolute;
        width: 15px;
        height: 15px;
        margin: -8px;
        border: 2px solid var(--ink);
        border-radius: 50%;
        outline: 1px solid var(--paper);
        pointer-events: none;
      }
      footer {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 30px;
        font-size: 0.8rem;
        color: var(--ink-soft);
      }
      output {
        margin-right: auto;
      }
      footer button {
        font-size: 0.8rem;
        min-height: 26px;
        padding: 2px 4px;
        color: var(--ink-soft);
      }
    `,
  ];

  protected override followed(): Watched {
    return this.game;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.resized.observe(this.canvas);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  protected override firstUpdated(): void {
    this.resized.observe(this.canvas);
  }

  protected override updated(): void {
    this.draw();
  }

  /** What is to be seen now: the chosen layers, or those of the sub-step. */
  private layers(): Scene['layers'] {
    const { settings, subStep } = this.game;
    if (subStep) return new Set<Layer | 'best' | 'grid'>([...subStep.layers, ...(settings.grid ? (['grid'] as const) : [])]);
    const chosen: [Layer | 'best' | 'grid', boolean][] = [
      ['real', settings.real],
      ['fake', settings.fake],
      ['arrows', settings.arrows],
      ['grid', settings.grid],
      ['ground', settings.ground === 'd'],
      ['best', settings.ground === 'best'],
    ];
    return new Set(chosen.filter(([, on]) => on).map(([layer]) => layer));
  }

  private draw(): void {
    const { live, look, before, reading, settings } = this.game;
    const context = this.canvas?.getContext('2d');
    const [width, height] = [this.canvas?.clientWidth ?? 0, this.canvas?.clientHeight ?? 0];
    if (!context || !live || !look || width === 0) return;
    const density = Math.min(window.devicePixelRatio || 1, 2);
    if (this.canvas.width !== Math.round(width * density)) this.canvas.width = Math.round(width * density);
    if (this.canvas.height !== Math.round(height * density)) this.canvas.height = Math.round(height * density);
    context.setTransform(density, 0, 0, density, 0, 0);
    const scene: Scene = { live, look, before, best: reading?.best ?? null, loss: settings.loss, layers: this.layers() };
    if (live.frame.dims === 2) drawPlane(context, width, scene, this.inks, this.ground);
    else drawLine(context, width, height, scene, this.inks);
  }

  private hover(event: PointerEvent): void {
    const box = this.canvas.getBoundingClientRect();
    const share = (value: number) => Math.min(Math.max(value, 0), 0.999);
    this.place = { x: share((event.clientX - box.left) / box.width), y: share((event.clientY - box.top) / box.height) };
  }

  private move(event: KeyboardEvent): void {
    const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const { x, y } = this.place ?? { x: 0.5, y: 0.5 };
    const by = (at: number, cells: number) => Math.min(Math.max(at + cells / SIDE[2], 0), 0.999);
    this.place = { x: by(x, step[0]), y: by(y, step[1]) };
  }

  private text(): string {
    const { live, look, reading } = this.game;
    if (!this.place || !live || !look) return '';
    const { frame } = live;
    const [x, y] = [(this.place.x * 2 - 1) * frame.reach, (1 - this.place.y * 2) * frame.reach];
    const cell = cellAt(frame, x, y);
    if (cell < 0) return '';
    const where = frame.dims === 1 ? `x = ${brief(x)}` : `x = (${brief(x)}, ${brief(y)})`;
    const best = reading ? ` · best ${brief(reading.best[cell])}` : '';
    return `${where}: D(x) = ${brief(look.ground[cell])}${best}`;
  }

  private savePng(): void {
    this.canvas.toBlob((blob) => blob && save('gan-board.png', blob));
  }

  private saveCsv(): void {
    const { live, look } = this.game;
    if (!live || !look) return;
    const { real, realScore, fake, fakeScore, arrow } = look.view;
    const { dims } = live.frame;
    const rows = (kind: string, points: Float32Array, scores: Float32Array, arrows: Float32Array | null): Cell[][] =>
      Array.from(scores, (score, i) => [
        kind,
        ...points.subarray(i * dims, (i + 1) * dims),
        score,
        ...(arrows ? arrows.subarray(i * dims, (i + 1) * dims) : Array.from({ length: dims }, () => null)),
      ]);
    const axes = dims === 1 ? ['x'] : ['x', 'y'];
    const header = ['kind', ...axes, 'score', ...axes.map((axis) => `arrow ${axis}`)];
    const all = [...rows('real', real, realScore, null), ...rows('fake', fake, fakeScore, arrow)];
    save('gan-points.csv', new Blob([toCsv(header, all)], { type: 'text/csv' }));
  }

  protected override render() {
    const { live } = this.game;
    const { place } = this;
    const isLine = live?.frame.dims === 1;
    return html`<div
        class="frame ${isLine ? 'line' : ''}"
        role="group"
        tabindex="0"
        aria-label="Board: real and generated points on the scores of D. Arrow keys read single places."
        @pointermove=${this.hover}
        @pointerleave=${() => (this.place = null)}
        @blur=${() => (this.place = null)}
        @keydown=${this.move}
      >
        <canvas aria-hidden="true"></canvas>
        ${place ? html`<div class="cross" ${styles({ left: `${place.x * 100}%`, top: `${place.y * 100}%` })}></div>` : null}
      </div>
      <footer>
        <output class="number" aria-live="polite" .textContent=${this.text()}></output>
        <button class="plain" ?disabled=${!live} @click=${this.savePng} aria-label="Board: save as PNG">PNG</button>
        <button class="plain" ?disabled=${!live} @click=${this.saveCsv} aria-label="Board: save as CSV">CSV</button>
      </footer>`;
  }
}
