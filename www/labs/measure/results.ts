/** Results: one figure as bars with intervals and its paired tests, all figures as a table, curves, files. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { save, toCsv } from '../../ui/csv.ts';
import { choose, disclosure } from '../../ui/fields.ts';
import { brief, count, size } from '../../ui/format.ts';
import '../../ui/interval-plot.ts';
import { linesOf } from '../../ui/lines.ts';
import '../../ui/plot.ts';
import { table, tableStyles, type Column } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import { imagesSheet, meansSheet, testsSheet, type Sheet } from './files.ts';
import './cut.ts';
import './meaning.ts';
import { MEASURES, measureOf, type MeasureInfo } from './measures.ts';
import { Panel } from './panel.ts';
import type { Measure, MeasureReport, MeasureSummary, MeasureTest } from '../../engine/types.ts';

const SIGNIFICANT = 0.05;
/** More tests than this are folded away. */
const MOST_OPEN = 15;

const known = (value: number | null, text: (value: number) => string): string => (value === null ? '–' : text(value));

@customElement('vt-measure-results')
export class Results extends Panel {
  static override styles = [
    controls,
    tableStyles,
    css`
      :host {
        display: grid;
        gap: 28px;
        align-content: start;
      }
      .best {
        font-weight: 600;
      }
      :host {
        container-type: inline-size;
      }
      .beside {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 24px 40px;
        align-items: start;
      }
      @container (min-width: 620px) {
        .beside {
          grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
        }
      }
      .curves {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(240px, 1fr));
        gap: 20px;
      }
      .curves > * {
        min-width: 0;
      }
      td {
        white-space: nowrap;
      }
    `,
  ];

  private chooser() {
    return choose<Measure>({
      label: 'Figure',
      value: this.session.settings.measure,
      options: MEASURES.map(({ id, title }) => [id, title] as const),
      onChange: (measure) => void this.session.update({ measure }),
    });
  }

  private figure(report: MeasureReport) {
    const measure = measureOf(this.session.settings.measure);
    return html`<div class="beside">
        <section class="stack" aria-label="One figure">${this.bars(report, measure)}</section>
        <vt-measure-meaning .measurement=${this.measurement}></vt-measure-meaning>
      </div>
      ${this.tests(report, measure)}`;
  }

  private bars(report: MeasureReport, measure: MeasureInfo) {
    const images = report.rows.length / Math.max(report.summary.length, 1);
    const rows = report.summary.map(({ method, figures }) => {
      const { mean, low, high } = figures[measure.id];
      return { label: this.measurement.titleOf(method), mean: mean ?? NaN, low: low ?? NaN, high: high ?? NaN };
    });
    return html`${this.chooser()}
      <vt-intervals
        heading="${measure.title}${measure.id === 'time' ? ', in seconds' : ''}: ${measure.better} is better"
        file=${measure.id}
        .rows=${rows}
      ></vt-intervals>
      <p class="soft">Mean over ${count(images)} images and its 95 % confidence interval by Student’s t.</p>`;
  }

  private tests({ tests, summary }: MeasureReport, measure: MeasureInfo) {
    if (summary.length < 2) return null;
    const own = tests.filter((test) => test.measure === measure.id);
    const { measurement } = this;
    const winner = ({ a, b, difference, adjusted }: MeasureTest): string => {
      if (adjusted === null || difference === null || adjusted >= SIGNIFICANT) return 'undecided';
      return measurement.titleOf(difference > 0 === (measure.better === 'more') ? a : b);
    };
    const columns: readonly Column<MeasureTest>[] = [
      { title: 'pair', cell: ({ a, b }) => `${measurement.titleOf(a)} − ${measurement.titleOf(b)}` },
      { title: 'difference', numeric: true, cell: ({ difference }) => known(difference, brief) },
      { title: 't', numeric: true, cell: ({ t }) => known(t, brief) },
      { title: 'p', numeric: true, cell: ({ p }) => known(p, brief) },
      { title: `p × ${own.length}`, numeric: true, cell: ({ adjusted }) => known(adjusted, brief) },
      { title: 'better', cell: winner },
    ];
    return html`<section class="stack" aria-label="Tests">
      <h3>Which differences are more than chance?</h3>
      <p class="soft">
        Paired t tests, the same images under both methods. ${own.length} comparisons make a lucky one likely, so each p counts
        ${own.length} times (Bonferroni). Undecided: ${SIGNIFICANT} or more.
      </p>
      ${disclosure(`${own.length} paired tests`, table('Paired tests', columns, own), own.length <= MOST_OPEN)}
    </section>`;
  }

