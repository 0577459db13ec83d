/** Means with confidence intervals, or other middles and spreads, as horizontal bars, one per row. Saved as PNG and CSV like every plot. */
import { css, html, LitElement } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { save, toCsv } from './csv.ts';
import { brief } from './format.ts';
import { controls, resolveColor, THEME_EVENT } from './theme.ts';
import { ticksFor } from './ticks.ts';

/** What is not a number is not drawn. */
export interface Interval {
  label: string;
  mean: number;
  low: number;
  high: number;
}

const ROW = 26;
const AXIS = 22;
const FONT = '12px system-ui, sans-serif';
const SMALL = '11px system-ui, sans-serif';

@customElement('vt-intervals')
export class IntervalPlot extends LitElement {
  @property() heading = '';
  @property({ attribute: false }) rows: readonly Interval[] = [];
  @property() file = 'intervals';
  /** What the bar's end is, and what the whiskers are. */
  @property() middle = 'mean';
  @property() spread = 'confidence interval';
  @query('canvas') private canvas!: HTMLCanvasElement;
  private readonly resized = new ResizeObserver(() => this.draw());
  private readonly systemTheme = matchMedia('(prefers-color-scheme: dark)');
  private readonly redraw = () => this.draw();

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      header {
        display: flex;
        align-items: baseline;
        justify-content: space-between;
        gap: 8px;
      }
      .tools {
        flex: none;
      }
      .tools button {
        font-size: 0.8rem;
        min-height: 26px;
        padding: 2px 4px;
        color: var(--ink-soft);
      }
      canvas {
        display: block;
        width: 100%;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener(THEME_EVENT, this.redraw);
    this.systemTheme.addEventListener('change', this.redraw);
    if (this.hasUpdated) this.resized.observe(this.canvas);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    window.removeEventListener(THEME_EVENT, this.redraw);
    this.systemTheme.removeEventListener('change', this.redraw);
  }

  protected override firstUpdated(): void {
    this.resized.observe(this.canvas);
  }

  protected override updated(): void {
    this.draw();
  }

  private draw(): void {
    const { canvas, rows } = this;
    const context = canvas?.getContext('2d');
    const width = canvas?.clientWidth ?? 0;
    if (!context || width === 0) return;
    const height = rows.length * ROW + AXIS;
    const density = window.devicePixelRatio || 1;
    canvas.style.setProperty('height', `${height}px`);
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    context.scale(density, density);
    context.fillStyle = resolveColor(this, '--paper');
    context.fillRect(0, 0, width, height);
    context.font = FONT;
    context.textBaseline = 'middle';

    const finite = rows.flatMap(({ mean, low, high }) => [mean, low, high]).filter(Number.isFinite);
    const ticks = ticksFor(Math.min(...finite, 0), Math.max(...finite, 0));
    const [low, high] = [ticks[0], ticks[ticks.length - 1]];
    const left = Math.min(Math.max(...rows.map(({ label }) => context.measureText(label).width), 0) + 10, width * 0.45);
    const right = width - 14;
    const x = (value: number) => left + ((value - low) / (high - low || 1)) * (right - left);
    const [ink, soft, hairline, violet] = ['--ink', '--ink-soft', '--hairline', '--violet'].map((name) => resolveColor(this, name));

    for (const tick of ticks) {
      context.strokeStyle = tick === 0 ? soft : hairline;
      line(context, x(tick), 0, x(tick), height - AXIS + 3);
      context.fillStyle = soft;
      context.textAlign = 'center';
      context.fillText(brief(tick), x(tick), height - AXIS / 2 + 2);
    }
    rows.forEach((row, i) => {
      const y = i * ROW + ROW / 2;
      context.fillStyle = ink;
      context.textAlign = 'left';
      label(context, row.label, y, left - 8);
      if (!Number.isFinite(row.mean)) return;
      context.fillStyle = violet;
      context.globalAlpha = 0.45;
      context.fillRect(Math.min(x(0), x(row.mean)), y - 7, Math.abs(x(row.mean) - x(0)), 14);
      context.globalAlpha = 1;
      context.strokeStyle = ink;
      line(context, x(row.mean), y - 7, x(row.mean), y + 7);
      if (!Number.isFinite(row.low) || !Number.isFinite(row.high)) return;
      line(context, x(row.low), y, x(row.high), y);
      for (const end of [row.low, row.high]) line(context, x(end), y - 4, x(end), y + 4);
    });
  }

  private savePng(): void {
    this.canvas.toBlob((blob) => blob && save(`${this.file}.png`, blob));
  }

  private saveCsv(): void {
    const rows = this.rows.map(({ label, mean, low, high }) => [label, mean, low, high]);
    save(`${this.file}.csv`, new Blob([toCsv(['', this.middle, 'low', 'high'], rows)], { type: 'text/csv' }));
  }

  protected override render() {
    const whisker = (low: number, high: number) => (Number.isFinite(low) ? `, ${brief(low)} to ${brief(high)}` : '');
    const text = this.rows.map(({ label, mean, low, high }) => `${label} ${brief(mean)}${whisker(low, high)}`);
    return html`<header>
        <h3>${this.heading}</h3>
        <span class="tools">
          <button class="plain" @click=${this.savePng} aria-label="${this.heading}: save as PNG">PNG</button>
          <button class="plain" @click=${this.saveCsv} aria-label="${this.heading}: save as CSV">CSV</button>
        </span>
      </header>
      <canvas role="img" aria-label="${this.heading}, ${this.middle} and ${this.spread}. ${text.join('; ')}"></canvas>`;
  }
}

/** In one line, or where that is too long and it has a colon, in two. */
function label(context: CanvasRenderingContext2D, text: string, y: number, room: number): void {
  const colon = text.indexOf(': ');
  if (colon < 0 || context.measureText(text).width <= room) {
    context.fillText(text, 0, y, room);
    return;
  }
  context.font = SMALL;
  context.fillText(text.slice(0, colon + 1), 0, y - 6, room);
  context.fillText(text.slice(colon + 2), 0, y + 6, room);
  context.font = FONT;
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
