/** Watch: the network at work, its curves, what it confuses, where it is wrong. */
import { css, html, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Evaluation } from '../../engine/types.ts';
import { disclosure } from '../../ui/fields.ts';
import { brief, count, percent } from '../../ui/format.ts';
import type { Measure } from '../../ui/history.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { photograph } from '../../ui/paint.ts';
import '../../ui/plot.ts';
import type { Line, PlotData } from '../../ui/plot.ts';
import { table, tableStyles, type Column } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import './confusion-matrix.ts';
import type { CellChoice } from './confusion-matrix.ts';
import { confusionOf, mistakesOf, scoresOf, type ClassScore, type Confusion, type Mistake } from '../run/confusion.ts';
import { imageOf } from '../run/maps.ts';
import './network.ts';
import { Panel } from './panel.ts';
import type { Live } from '../run/session.ts';

const LINES: readonly Line[] = [
  { label: 'training', faint: true },
  { label: 'training' },
  { label: 'validation', dashed: true, marks: true },
];
const shareText = (share: number | null) => (share === null ? '–' : percent(share));
const SCORE_COLUMNS: readonly Column<ClassScore>[] = [
  { title: 'class', cell: ({ name }) => name },
  { title: 'images', numeric: true, cell: ({ images }) => count(images) },
  { title: 'recall', numeric: true, cell: ({ recall }) => shareText(recall) },
  { title: 'precision', numeric: true, cell: ({ precision }) => shareText(precision) },
];
const MOST_TILES = 40;
const MOST_MISTAKES = 24;

@customElement('vt-cnn-watch')
export class Watch extends Panel {
  @state() private cell: CellChoice | null = null;
  @state() private cellTiles: readonly Tile[] = [];
  @state() private mistakeTiles: readonly Tile[] = [];
  private confusion: Confusion | null = null;
  private mistakes: readonly Mistake[] = [];
  private seen: Evaluation | null = null;

  static override styles = [
    controls,
    tableStyles,
    css`
      :host {
        display: grid;
        gap: 26px;
        align-content: start;
        container-type: inline-size;
      }
      .curves {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 20px;
      }
      .curves > * {
        min-width: 0;
      }
      @container (max-width: 520px) {
        .curves {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .diverged {
        border-left: 3px solid var(--alert);
        padding-left: 12px;
      }
      .diverged h3 {
        color: var(--alert);
      }
    `,
  ];

  protected override willUpdate(_changed: PropertyValues): void {
    const { evaluation, live } = this.session;
    if (evaluation === this.seen) return;
    this.seen = evaluation;
    if (!evaluation || !live) {
      this.confusion = null;
      this.mistakes = [];
      this.cell = null;
      return;
    }
    const classes = live.dataset.info.classes.length;
    this.confusion = confusionOf(evaluation, classes);
    this.mistakes = mistakesOf(evaluation).slice(0, MOST_MISTAKES);
    void this.showMistakes(live, this.mistakes);
    if (this.cell) {
      const { truth, predicted } = this.cell;
      void this.openCell({ truth, predicted, images: this.confusion.cells[truth * classes + predicted] ?? [] });
    }
  }

  private async tiles(
    live: Live,
    indices: readonly number[],
    describe: (i: number) => Pick<Tile, 'label' | 'caption'>,
  ): Promise<Tile[]> {
    if (indices.length === 0) return [];
    const { shape } = live.dataset.info;
    const size = shape[0] * shape[1] * shape[2];
    const { pixels } = await live.dataset.images('validation', [...indices]);
    return indices.map((_, i) => ({ picture: photograph(imageOf(pixels, i, size), shape), ...describe(i) }));
  }

  private async showMistakes(live: Live, mistakes: readonly Mistake[]): Promise<void> {
    try {
      const tiles = await this.tiles(
        live,
        mistakes.map(({ index }) => index),
        (i) => {
          const { truth, predicted, confidence, index } = mistakes[i];
          const [right, wrong] = [this.classText(truth), this.classText(predicted)];
          return {
            label: `Image ${index}: ${right}, taken for ${wrong} with ${percent(confidence)}`,
            caption: html`✗ ${wrong}<br />${percent(confidence, 0)}`,
          };
        },
      );
      if (mistakes === this.mistakes) this.mistakeTiles = tiles;
    } catch (error) {
      this.session.report('inside', error);
    }
  }

  private async openCell(cell: CellChoice): Promise<void> {
    this.cell = cell;
    const { live, evaluation } = this.session;
    if (!live || !evaluation) return;
    const images = cell.images.slice(0, MOST_TILES);
    try {
      const tiles = await this.tiles(live, images, (i) => {
        const confidence = percent(evaluation.confidences[images[i]], 0);
        return { label: `Image ${images[i]}, ${confidence}`, caption: confidence };
      });
      if (cell === this.cell) this.cellTiles = tiles;
    } catch (error) {
      this.session.report('inside', error);
    }
  }