  private all({ summary }: MeasureReport) {
    const best = (measure: MeasureInfo): number => {
      const means = summary.flatMap(({ figures }) => figures[measure.id].mean ?? []);
      return measure.better === 'more' ? Math.max(...means) : Math.min(...means);
    };
    const columns: readonly Column<MeasureSummary>[] = [
      { title: 'method', cell: ({ method }) => this.measurement.titleOf(method) },
      ...MEASURES.map((measure): Column<MeasureSummary> => {
        const top = best(measure);
        return {
          title: `${measure.short} ${measure.better === 'more' ? '↑' : '↓'}`,
          numeric: true,
          cell: ({ figures }) => {
            const { mean } = figures[measure.id];
            const text = known(mean, measure.text);
            return mean === top ? html`<span class="best">${text}</span>` : text;
          },
        };
      }),
      { title: 'memory ↓', numeric: true, cell: ({ bytes }) => size(bytes) },
      { title: 'efficiency ↑', numeric: true, cell: ({ efficiency }) => known(efficiency, brief) },
    ];
    return html`<section class="stack" aria-label="All figures">
      <h3>All figures</h3>
      ${table('All figures of all methods', columns, summary)}
      <p class="soft">
        Means. ↑ more is better, ↓ less is better; the best is bold. Efficiency: hits of the pointing game per second and MiB. “–”:
        not defined, or not measured.
      </p>
    </section>`;
  }

  private curves({ curves }: MeasureReport) {
    const lines = linesOf(curves.map(({ method }) => this.measurement.titleOf(method)));
    const evenly = (values: Float64Array | number[]) => Array.from(values, (_, i) => i / Math.max(values.length - 1, 1));
    const steps = evenly(curves[0]?.deletion ?? []);
    const cuts = Array.from(curves[0]?.ious ?? [], (_, i) => (i + 1) / 10);
    return html`<section class="curves" aria-label="Curves">
      <vt-plot
        heading="Deletion"
        xLabel="share removed"
        file="deletion"
        .lines=${lines}
        .data=${{ x: steps, y: curves.map(({ deletion }) => [...deletion]) }}
      ></vt-plot>
      <vt-plot
        heading="Insertion"
        xLabel="share shown"
        file="insertion"
        .lines=${lines}
        .data=${{ x: steps, y: curves.map(({ insertion }) => [...insertion]) }}
      ></vt-plot>
      <vt-plot
        heading="Overlap (IoU)"
        xLabel="cut, as a share of the maximum"
        file="iou"
        .lines=${lines}
        .data=${{ x: cuts, y: curves.map(({ ious }) => [...ious]) }}
      ></vt-plot>
    </section>`;
  }

  private files(report: MeasureReport) {
    const file = (name: string, make: (report: MeasureReport) => Sheet, text: string) =>
      html`<button
        @click=${() => {
          const { header, rows } = make(report);
          save(`${name}.csv`, new Blob([toCsv(header, rows)], { type: 'text/csv' }));
        }}
      >
        ${text}
      </button>`;
    return html`<div class="row" role="group" aria-label="Save as CSV">
      <span class="soft">CSV:</span>
      ${file('explanations-images', imagesSheet, 'every image')} ${file('explanations-means', meansSheet, 'means')}
      ${file('explanations-tests', testsSheet, 'tests')}
    </div>`;
  }

  protected override render() {
    const { report, stale, stopped } = this.measurement;
    if (!report) {
      return html`<vt-measure-cut></vt-measure-cut>
        ${this.chooser()}
        <vt-measure-meaning .measurement=${this.measurement}></vt-measure-meaning>`;
    }
    return html`${stale ? html`<p class="soft" role="status">The network has changed since: measure again.</p>` : null}
    ${stopped ? html`<p role="status">Stopped after ${count(stopped.done)} of ${count(stopped.of)} images: these figures are of those.</p>` : null}
    ${this.figure(report)} ${this.all(report)} ${this.curves(report)} ${this.files(report)}`;
  }
}
