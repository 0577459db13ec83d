/** Live curves: one measure of a run against its steps. Training solid, validation dashed, the raw values faint behind. */
import { css, html, LitElement, unsafeCSS, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import uPlot from 'uplot';
import uPlotStyles from 'uplot/dist/uPlot.min.css?inline';
import { save, toCsv } from './csv.ts';
import { brief, count, percent } from './format.ts';
import type { History, Measure } from './history.ts';
import { controls, resolveColor } from './theme.ts';

const HEIGHT = 168;

@customElement('vt-curves')
export class Curves extends LitElement {
  @property({ attribute: false }) history!: History;
  @property() measure: Measure = 'loss';
  @property() heading = '';
  /** Raised by the owner whenever the history has grown. */
  @property({ type: Number }) version = 0;
  @state() private logarithmic = false;
  @query('.plot') private holder!: HTMLElement;
  private plot: uPlot | null = null;
  private readonly resized = new ResizeObserver(() => this.fit());
  private readonly dark = matchMedia('(prefers-color-scheme: dark)');
  private readonly recolor = () => this.rebuild();

  static override styles = [
    controls,
    unsafeCSS(uPlotStyles),
    css`
      :host {
        display: block;
        min-width: 0;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 2px 12px;
      }
      h3 {
        margin-right: auto;
      }
      .plot {
        height: ${HEIGHT}px;
        margin-top: 4px;
        overflow: hidden;
      }
      .tools {
        display: flex;
        gap: 2px;
        margin-top: 2px;
        align-items: center;
      }
      .tools button {
        font-size: 0.8rem;
        min-height: 26px;
        color: var(--ink-soft);
      }
      .key {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        margin-right: 10px;
      }
      .key svg {
        width: 22px;
        height: 8px;
      }
      .keys {
        margin-right: auto;
        font-size: 0.8rem;
        color: var(--ink-soft);
      }
      .keys line {
        stroke: var(--ink);
        stroke-width: 2;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.dark.addEventListener('change', this.recolor);
    this.addEventListener('theme-changed', this.recolor);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.dark.removeEventListener('change', this.recolor);
    this.resized.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  /** Call after a change of theme that the system did not make. */
  rebuild(): void {
    if (!this.holder) return;
    this.plot?.destroy();
    this.plot = new uPlot(this.options(), this.history.aligned(this.measure), this.holder);
  }

  protected override firstUpdated(): void {
    this.resized.observe(this.holder);
    this.rebuild();
  }

  protected override updated(changed: PropertyValues): void {
    if (!this.plot || !changed.has('version') || this.history.points.length === 0) {
      if (changed.has('logarithmic') || changed.has('history') || changed.has('version')) this.rebuild();
      return;
    }
    if (changed.has('logarithmic') || changed.has('history')) this.rebuild();
    else this.plot.setData(this.history.aligned(this.measure));
  }

  private fit(): void {
    const width = this.holder.clientWidth;
    if (width > 0) this.plot?.setSize({ width, height: HEIGHT });
  }

  private options(): uPlot.Options {
    const ink = resolveColor(this, '--ink');
    const soft = resolveColor(this, '--ink-soft');
    const hairline = resolveColor(this, '--hairline');
    const isShare = this.measure === 'accuracy';
    const axis = { stroke: soft, grid: { stroke: hairline, width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    const tick = (value: number) => (isShare ? percent(value, 0) : brief(value));
    return {
      width: Math.max(this.holder.clientWidth, 120),
      height: HEIGHT,
      legend: { show: false },
      padding: [8, 8, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { time: false, range: (_plot, low, high) => [low ?? 0, Math.max(high ?? 0, (low ?? 0) + 10)] },
        y: isShare
          ? { range: () => [0, 1] }
          : this.logarithmic
            ? { distr: 3 }
            : { range: (_plot, _low, high) => [0, Number.isFinite(high) && high > 0 ? high * 1.05 : 1] },
      },
      axes: [
        { ...axis, size: 24, values: (_plot, ticks) => ticks.map((value) => (value === null ? '' : count(value))) },
        { ...axis, size: 48, values: (_plot, ticks) => ticks.map((value) => (value === null ? '' : tick(value))) },
      ],
      series: [
        {},
        { label: 'raw', stroke: hairline, width: 1, points: { show: false } },
        { label: 'training', stroke: ink, width: 2, points: { show: false } },
        { label: 'validation', stroke: ink, width: 2, dash: [5, 4], spanGaps: true, points: { show: true, size: 5, fill: ink } },
      ],
      hooks: { setCursor: [(plot) => this.showCursor(plot)] },
    };
  }

  private readonly showCursor = (plot: uPlot): void => {
    const output = this.renderRoot.querySelector('output');
    if (output) output.textContent = this.reading(plot.cursor.idx ?? null);
  };

  /** The values at one point, or the latest. */
  private reading(index: number | null): string {
    const [steps, , smooth, validation] = this.history.aligned(this.measure);
    if (steps.length === 0) return '';
    const text = (value: number) => (this.measure === 'accuracy' ? percent(value) : brief(value));
    const at = index ?? steps.length - 1;
    const held = validation.slice(0, at + 1).findLast((value) => value !== null);
    const train = smooth.slice(0, at + 1).findLast((value) => value !== null);
    const parts = [index === null ? '' : `step ${count(steps[at])}: `, train == null ? '' : text(train), held == null ? '' : ` · validation ${text(held)}`];
    return parts.join('');
  }

  private savePng(): void {
    if (!this.plot) return;
    const source = this.plot.ctx.canvas;
    const sheet = document.createElement('canvas');
    sheet.width = source.width;
    sheet.height = source.height;
    const context = sheet.getContext('2d');
    if (!context) return;
    context.fillStyle = resolveColor(this, '--paper');
    context.fillRect(0, 0, sheet.width, sheet.height);
    context.drawImage(source, 0, 0);
    sheet.toBlob((blob) => blob && save(`${this.measure}.png`, blob));
  }

  private saveCsv(): void {
    const { header, rows } = this.history.rows();
    save('run.csv', new Blob([toCsv(header, rows)], { type: 'text/csv' }));
  }

  protected override render() {
    const latest = this.reading(null);
    const empty = this.history.points.length === 0;
    return html`<header>
        <h3>${this.heading}</h3>
        <output class="soft number">${latest}</output>
      </header>
      <div class="plot" role="img" aria-label="${this.heading} against steps. ${latest || 'Nothing measured yet.'}"></div>
      <div class="tools">
        <span class="keys">
          <span class="key"><svg aria-hidden="true"><line x1="0" x2="22" y1="4" y2="4" /></svg>training</span>
          <span class="key"><svg aria-hidden="true"><line x1="0" x2="22" y1="4" y2="4" stroke-dasharray="5 4" /></svg>validation</span>
        </span>
        ${
          this.measure === 'loss'
            ? html`<button class="plain" aria-pressed=${this.logarithmic} @click=${() => (this.logarithmic = !this.logarithmic)}>log</button>`
            : null
        }
        <button class="plain" ?disabled=${empty} @click=${this.savePng} aria-label="${this.heading}: save as PNG">PNG</button>
        <button class="plain" ?disabled=${empty} @click=${this.saveCsv} aria-label="${this.heading}: save as CSV">CSV</button>
      </div>`;
  }
}