  private plotData(measure: Measure): PlotData {
    return this.session.history.aligned(measure);
  }

  private divergence() {
    const { divergence } = this.session;
    if (!divergence) return null;
    return html`<section class="stack diverged" role="alert">
      <h3>The run diverged at step ${count(divergence.step)}</h3>
      <p>${divergence.message}</p>
      <div class="row">
        <button class="primary" @click=${() => this.session.retrySlower()}>
          Start again with learning rate ${brief(divergence.suggestedLearningRate)}
        </button>
        <button @click=${() => this.session.returnToCheckpoint()}>
          Go on from step ${count(divergence.checkpointStep)}, more slowly
        </button>
      </div>
    </section>`;
  }

  private curves() {
    return html`<section class="curves" aria-label="Curves">
      <vt-plot heading="Loss" file="loss" log .lines=${LINES} .data=${this.plotData('loss')}></vt-plot>
      <vt-plot heading="Accuracy" file="accuracy" shares .lines=${LINES} .data=${this.plotData('accuracy')}></vt-plot>
    </section>`;
  }

  private confusions() {
    const { live } = this.session;
    if (!this.confusion || !live || this.session.evaluatedAt === 0) return null;
    const { classes } = live.dataset.info;
    const { cell } = this;
    return html`<section class="stack" aria-label="Confusions">
      <h3>What it confuses</h3>
      <p class="soft">
        The ${count(live.dataset.info.validation)} held-out images, after step ${count(this.session.evaluatedAt)}. A cell opens its
        images.
      </p>
      <vt-cnn-confusion
        .confusion=${this.confusion}
        .classes=${classes}
        .chosen=${cell ? cell.truth * classes.length + cell.predicted : -1}
        @choose=${(event: CustomEvent<CellChoice>) => this.openCell(event.detail)}
      ></vt-cnn-confusion>
      ${cell ? this.openedCell(cell) : null}
      ${disclosure('Class by class', table('Class by class', SCORE_COLUMNS, scoresOf(this.confusion, classes)))}
    </section>`;
  }

  private openedCell(cell: CellChoice) {
    const [truth, predicted] = [this.classText(cell.truth), this.classText(cell.predicted)];
    const title = cell.truth === cell.predicted ? `✓ ${truth}, recognised` : `✗ ${truth}, taken for ${predicted}`;
    const more = cell.images.length > MOST_TILES ? `, the first ${MOST_TILES} shown` : '';
    return html`<div class="stack">
      <div class="row">
        <h3>${title}</h3>
        <span class="soft">${count(cell.images.length)} images${more}</span>
        <button class="plain" @click=${() => (this.cell = null)}>Close</button>
      </div>
      <vt-images
        label="Images in this cell"
        .tiles=${this.cellTiles}
        .chosen=${cell.images.indexOf(this.session.settings.image)}
        @choose=${(event: CustomEvent<number>) => this.inspector.chooseImage(cell.images[event.detail])}
      ></vt-images>
    </div>`;
  }

  private wrongAnswers() {
    const { evaluation } = this.session;
    if (!evaluation || this.session.evaluatedAt === 0) return null;
    const wrong = evaluation.labels.filter((label, i) => label !== evaluation.predictions[i]).length;
    return html`<section class="stack" aria-label="Wrong answers">
      <h3>Where it is wrong</h3>
      <p class="soft">
        ${
          wrong === 0
            ? 'Nowhere: every held-out image is recognised.'
            : `${count(wrong)} of ${count(evaluation.labels.length)}, the most confident first. Choose one to look at it closely.`
        }
      </p>
      <vt-images
        label="Wrong answers"
        .size=${this.classText(0).length > 3 ? 68 : 48}
        .tiles=${this.mistakeTiles}
        .chosen=${this.mistakes.findIndex(({ index }) => index === this.session.settings.image)}
        @choose=${(event: CustomEvent<number>) => this.inspector.chooseImage(this.mistakes[event.detail].index)}
      ></vt-images>
    </section>`;
  }

  protected override render() {
    return [
      this.divergence(),
      this.shows('network') ? html`<vt-cnn-network .session=${this.session} .inspector=${this.inspector}></vt-cnn-network>` : null,
      this.shows('curves') ? this.curves() : null,
      this.shows('confusion') ? this.confusions() : null,
      this.shows('mistakes') ? this.wrongAnswers() : null,
    ];
  }
}
