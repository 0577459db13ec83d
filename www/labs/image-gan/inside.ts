/** Look inside: losses, D's opinion, G's gradient, the judge, neighbours, and the walk between two samples. */
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { check, problemNote, progress, slider } from '../../ui/fields.ts';
import { barCanvas, type SheetBar } from '../../ui/bar-sheet.ts';
import { toCsv } from '../../ui/csv.ts';
import { brief, percent } from '../../ui/format.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { photograph } from '../../ui/paint.ts';
import '../../ui/plot.ts';
import type { Line } from '../../ui/plot.ts';
import { saveButtons, saveStyles } from '../../ui/save-buttons.ts';
import { sheetButtons } from '../../ui/sheet.ts';
import { styles } from '../../ui/styles.ts';
import { controls } from '../../ui/theme.ts';
import { WALK } from './game.ts';
import { Panel } from './panel.ts';
import { SAMPLES } from './settings.ts';

const LOSS_LINES: readonly Line[] = [
  { label: 'D', color: '--ink' },
  { label: 'G', color: '--orange', dashed: true },
];
const SCORE_LINES: readonly Line[] = [
  { label: 'real', color: '--blue' },
  { label: 'generated', color: '--orange', dashed: true },
];
const GRADIENT_LINES: readonly Line[] = [{ label: '‖∇G‖', color: '--orange' }];
const DISTANCE_LINES: readonly Line[] = [
  { label: 'generated', color: '--orange', marks: true },
  { label: 'held-out real images', color: '--blue', dashed: true },
];
/** From this share on a class counts as found. */
const FOUND = 0.01;

@customElement('vt-image-gan-inside')
export class Inside extends Panel {
  /** Where on the walk. */
  @state() private at = 0;

  static override styles = [
    controls,
    saveStyles,
    css`
      :host {
        display: grid;
        gap: 26px;
        align-content: start;
      }
      .classes {
        list-style: none;
        padding: 0;
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(18px, 1fr));
        gap: 3px;
        font-size: 0.76rem;
        text-align: center;
      }
      .classes .column {
        display: flex;
        flex-direction: column;
        justify-content: end;
        height: 44px;
        background: var(--paper-sunken);
      }
      .classes .level {
        background: var(--orange);
      }
      .large {
        width: 132px;
      }
    `,
  ];

  private curves() {
    const { trace, settings } = this.game;
    const isShare = settings.loss === 'non-saturating' || settings.loss === 'minimax';
    return html`<section class="stack" aria-label="Curves">
      <vt-plot heading="Losses" file="image-gan-losses" .lines=${LOSS_LINES} .data=${trace.data([0, 1])}></vt-plot>
      <vt-plot
        heading=${isShare ? 'Mean D(x)' : 'Mean score'}
        file="image-gan-scores"
        ?shares=${isShare}
        .lines=${SCORE_LINES}
        .data=${trace.data([2, 3])}
      ></vt-plot>
      <vt-plot
        heading="Gradient that reaches G"
        file="image-gan-gradient"
        log
        .lines=${GRADIENT_LINES}
        .data=${trace.data([4])}
      ></vt-plot>
    </section>`;
  }

