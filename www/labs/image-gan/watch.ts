/** Watch: who learns, the sheet of samples of the same noise, and the way back over it. */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { problemNote } from '../../ui/fields.ts';
import { brief, count } from '../../ui/format.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { photograph } from '../../ui/paint.ts';
import { saveStyles } from '../../ui/save-buttons.ts';
import { rowsOf, sheetButtons } from '../../ui/sheet.ts';
import { controls } from '../../ui/theme.ts';
import { lessonOf } from './diagnosis.ts';
import './diagram.ts';
import './neighbours.ts';
import { Panel } from './panel.ts';
import { SAMPLES } from './settings.ts';

/** Real images that are shown. */
const REAL = 9;
/** Of the sheet. */
const COLUMNS = Math.ceil(Math.sqrt(SAMPLES));

@customElement('vt-image-gan-watch')
export class Watch extends Panel {
  /** What the tiles were made of: they are painted anew only when that changes. */
  private made: { images: Float32Array | null; tiles: readonly Tile[] } = { images: null, tiles: [] };
  private shown: { images: Float32Array | null; tiles: readonly Tile[] } = { images: null, tiles: [] };
  private looked: { shot: number; images: Float32Array } | null = null;

  static override styles = [
    controls,
    saveStyles,
    css`
      :host {
        display: grid;
        gap: 20px;
        align-content: start;
      }
      vt-images {
        max-width: 480px;
      }
      .finding {
        border-left: 3px solid var(--orange);
        padding: 2px 0 2px 12px;
      }
      .back {
        display: grid;
        grid-template-columns: minmax(80px, 1fr) auto auto;
        gap: 10px;
        align-items: center;
        max-width: 480px;
      }
      .back input {
        width: 100%;
      }
      .back output {
        min-width: 5.5em;
        text-align: right;
      }
    `,
  ];

  /** Of the present, or of the shot that is looked back at. */
  private images(): Float32Array | null {
    const { shot, reel, sheet } = this.game;
    if (shot === null) return sheet?.images ?? null;
    if (this.looked?.shot !== shot) this.looked = { shot, images: reel.images(shot) };
    return this.looked.images;
  }

  private tiles(): readonly Tile[] {
    const { live, sheet, shot } = this.game;
    const images = this.images();
    if (!live || !images) return [];
    if (this.made.images === images) return this.made.tiles;
    const { shape } = live.dataset.info;
    const size = images.length / SAMPLES;
    const tiles = Array.from({ length: SAMPLES }, (_, i): Tile => {
      const score = shot === null && sheet ? `, D says ${brief(sheet.scores[i] ?? 0)}` : '';
      return { picture: photograph(images.subarray(i * size, (i + 1) * size), shape), label: `sample ${i + 1}${score}` };
    });
    this.made = { images, tiles };
    return tiles;
  }

  private real() {
    const { live, metrics } = this.game;
    if (!live) return null;
    const { shape } = live.dataset.info;
    const size = shape.reduce((product, side) => product * side);
    if (this.shown.images !== live.real)
      this.shown = {
        images: live.real,
        tiles: Array.from({ length: Math.min(REAL, live.real.length / size) }, (_, i): Tile => {
          return { picture: photograph(live.real.subarray(i * size, (i + 1) * size), shape), label: `real image ${i + 1}` };
        }),
      };
    return html`<section class="stack" aria-label="Real images">
      <h3>Real images, to compare</h3>
      <vt-images class="real" label="Real images" .columns=${REAL} .tiles=${this.shown.tiles}></vt-images>
      ${metrics.discriminatorSteps > 0 ? html`<p class="soft number">D says ${brief(metrics.real)} on average.</p>` : nothing}
    </section>`;
  }

  private steps() {
    const { game } = this;
    const blocked = game.playing || game.run.blocked;
    return html`<div class="row">
      <button ?disabled=${blocked} @click=${() => game.stepOf('discriminator')}>Step D</button>
      <button ?disabled=${blocked} @click=${() => game.stepOf('generator')}>Step G</button>
      <button ?disabled=${blocked} @click=${() => game.stepOf('both')}>Step both</button>
      <span class="soft number"
        >D ${count(game.metrics.discriminatorSteps)} steps, G ${count(game.metrics.generatorSteps)} steps</span
      >
    </div>`;
  }

  private look(index: number): void {
    const { game } = this;
    game.shot = index >= game.reel.shots.length - 1 ? null : index;
    if (game.shot === null) this.looked = null;
    game.changed();
  }

  private back() {
    const { reel, shot, playing, run } = this.game;
    const last = Math.max(reel.shots.length - 1, 0);
    const step = shot === null ? run.step : (reel.shots[shot]?.step ?? 0);
    return html`<div class="back">
      <input
        type="range"
        aria-label="Look back over the sheet"
        aria-valuetext="step ${step}"
        min="0"
        max=${last}
        step="1"
        .value=${String(shot ?? last)}
        ?disabled=${playing || last === 0}
        @input=${(event: Event) => this.look((event.target as HTMLInputElement).valueAsNumber)}
      />
      <output class="number">step ${count(step)}</output>
      ${sheetButtons(this, 'Sheet', 'image-gan-sheet', rowsOf(this.tiles(), COLUMNS))}
    </div>`;
  }

  protected override render() {
    const { game } = this;
    const finding = game.finding ?? lessonOf(game.metrics, game.settings.loss);
    return html`
      ${this.shows('diagram') ? html`<vt-image-gan-diagram .game=${game} .omitted=${this.omitted}></vt-image-gan-diagram>` : nothing}
      ${this.steps()} ${problemNote(game.problems.training)}
      ${
        game.diverged
          ? html`<div class="row"><button @click=${() => game.retrySlower()}>A tenth of both rates, from the start</button></div>`
          : nothing
      }
      <section class="stack" aria-label="Sheet">
        <h3>What G makes of the same noise</h3>
        <vt-images
          class="sheet"
          label="Samples"
          .columns=${COLUMNS}
          .tiles=${this.tiles()}
          .chosen=${game.settings.sample - 1}
          @choose=${(event: CustomEvent<number>) => this.set({ sample: event.detail + 1 })}
        ></vt-images>
        ${this.back()}
        <p class="soft">
          ${SAMPLES} vectors of noise, the same all
          along${game.metrics.discriminatorSteps > 0 ? html`; D says <span class="number">${brief(game.metrics.fake)}</span> on average` : nothing}.
          ${game.shot === null ? 'Choose a sample to see its neighbours and to walk from it.' : 'This is the past; training goes on from the present.'}
        </p>
      </section>
      <div role="status">
        <div class="finding">
          <h3>${finding.title}</h3>
          <p>${finding.reason}</p>
        </div>
      </div>
      ${this.real()} ${this.shows('neighbours') ? html`<vt-image-gan-neighbours .game=${game}></vt-image-gan-neighbours>` : nothing}
    `;
  }
}
