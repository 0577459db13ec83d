/** The figures: arithmetic as bars, the rest beside them, all as a table and a file. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { save, toCsv } from '../../ui/csv.ts';
import { brief, percent } from '../../ui/format.ts';
import '../../ui/interval-plot.ts';
import { follow } from '../../ui/signal.ts';
import { table, tableStyles, type Column } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import { deviceName, figuresOf, share, type Figure } from './figures.ts';
import type { Measurement } from './measurement.ts';
import { devicesPicture, devicesStyles } from './picture.ts';

@customElement('vt-speed-results')
export class SpeedResults extends LitElement {
  @property({ attribute: false }) measurement!: Measurement;

  constructor() {
    super();
    follow(this, () => [this.measurement]);
  }

  static override styles = [
    controls,
    tableStyles,
    devicesStyles,
    css`
      :host {
        display: grid;
        gap: 26px;
        min-width: 0;
      }
      td.numeric {
        white-space: nowrap;
      }
      .empty {
        color: var(--ink-soft);
        border: 1px dashed var(--hairline);
        border-radius: var(--radius);
        padding: 18px 20px;
      }
    `,
  ];

  private bars(heading: string, file: string, figures: readonly Figure[], first: readonly Bar[] = []) {
    const rows = [
      ...first,
      ...figures.map(({ task, device, value, low, high }) => ({
        label: `${deviceName(device)}: ${task.title}`,
        mean: value,
        low,
        high,
      })),
    ];
    if (rows.length === 0) return null;
    return html`<vt-intervals
      .heading=${heading}
      .middle=${'median'}
      .spread=${'slowest and fastest block'}
      .file=${file}
      .rows=${rows}
    ></vt-intervals>`;
  }

  private limits(): Bar[] {
    return this.measurement.measured.flatMap(({ peak, device }) =>
      peak === null ? [] : [{ label: `${deviceName(device)}: its limit`, mean: peak, low: NaN, high: NaN }],
    );
  }

  private saveAll(figures: readonly Figure[]): void {
    const limits = this.measurement.measured.flatMap(({ device, peak }) =>
      peak === null ? [] : [[device.kind, device.name, 'limit', 'GFLOP/s', peak, null, null, null]],
    );
    const rows = figures.map(({ task, device, value, low, high, blocks }) => [
      device.kind,
      device.name,
      task.title,
      task.unit,
      value,
      low,
      high,
      blocks,
    ]);
    const text = toCsv(['device', 'name', 'work', 'unit', 'median', 'low', 'high', 'blocks'], [...limits, ...rows]);
    save('speed.csv', new Blob([text], { type: 'text/csv' }));
  }

  protected override render() {
    const { measured, absent, running } = this.measurement;
    const figures = figuresOf(measured);
    const of = (unit: Figure['task']['unit']) => figures.filter(({ task }) => task.unit === unit);
    const limits = this.limits();
    if (figures.length + limits.length === 0 && !absent)
      return html`<div class="empty stack">
        ${devicesPicture()}
        <p>
          ${
            running
              ? 'The first figure is on its way …'
              : 'Nothing has been measured yet. Which of the two is faster here, and for which work? Press Measure.'
          }
        </p>
      </div>`;
    const columns: readonly Column<Figure>[] = [
      { title: 'work', cell: ({ task }) => html`${task.title}, <span class="soft">${task.unit}</span>` },
      { title: 'device', cell: ({ device }) => deviceName(device) },
      { title: 'median', numeric: true, cell: ({ value }) => brief(value) },
      { title: 'from – to', numeric: true, cell: ({ low, high }) => `${brief(low)} – ${brief(high)}` },
    ];
    const shares = measured.flatMap((each) => share(each) ?? []);
    return html`${absent ? html`<p class="soft">There is no GPU to measure here: ${absent}.</p>` : null}
      ${measured.some(({ device }) => device.software) ? html`<p class="soft">The only GPU that this browser offers is a program that runs on the CPU. Its bars say nothing about a real one.</p>` : null}
      <section class="stack" aria-label="Arithmetic">
        ${this.bars('Arithmetic, GFLOP/s: more is better', 'arithmetic', of('GFLOP/s'), limits)}
        ${shares.map((each) => html`<p>The matrix product reaches <strong>${percent(each, 0)}</strong> of the CPU’s limit.</p>`)}
      </section>
      <section class="stack" aria-label="Training">
        ${this.bars('Training, steps a second: more is better', 'training', of('steps/s'))}
      </section>
      ${
        figures.length === 0
          ? null
          : html`<div class="stack">
              ${table('All figures', columns, figures)}
              <div class="row"><button @click=${() => this.saveAll(figures)}>Save all as CSV</button></div>
            </div>`
      }`;
  }
}

interface Bar {
  label: string;
  mean: number;
  low: number;
  high: number;
}
