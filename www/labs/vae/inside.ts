/** Look inside: each latent by itself, what it knows of the true factors, and two networks side by side. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { toCsv } from '../../ui/csv.ts';
import { brief, percent } from '../../ui/format.ts';
import { saveButtons, saveStyles } from '../../ui/save-buttons.ts';
import { styles } from '../../ui/styles.ts';
import { table, tableStyles, type Column } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import './codes.ts';
import { matrixCanvas } from './matrix-sheet.ts';
import './mosaic.ts';
import { Panel } from './panel.ts';
import { ALONG, type Pupil } from './pupil.ts';
import { FACTORS } from './settings.ts';

const figure = (value: number | undefined): string => (value === undefined ? '–' : brief(value));

const COLUMNS: readonly Column<Pupil>[] = [
  { title: 'β', numeric: true, cell: ({ beta }) => brief(beta) },
  { title: 'reconstruction', numeric: true, cell: ({ last }) => figure(last?.reconstruction) },
  { title: 'KL', numeric: true, cell: ({ last }) => figure(last?.penalty) },
  { title: 'silent', numeric: true, cell: ({ look }) => (look ? look.latents.filter(({ silent }) => silent).length : '–') },
  { title: 'MIG', numeric: true, cell: ({ scores }) => figure(scores?.mig) },
];

@customElement('vt-vae-inside')
export class Inside extends Panel {
  static override styles = [
    controls,
    tableStyles,
    saveStyles,
    css`
      :host {
        display: grid;
        gap: 26px;
        align-content: start;
      }
      .walks {
        list-style: none;
        display: grid;
        gap: 10px;
      }
      .walks li {
        display: grid;
        gap: 3px;
      }
      .name {
        display: flex;
        justify-content: space-between;
        gap: 8px;
        font-size: 0.87rem;
      }
      .silent {
        color: var(--ink-soft);
      }
      .matrix {
        border-collapse: collapse;
        font-size: 0.8rem;
        width: 100%;
      }
      .matrix th {
        font-weight: 400;
        text-align: left;
        color: var(--ink-soft);
        padding: 2px;
        vertical-align: bottom;
      }
      .matrix tbody td {
        position: relative;
        text-align: center;
        border: 1px solid var(--hairline);
        height: 28px;
      }
      .matrix .level {
        position: absolute;
        inset: auto 0 0;
        background: var(--violet);
        opacity: 0.4;
      }
      .matrix .value {
        position: relative;
      }
      .scroll {
        overflow-x: auto;
      }
    `,
  ];

  private walks() {
    const { pupil, settings } = this.trial;
    if (!pupil?.look) return null;
    const { latents, traversals } = pupil.look;
    const order = latents.map((_, i) => i).sort((a, b) => latents[b].divergence - latents[a].divergence || a - b);
    const best = (latent: number) => {
      const row = pupil.scores?.importance[latent];
      if (!row || latents[latent].silent) return '';
      const most = row.indexOf(Math.max(...row));
      return row[most] > 0.05 ? ` · mostly ${FACTORS[most]} (${percent(row[most], 0)})` : '';
    };
    return html`<section class="stack" aria-label="Latents">
      <h3>One latent at a time</h3>
      <p class="soft">
        From the code of image ${settings.image + 1}, each latent alone goes straight from −3 to 3 while the others stay. The one
        that says most stands first, with its part of the KL, the mean over held-out images; a silent one (less than 0.05 nats)
        changes nothing.
      </p>
      <ul class="walks">
        ${order.map((latent) => {
          const { divergence, silent } = latents[latent];
          return html`<li class=${silent ? 'silent' : ''}>
            <span class="name number"
              ><span>z${latent + 1}${silent ? ' ∅ silent' : best(latent)}</span><span>${brief(divergence)} nats</span></span
            >
            <vt-vae-mosaic
              label="Images along latent ${latent + 1}"
              file="vae-z${latent + 1}"
              .images=${traversals[latent]}
              .shape=${this.shape}
              .columns=${ALONG}
            ></vt-vae-mosaic>
          </li>`;
        })}
      </ul>
    </section>`;
  }

  private matrix() {
    const { pupil, settings } = this.trial;
    if (settings.data !== 'rooms')
      return html`<section class="stack" aria-label="Factors">
        <h3>Latents and true factors</h3>
        <p class="soft">Only rooms have known factors: choose them as the data to measure which latent knows what.</p>
      </section>`;
    const scores = pupil?.scores;
    if (!scores)
      return html`<section class="stack" aria-label="Factors">
        <h3>Latents and true factors</h3>
        <p class="soft">Once it has learnt something: how much of each of the six true factors each latent knows.</p>
      </section>`;
    const names = scores.importance.map((_, latent) => `z${latent + 1}`);
    return html`<section class="stack" aria-label="Factors">
      <h3>Latents and true factors</h3>
      <p class="number">
        Mutual information gap <strong>${brief(scores.mig)}</strong> · modularity ${brief(scores.modularity)} · compactness
        ${brief(scores.compactness)}
      </p>
      <div class="scroll" tabindex="0" role="region" aria-label="Importance of each latent for each factor">
        <table class="matrix number">
          <thead>
            <tr>
              <td></td>
              ${FACTORS.map((factor) => html`<th scope="col">${factor}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${scores.importance.map(
              (row, latent) =>
                html`<tr>
                  <th scope="row">z${latent + 1}</th>
                  ${row.map(
                    (share) =>
                      html`<td>
                        <span class="level" ${styles({ height: `${share * 100}%` })}></span
                        ><span class="value">${Math.round(share * 100)}</span>
                      </td>`,
                  )}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${saveButtons({
        label: 'Importance',
        file: 'vae-importance',
        png: () => matrixCanvas(this, names, FACTORS, scores.importance),
        csv: () =>
          toCsv(
            ['latent', ...FACTORS],
            scores.importance.map((row, latent) => [names[latent], ...row]),
          ),
      })}
      <p class="soft">
        Per cent of the factor’s information that the latent has. The gap is large where each factor has one latent of its own;
        modularity, where each latent knows one factor; compactness, where each factor is in one latent.
      </p>
    </section>`;
  }

  private sideBySide() {
    const { live } = this.trial;
    if (!live || live.pupils.length < 2) return null;
    return html`<section class="stack" aria-label="Side by side">
      <h3>Side by side</h3>
      ${table('The two networks', COLUMNS, live.pupils)}
    </section>`;
  }

  protected override render() {
    const isRooms = this.trial.settings.data === 'rooms';
    return [
      this.shows('compare') ? this.sideBySide() : null,
      this.shows('codes') && this.trial.settings.latent > 1 ? html`<vt-vae-codes .trial=${this.trial}></vt-vae-codes>` : null,
      this.shows('factors') && isRooms ? this.matrix() : null,
      this.shows('latents') ? this.walks() : null,
      this.shows('factors') && !isRooms ? this.matrix() : null,
    ];
  }
}
