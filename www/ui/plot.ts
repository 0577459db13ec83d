/** A line plot that follows its data live, and can be saved as PNG and CSV. Lines differ by dash and weight, never by colour alone. */
import { css, html, LitElement, unsafeCSS, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type uPlot from 'uplot';
import uPlotStyles from 'uplot/dist/uPlot.min.css?inline';
import { save, toCsv, type Cell } from './csv.ts';
import { brief, count, percent } from './format.ts';
import { controls, resolveColor, THEME_EVENT } from './theme.ts';

export interface Line {
  label: string;
  /** A colour token. */
  color?: string;
  dashed?: boolean;
  /** A background line: thin, without an entry in the key and without a reading. */
  faint?: boolean;
  /** Marks at the points, for lines of few points. */
  marks?: boolean;
  /** Marks only: what lies between them was not measured. */
  apart?: boolean;
}

export interface PlotData {
  x: number[];
  /** One array per line; `null` where there is no value. */
  y: (number | null)[][];
}

const HEIGHT = 168;

/** The plotting library, loaded when the first plot has something to show. */
let library: typeof uPlot | null = null;

@customElement('vt-plot')
export class Plot extends LitElement {
  @property() heading = '';
  @property() xLabel = 'step';
  @property({ attribute: false }) lines: readonly Line[] = [];
  @property({ attribute: false }) data: PlotData = { x: [], y: [] };
  /** Shares run from 0 to 1 and are shown in per cent. */
  @property({ type: Boolean }) shares = false;
  /** Offers a logarithmic scale. */
  @property({ type: Boolean }) log = false;
  @property() file = 'plot';
  @state() private logarithmic = false;
  @query('.plot') private holder!: HTMLElement;
  private plot: uPlot | null = null;
  private drawnIn = '';
  private readonly resized = new ResizeObserver(() => this.fit());
  private readonly systemTheme = matchMedia('(prefers-color-scheme: dark)');
  private readonly redraw = () => this.requestUpdate();

  static override styles = [
    controls,
    unsafeCSS(uPlotStyles),
    css`
      :host {
        display: block;
        min-width: 0;
      }
      output {
        display: block;
        min-height: 1.5em;
      }
      .keys {
        margin-right: auto;
      }
      .plot {
        height: ${HEIGHT}px;
        margin-top: 4px;
        overflow: hidden;
      }
      .frame {
        position: relative;
      }
      /* Over an empty plot. */
      .none {
        position: absolute;
        inset: 0;
        display: grid;
        place-content: center;
        background: var(--paper);
        border: 1px dashed var(--hairline);
        border-radius: var(--radius);
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        font-size: 0.8rem;
        color: var(--ink-soft);
      }
      /* To the right on a line of their own, too. */
      .tools {
        margin-left: auto;
      }
      .tools button {
        font-size: 0.8rem;
        min-height: 26px;
        padding: 2px 4px;
        color: var(--ink-soft);
      }
      .key {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        margin-right: 8px;
      }
      .key svg {
        width: 22px;
        height: 8px;
      }
      line {
        stroke-width: 2;
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    window.removeEventListener(THEME_EVENT, this.redraw);
    this.systemTheme.removeEventListener('change', this.redraw);
    this.plot?.destroy();
    this.plot = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener(THEME_EVENT, this.redraw);
    this.systemTheme.addEventListener('change', this.redraw);
    if (this.hasUpdated) this.resized.observe(this.holder);
  }

  protected override firstUpdated(): void {
    this.resized.observe(this.holder);
  }

  protected override updated(changed: PropertyValues): void {
    if (!library) {
      // One point, the loss before the first step, is no curve: the step must not wait for the library.
      if (this.data.x.length > 1)
        void import('uplot').then((module) => {
          library = module.default;
          this.requestUpdate();
        });
      return;
    }
    const ink = resolveColor(this, '--ink');
    if (!this.plot || ink !== this.drawnIn || changed.has('logarithmic') || changed.has('lines')) {
      this.plot?.destroy();
      this.plot = new library(this.options(), this.aligned(), this.holder);
      this.drawnIn = ink;
    } else if (changed.has('data')) this.plot.setData(this.aligned());
  }

  private aligned(): uPlot.AlignedData {
    const { x, y } = this.data;
    // A logarithmic scale has no place for 0.
    const lines = this.logarithmic ? y.map((line) => line.map((value) => (value !== null && value > 0 ? value : null))) : y;
    return [x, ...this.lines.map((_, i) => lines[i] ?? x.map(() => null))];
  }

  private fit(): void {
    const width = this.holder.clientWidth;
    if (width > 0) this.plot?.setSize({ width, height: HEIGHT });
  }

  private options(): uPlot.Options {
    const soft = resolveColor(this, '--ink-soft');
    const hairline = resolveColor(this, '--hairline');
    const axis = { stroke: soft, grid: { stroke: hairline, width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    const xTick = (value: number) => (Number.isInteger(value) ? count(value) : brief(value));
    const labels = (text: (value: number) => string) => (_plot: uPlot, ticks: (number | null)[]) =>
      ticks.map((tick) => (tick === null ? '' : text(tick)));
    const y: uPlot.Scale = this.shares
      ? { range: () => [0, 1] }
      : this.logarithmic
        ? { distr: 3 }
        : { range: (_plot, low, high) => [Math.min(0, low * 1.05) || 0, Number.isFinite(high) && high > 0 ? high * 1.05 : 1] };
    return {
      width: Math.max(this.holder.clientWidth, 120),
      height: HEIGHT,
      legend: { show: false },
      padding: [8, 18, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: { time: false, range: (_plot, low, high) => (high > low ? [low, high] : [low || 0, (low || 0) + 1]) }, y },
      axes: [
        { ...axis, size: 24, values: labels(xTick) },
        { ...axis, size: 46, values: labels((value) => this.text(value, 0)) },
      ],
      series: [
        {},
        ...this.lines.map((line): uPlot.Series => {
          const stroke = resolveColor(this, line.faint ? '--hairline' : (line.color ?? '--ink'));
          const series: uPlot.Series = {
            stroke,
            width: line.faint ? 1 : 2,
            spanGaps: true,
            points: { show: Boolean(line.marks), size: line.apart ? 9 : 5, fill: stroke },
            ...(line.apart ? { paths: () => null } : {}),
          };
          return line.dashed ? { ...series, dash: [5, 4] } : series;
        }),
      ],
      hooks: { setCursor: [(plot) => this.showReading(plot.cursor.idx ?? null)] },
    };
  }

  private text(value: number, digits = 1): string {
    return this.shares ? percent(value, digits) : brief(value);
  }

  private showReading(index: number | null): void {
    const output = this.renderRoot.querySelector('output');
    if (output) output.textContent = this.reading(index);
  }

  /** The values at one point, or the latest. */
  private reading(index: number | null): string {
    const { x, y } = this.data;
    if (x.length === 0) return '';
    const at = Math.min(index ?? x.length - 1, x.length - 1);
    const parts = this.lines.flatMap((line, i) => {
      const value = line.faint ? null : y[i]?.slice(0, at + 1).findLast((entry) => entry !== null);
      return value == null ? [] : [`${line.label} ${this.text(value)}`];
    });
    return (index === null ? '' : `${this.xLabel} ${Number.isInteger(x[at]) ? count(x[at]) : brief(x[at])}: `) + parts.join(' · ');
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
    sheet.toBlob((blob) => blob && save(`${this.file}.png`, blob));
  }

  private saveCsv(): void {
    const { x, y } = this.data;
    const rows = x.map((value, i): Cell[] => [value, ...this.lines.map((_, line) => y[line]?.[i] ?? null)]);
    const names = this.lines.map((line) => (line.faint ? `${line.label}, unsmoothed` : line.label));
    save(`${this.file}.csv`, new Blob([toCsv([this.xLabel, ...names], rows)], { type: 'text/csv' }));
  }

  protected override render() {
    const latest = this.reading(null);
    const empty = this.data.x.length === 0;
    return html`<header>
        <h3>${this.heading}</h3>
        <output class="soft number" .textContent=${latest}></output>
      </header>
      <div class="frame" role="img" aria-label="${this.heading} against ${this.xLabel}. ${latest || 'Nothing measured yet.'}">
        <div class="plot"></div>
        ${this.data.x.length > 1 ? null : html`<p class="none soft">No curve yet: it begins with training.</p>`}
      </div>
      <footer>
        <span class="keys">
          ${this.lines
            .filter((line) => !line.faint)
            .map(
              (line) =>
                html`<span class="key"
                  ><svg aria-hidden="true">
                    <line
                      x1="0"
                      x2="22"
                      y1="4"
                      y2="4"
                      stroke="var(${line.color ?? '--ink'})"
                      stroke-dasharray=${line.dashed ? '5 4' : 'none'}
                    /></svg
                  >${line.label}</span
                >`,
            )}
        </span>
        <span class="tools">
          ${
            this.log
              ? html`<button
                  class="plain"
                  aria-label="${this.heading}: logarithmic scale"
                  aria-pressed=${this.logarithmic}
                  @click=${() => (this.logarithmic = !this.logarithmic)}
                >
                  log
                </button>`
              : null
          }
          <button
            class="plain"
            ?disabled=${this.data.x.length < 2}
            @click=${this.savePng}
            aria-label="${this.heading}: save as PNG"
          >
            PNG
          </button>
          <button class="plain" ?disabled=${empty} @click=${this.saveCsv} aria-label="${this.heading}: save as CSV">CSV</button>
        </span>
      </footer>`;
  }
}
