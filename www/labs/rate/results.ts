/** Results: marks by method, agreement between raters, the ratings as a file. Hidden while somebody rates. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { save, toCsv } from '../../ui/csv.ts';
import { disclosure, problemNote } from '../../ui/fields.ts';
import { brief, percent } from '../../ui/format.ts';
import '../../ui/formula.ts';
import { styles } from '../../ui/styles.ts';
import { table, tableStyles, type Column } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';
import { agreement, completeRaters, CRITERIA, CRITERION_IDS, HIGHEST, scoresOf, type Criterion, type Score } from './ratings.ts';

@customElement('vt-rate-results')
export class Results extends Panel {
  /** The button asks once more. */
  @state() private asked = false;

  static override styles = [
    controls,
    tableStyles,
    css`
      :host {
        display: grid;
        gap: 22px;
        align-content: start;
      }
      .mark {
        display: grid;
        gap: 2px;
        justify-items: end;
        white-space: nowrap;
      }
      .track {
        width: 52px;
        height: 5px;
        background: var(--paper-sunken);
      }
      .bar {
        display: block;
        height: 100%;
        background: var(--violet);
      }
    `,
  ];

  private titleOf(id: string): string {
    return this.study.all.find((method) => method.id === id)?.title ?? id;
  }

  private mark({ mean, deviation }: Score['marks'][Criterion]) {
    return html`<span class="mark">
      <span>${mean.toFixed(1)} ± ${deviation.toFixed(1)}</span>
      <span class="track"><span class="bar" ${styles({ width: `${((mean - 1) / (HIGHEST - 1)) * 100}%` })}></span></span>
    </span>`;
  }

  private saveCsv(): void {
    const header = ['rater', 'image', 'method', ...CRITERION_IDS, 'best'];
    const rows = this.study.own.map((rating) => [
      rating.rater,
      rating.image,
      rating.method,
      ...CRITERION_IDS.map((id) => rating[id]),
      rating.best ? 1 : 0,
    ]);
    save('ratings.csv', new Blob([toCsv(header, rows)], { type: 'text/csv' }));
  }

  private agreements() {
    const { own } = this.study;
    const raters = completeRaters(own);
    const rows = CRITERIA.map(({ id, title }) => ({ title, alpha: agreement(own, id) }));
    const columns: readonly Column<(typeof rows)[number]>[] = [
      { title: 'criterion', cell: ({ title }) => title },
      { title: 'Cronbach’s α', numeric: true, cell: ({ alpha }) => (alpha === null ? '–' : brief(alpha)) },
    ];
    return html`<section class="stack" aria-label="Agreement">
      <h3>Do the raters agree?</h3>
      ${
        raters.length < 2
          ? html`<p class="soft">
              Agreement needs two raters who have rated everything. There is ${raters.length === 1 ? 'one' : 'none'}.
            </p>`
          : html`${table('Agreement by criterion', columns, rows)}
              <p class="soft">
                ${raters.length} raters who rated everything. 1: they order the maps alike; above 0.7 is commonly called acceptable;
                0 or less: their marks have nothing in common. “–”: all sums are equal.
              </p>`
      }
      ${disclosure(
        'How α is computed',
        html`<vt-formula
            tex=${String.raw`\alpha = \frac{k}{k-1}\left(1 - \frac{\sum_{r=1}^{k} \sigma_r^2}{\sigma_{\text{sum}}^2}\right)`}
          ></vt-formula>
          <p class="soft">
            k raters; σ²ᵣ is the variance of rater r’s marks over all maps, σ² of the sum that of all raters’ marks added up map by
            map.
          </p>`,
      )}
    </section>`;
  }

  protected override render() {
    const { study } = this;
    if (study.underWay) return html`<p class="soft">Closed while ${study.rater} rates, so that nothing is given away.</p>`;
    const { own } = study;
    if (own.length === 0)
      return html`<p class="soft">Nothing has been rated yet in this study. The results and the names of the maps appear here.</p>`;
    const scores = scoresOf(
      own,
      study.all.map(({ id }) => id),
    );
    const columns: readonly Column<Score>[] = [
      { title: 'method', cell: ({ method }) => this.titleOf(method) },
      ...CRITERIA.map(({ id, title }): Column<Score> => ({
        title: title.toLowerCase(),
        numeric: true,
        cell: ({ marks }) => this.mark(marks[id]),
      })),
      { title: 'best', numeric: true, cell: ({ best }) => html`<span class="mark">${percent(best, 0)}</span>` },
    ];
    const raters = new Set(own.map(({ rater }) => rater)).size;
    const images = new Set(own.map(({ image }) => image)).size;
    return html`<section class="stack" aria-label="Marks of the methods">
        <h3>Marks by method</h3>
        <p class="soft">Mean ± standard deviation, ${raters} ${raters === 1 ? 'rater' : 'raters'}, ${images} images.</p>
        ${table('Marks by method', columns, scores)}
      </section>
      ${this.agreements()} ${problemNote(study.problem)}
      <div class="row">
        <button @click=${this.saveCsv}>Save as CSV</button>
        <button
          @click=${() => {
            if (this.asked) study.forget();
            this.asked = !this.asked;
          }}
        >
          ${this.asked ? `Delete all ${own.length} ratings of this study?` : 'Delete'}
        </button>
      </div>`;
  }
}