  private judged() {
    const { game } = this;
    const { verdict, judge, lesson, distances, live, settings } = game;
    const names = live?.dataset.info.classes ?? [];
    const found = verdict ? [...verdict.classes].filter((share) => share >= FOUND).length : 0;
    const most = Math.max(...(verdict?.classes ?? []), 0.01);
    const bars = names.map((name, i): SheetBar => {
      const value = verdict?.classes[i] ?? 0;
      return { label: name, value, text: percent(value, 0), color: '--orange' };
    });
    return html`<section class="stack" aria-label="Judge">
      <h3>How good: a judge’s view</h3>
      ${
        judge === null
          ? html`<p class="soft">
                A classifier of the real images looks at samples. The Fréchet distance compares its features of samples with those
                of real images: two clouds, each as a Gaussian.
              </p>
              ${
                lesson === null
                  ? html`<div>
                      <button ?disabled=${game.playing || game.run.blocked} @click=${() => game.teach()}>Train a judge</button>
                    </div>`
                  : progress('Training of the judge', lesson, () => game.stopLesson())
              }`
          : html`<p class="soft number">The judge is right on ${percent(judge)} of held-out images.</p>
              <vt-plot
                heading="Fréchet distance"
                file="image-gan-frechet"
                log
                .lines=${DISTANCE_LINES}
                .data=${distances.data([0, 1])}
              ></vt-plot>
              ${check({ label: 'ask while training', value: settings.judged, onChange: (judged) => this.set({ judged }) })}`
      }
      ${problemNote(game.problems.judge)}
      ${
        verdict
          ? html`<p class="number">
                <strong>${found} of ${names.length} classes</strong> · the judge is ${percent(verdict.confidence, 0)} sure on
                average
              </p>
              <ul
                class="classes"
                role="img"
                aria-label="Share of samples taken for each class: ${names.map((name, i) => `${name} ${percent(verdict.classes[i] ?? 0, 0)}`).join(', ')}"
              >
                ${names.map(
                  (name, i) =>
                    html`<li>
                      <div class="column">
                        <div class="level" ${styles({ height: `${((verdict.classes[i] ?? 0) / most) * 100}%` })}></div>
                      </div>
                      ${name}
                    </li>`,
                )}
              </ul>
              ${saveButtons({
                label: 'Classes',
                file: 'image-gan-classes',
                png: () => barCanvas(this, bars, 0, most),
                csv: () =>
                  toCsv(
                    ['class', 'share'],
                    bars.map(({ label, value }) => [label, value]),
                  ),
              })}`
          : nothing
      }
      <p class="soft number">Diversity: two samples differ ${percent(game.diversity, 0)} as much as two real images.</p>
    </section>`;
  }

  private walk() {
    const { still, live, settings } = this.game;
    if (!still || !live) return null;
    const { shape } = live.dataset.info;
    const { images, scores } = still.walk;
    const size = images.length / WALK;
    const picture = (i: number) => photograph(images.subarray(i * size, (i + 1) * size), shape);
    const tiles = Array.from({ length: WALK }, (_, i): Tile => ({ picture: picture(i), label: `${i + 1} of ${WALK}` }));
    const end = (label: string, key: 'from' | 'to') =>
      slider({ label, value: settings[key], min: 1, max: SAMPLES, onChange: (value) => this.set({ [key]: value }) });
    return html`<section class="stack" aria-label="Walk">
      <h3>Between two samples</h3>
      ${end('From sample', 'from')} ${end('To sample', 'to')}
      <div class="row">
        <button @click=${() => this.set({ from: settings.sample })}>From the chosen one</button>
        <button @click=${() => this.set({ to: settings.sample })}>To the chosen one</button>
      </div>
      <vt-images
        label="Images on the way"
        .columns=${WALK}
        .tiles=${tiles}
        .chosen=${this.at}
        @choose=${(event: CustomEvent<number>) => (this.at = event.detail)}
      ></vt-images>
      ${sheetButtons(this, 'Walk', 'image-gan-walk', [{ title: `${settings.from} → ${settings.to}`, tiles }])}
      ${slider({ label: 'On the way', value: this.at + 1, min: 1, max: WALK, live: true, onChange: (value) => (this.at = value - 1) })}
      <div class="row">
        <vt-images
          class="large"
          label="The image here"
          size="120"
          .tiles=${[{ picture: picture(this.at), label: `image ${this.at + 1} of the walk` }]}
        ></vt-images>
        <p class="soft number">D says ${brief(scores[this.at] ?? 0)}</p>
      </div>
      <p class="soft">
        The noise goes from one vector to the other along the arc between them, not the straight line: noise near 0, half-way on the
        line, is hardly ever drawn, and G never learnt it. A good G shows an image all the way, not a blend of two.
      </p>
    </section>`;
  }

  protected override render() {
    return [
      this.shows('judge') ? this.judged() : null,
      this.shows('curves') ? this.curves() : null,
      this.shows('walk') ? this.walk() : null,
    ];
  }
}
