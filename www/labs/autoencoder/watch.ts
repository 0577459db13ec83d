/** Watch: the error on held-out images, reconstructions beside originals, the map of the two-number code. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { brief } from '../../ui/format.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { linesOf } from '../../ui/lines.ts';
import '../../ui/plot.ts';
import { saveStyles } from '../../ui/save-buttons.ts';
import { sheetButtons } from '../../ui/sheet.ts';
import { table, tableStyles } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import type { Coder } from './experiment.ts';
import { lessonOf } from './lesson.ts';
import './map.ts';
import { noisy } from './noise.ts';
import { Panel } from './panel.ts';

/** Held-out images in the strips. */
const SHOWN = 8;

@customElement('vt-autoencoder-watch')
export class Watch extends Panel {
  @state() private rows: readonly { title: string; tiles: readonly Tile[] }[] = [];

  static override styles = [
    controls,
    tableStyles,
    saveStyles,
    css`
      :host {
        display: grid;
        gap: 26px;
        align-content: start;
        min-width: 0;
      }
      .strip {
        display: grid;
        grid-template-columns: 84px minmax(0, 1fr);
        gap: 10px;
        align-items: center;
      }
      .strips {
        display: grid;
        gap: 8px;
      }
      @container (max-width: 480px) {
        .strip {
          grid-template-columns: minmax(0, 1fr);
          gap: 2px;
        }
      }
    `,
  ];

  protected override willUpdate(): void {
    this.refresh('', () => this.fetchRows());
  }

  private async fetchRows(): Promise<void> {
    const { coding } = this;
    const { held, settings } = coding;
    if (!held) return;
    const n = Math.min(SHOWN, held.labels.length);
    const originals = held.pixels.slice(0, n * held.size);
    const isNoisy = settings.regulariser === 'denoising';
    const seen = isNoisy ? noisy(originals, settings.strength, settings.seed) : originals;
    const tiles = (pixels: Float32Array, what: string): Tile[] =>
      Array.from({ length: n }, (_, i) => ({
        picture: this.picture(pixels, i),
        label: `${what}, ${coding.className(held.labels[i])}`,
      }));
    const rows = [{ title: 'original', tiles: tiles(originals, 'Original') }];
    if (isNoisy) rows.push({ title: 'with noise', tiles: tiles(seen, 'With noise') });
    for (const { coder, title, variational } of coding.coders) {
      const { images } = await coder.reconstruct(variational ? originals : seen);
      rows.push({ title, tiles: tiles(images, `Through ${title}`) });
    }
    this.rows = rows;
  }

  private curves() {
    const { coders, looks } = this.coding;
    const data = looks.length > 1 ? { x: [...looks], y: coders.map(({ errors }) => [...errors]) } : { x: [], y: [] };
    return html`<vt-plot
      heading="Error on held-out images"
      file="autoencoder-error"
      log
      .lines=${linesOf(coders.map(({ title }) => title))}
      .data=${data}
    ></vt-plot>`;
  }

  private figures() {
    const { coders, settings } = this.coding;
    const penalised = settings.regulariser === 'sparse' || settings.regulariser === 'contractive' || settings.vae;
    const columns = [
      { title: 'Code', cell: ({ title }: Coder) => title },
      { title: 'Squared error per pixel', numeric: true, cell: ({ errors }: Coder) => brief(errors.at(-1) ?? NaN) },
      ...(penalised ? [{ title: 'Cost of the code', numeric: true, cell: ({ penalty }: Coder) => brief(penalty) }] : []),
    ];
    return table('Errors now', columns, coders);
  }

  protected override render() {
    const { coding } = this;
    if (coding.coders.length === 0) return null;
    return html`<section class="stack" aria-label="Reconstructions">
        <h3>${coding.step === 0 ? 'Nothing learnt yet: noise comes back' : 'What comes back through the code'}</h3>
        <div class="strips">
          ${this.rows.map(
            ({ title, tiles }) =>
              html`<div class="strip">
                <span class="soft">${title}</span>
                <vt-images label=${title} .columns=${SHOWN} .tiles=${tiles}></vt-images>
              </div>`,
          )}
        </div>
        ${sheetButtons(this, 'Reconstructions', 'autoencoder-reconstructions', this.rows)}
        <p>${lessonOf(coding.coders, coding.step)}</p>
      </section>
      <vt-autoencoder-map .coding=${coding}></vt-autoencoder-map>
      <section class="stack" aria-label="Errors">${this.curves()} ${this.figures()}</section>`;
  }
}
