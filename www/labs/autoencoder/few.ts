/** Few labels (COURSE G3): the encoder fine-tuned, beside the same network from scratch and simple classifiers on codes and pixels. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { FewLabels } from '../../engine/types.ts';
import { choose, progress, segmented } from '../../ui/fields.ts';
import { count } from '../../ui/format.ts';
import '../../ui/interval-plot.ts';
import type { Interval } from '../../ui/interval-plot.ts';
import { table, tableStyles } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import { methodsOf, verdict } from './few-verdict.ts';
import { Panel } from './panel.ts';

const LABELS = [1, 5, 10, 50] as const;
/** Draws of labelled images. */
const REPEATS = 5;

interface Measured {
  title: string;
  step: number;
  perClass: number;
  found: FewLabels;
}

@customElement('vt-autoencoder-few')
export class Few extends Panel {
  @state() private measured: Measured | null = null;
  @state() private chosen = '';
  @state() private share = 0;
  @state() private working: AbortController | null = null;

  static override styles = [
    controls,
    tableStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.working?.abort();
  }

  /** What is being measured must not change meanwhile. */
  protected override willUpdate(): void {
    if (this.coding.playing || this.coding.busy) this.working?.abort();
  }

  /** The one that is asked: as chosen, else the widest. */
  private get asked() {
    const { coders } = this.coding;
    const widest = coders.reduce((best, each) => (each.latent > best.latent ? each : best), coders[0]);
    return coders.find(({ title }) => title === this.chosen) ?? widest;
  }

  private async compare(): Promise<void> {
    const { coding } = this;
    const { coder, title } = this.asked;
    const perClass = coding.settings.labels;
    const step = coding.step;
    const working = new AbortController();
    this.working = working;
    this.share = 0;
    try {
      const found = await coder.fewLabels({
        perClass,
        repeats: REPEATS,
        seed: coding.settings.seed,
        signal: working.signal,
        onProgress: ({ done, of }) => (this.share = done / of),
      });
      this.measured = { title, step, perClass, found };
      coding.clear('inside');
    } catch (error) {
      coding.report('inside', error);
    } finally {
      if (this.working === working) this.working = null;
    }
  }

  private result({ title, step, perClass, found }: Measured) {
    const rows = methodsOf(found).map(({ label, accuracies }): Interval => {
      const percent = accuracies.map((value) => 100 * value);
      const mean = percent.reduce((sum, value) => sum + value, 0) / percent.length;
      return { label, mean, low: Math.min(...percent), high: Math.max(...percent) };
    });
    return html`<vt-intervals
        heading="Held-out images named right, %"
        file="autoencoder-few-labels"
        spread="range over ${REPEATS} draws of labels"
        .rows=${rows}
      ></vt-intervals>
      ${table(
        'Accuracy with few labels',
        [
          { title: 'Learnt from the labels', cell: ({ label }: Interval) => label },
          { title: 'Mean, %', numeric: true, cell: ({ mean }: Interval) => mean.toFixed(1) },
          { title: 'Range', numeric: true, cell: ({ low, high }: Interval) => `${low.toFixed(1)}–${high.toFixed(1)}` },
        ],
        rows,
      )}
      <p>${verdict(found)}</p>
      <p class="soft">
        ${title} at step ${count(step)}: ${count(perClass)} labels a class, ${count(found.train)} in all; whiskers from the worst to
        the best of ${REPEATS} draws of labelled images, judged by ${count(found.validation)} held-out images.
      </p>`;
  }

  protected override render() {
    const { coding } = this;
    if (coding.coders.length === 0) return null;
    const { working, measured, asked } = this;
    return html`<section class="stack" aria-label="Few labels">
      <h3>What is a label worth?</h3>
      <p class="soft">
        The encoder has seen every training image, but no label. Put one linear layer on its code and train both on a few labelled
        images: does it do better than the same network that starts from scratch?
      </p>
      ${segmented({
        label: 'Labels a class',
        value: String(coding.settings.labels),
        options: LABELS.map((n) => [String(n), String(n)] as const),
        onChange: (n) => void coding.update({ labels: Number(n) }),
      })}
      ${choose({
        label: 'Encoder',
        value: asked.title,
        options: coding.coders.map(({ title }) => [title, title] as const),
        onChange: (title) => (this.chosen = title),
      })}
      ${
        working
          ? progress('Comparing', this.share, () => working.abort())
          : html`<div class="row">
              <button ?disabled=${coding.playing || coding.busy} @click=${() => this.compare()}>Compare</button>
              ${coding.playing ? html`<span class="soft">Pause the training first.</span>` : null}
            </div>`
      }
      ${measured ? this.result(measured) : null}
    </section>`;
  }
}
