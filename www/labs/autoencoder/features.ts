/** Codes as features (COURSE G3): simple classifiers on codes and on pixels, and search for similar images. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Probe } from '../../engine/types.ts';
import { slider } from '../../ui/fields.ts';
import { count, percent } from '../../ui/format.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { saveStyles } from '../../ui/save-buttons.ts';
import { sheetButtons } from '../../ui/sheet.ts';
import { table, tableStyles } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';

const SIMILAR = 6;
/** Held-out images that may be asked for. */
const ASKED = 14;

interface Row {
  title: string;
  knn: number;
  logistic: number;
}

@customElement('vt-autoencoder-features')
export class Features extends Panel {
  @state() private rows: readonly Row[] = [];
  /** The step that `rows` are of, and how many images they learnt from and were judged by. */
  @state() private measured = { step: -1, train: 0, validation: 0 };
  @state() private working = false;
  @state() private images = 500;
  @state() private asked = 0;
  @state() private similar: readonly { title: string; tiles: readonly Tile[] }[] = [];

  static override styles = [
    controls,
    tableStyles,
    saveStyles,
    css`
      :host {
        display: grid;
        gap: 18px;
        min-width: 0;
      }
      .row-of {
        display: grid;
        gap: 3px;
      }
    `,
  ];

  protected override willUpdate(): void {
    if (!this.coding.playing) this.refresh(String(this.asked), () => this.fetchSimilar());
  }

  private async fetchSimilar(): Promise<void> {
    const { coding } = this;
    const { held, dataset } = coding;
    if (!held || !dataset) return;
    const image = coding.image(Math.min(this.asked, held.labels.length - 1));
    const found: { title: string; tiles: Tile[] }[] = [];
    const tiles = async (indices: Uint32Array): Promise<Tile[]> => {
      const { pixels, labels } = await dataset.images('train', indices);
      return Array.from(labels, (label, i) => ({
        picture: this.picture(pixels, i),
        label: `Training image ${indices[i]}, ${coding.className(label)}`,
        caption: coding.className(label),
      }));
    };
    for (const { coder, title } of coding.coders) {
      const { codes, pixels } = await coder.similar(image, SIMILAR);
      if (found.length === 0) found.push({ title: 'by pixels', tiles: await tiles(pixels) });
      found.push({ title: `by code: ${title}`, tiles: await tiles(codes) });
    }
    this.similar = found;
  }

  private async measure(): Promise<void> {
    const { coding } = this;
    this.working = true;
    try {
      const rows: Row[] = [];
      let probe: Probe | null = null;
      for (const { coder, title } of coding.coders) {
        probe = await coder.probe(this.images);
        rows.push({ title, ...probe.codes });
      }
      if (!probe) return;
      this.rows = [...rows, { title: `${coding.held!.size} raw pixels`, ...probe.pixels }];
      this.measured = { step: coding.step, train: probe.train, validation: probe.validation };
    } catch (error) {
      coding.report('inside', error);
    } finally {
      this.working = false;
    }
  }

  private classifiers() {
    const { coding } = this;
    const { step, train, validation } = this.measured;
    return html`<section class="stack" aria-label="Classifying">
      <h3>Which class? Ask the code</h3>
      ${slider({
        label: 'Labelled images to learn from',
        value: this.images,
        min: 50,
        max: 2000,
        step: 50,
        onChange: (images) => (this.images = Math.round(images)),
      })}
      <div class="row">
        <button ?disabled=${this.working || coding.playing || coding.busy} @click=${() => this.measure()}>
          ${this.working ? 'Measuring …' : 'Measure'}
        </button>
        ${coding.playing ? html`<span class="soft">Pause the training first.</span>` : null}
      </div>
      ${
        this.rows.length > 0
          ? html`${table(
                'Accuracy on held-out images',
                [
                  { title: 'Features', cell: ({ title }: Row) => title },
                  { title: '5 nearest', numeric: true, cell: ({ knn }: Row) => percent(knn) },
                  { title: 'Logistic regression', numeric: true, cell: ({ logistic }: Row) => percent(logistic) },
                ],
                this.rows,
              )}
              <p class="soft">
                At step ${count(step)}: learnt from ${count(train)} labelled images, judged by ${count(validation)} held-out ones.
                The autoencoders saw no label.
              </p>`
          : null
      }
    </section>`;
  }

  private search() {
    const { coding } = this;
    const { held } = coding;
    if (!held) return null;
    const tiles = Array.from({ length: Math.min(ASKED, held.labels.length) }, (_, i): Tile => {
      return { picture: this.picture(held.pixels, i), label: `Held-out image ${i}, ${coding.className(held.labels[i])}` };
    });
    return html`<section class="stack" aria-label="Similar images">
      <h3>More like this one</h3>
      <vt-images
        label="Image to search for"
        size="36"
        .tiles=${tiles}
        .chosen=${this.asked}
        @choose=${(event: CustomEvent<number>) => (this.asked = event.detail)}
      ></vt-images>
      ${this.similar.map(
        ({ title, tiles: found }) =>
          html`<div class="row-of">
            <span class="soft">Nearest training images ${title}</span>
            <vt-images label="Nearest ${title}" size="52" .tiles=${found}></vt-images>
          </div>`,
      )}
      ${sheetButtons(this, 'Similar images', 'autoencoder-similar', this.similar)}
    </section>`;
  }

  protected override render() {
    return [this.classifiers(), this.search()];
  }
}
