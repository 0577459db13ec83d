/** Look inside: coverage, curves, the losses in numbers, the confidence in single points, D beside the best D. */
import { css, html } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { barCanvas, type SheetBar } from '../../ui/bar-sheet.ts';
import { toCsv } from '../../ui/csv.ts';
import { brief, percent } from '../../ui/format.ts';
import '../../ui/formula.ts';
import '../../ui/plot.ts';
import type { Line } from '../../ui/plot.ts';
import { saveButtons, saveStyles } from '../../ui/save-buttons.ts';
import { styles } from '../../ui/styles.ts';
import { controls } from '../../ui/theme.ts';
import { SIDE } from './field.ts';
import { SAMPLES } from './game.ts';
import { lean, paintGround, toneOf } from './ground.ts';
import { Inks } from './inks.ts';
import { covered, MOST_MODES } from './lesson.ts';
import { Panel } from './panel.ts';
import { discriminatorFormula, generatorFormula, isProbability, RANGE } from './theory.ts';

const LOSS_LINES: readonly Line[] = [
  { label: 'D', color: '--ink' },
  { label: 'G', color: '--orange', dashed: true },
];
const SCORE_LINES: readonly Line[] = [
  { label: 'real', color: '--blue' },
  { label: 'generated', color: '--orange', dashed: true },
];
/** Points of each kind whose confidence is shown. */
const BARS = 8;

@customElement('vt-gan-inside')
export class Inside extends Panel {
  @query('canvas.own') private own?: HTMLCanvasElement;
  @query('canvas.best') private best?: HTMLCanvasElement;
  private readonly inks = new Inks(this, () => this.requestUpdate());

  static override styles = [
    controls,
    saveStyles,
    css`
      :host {
        display: grid;
        gap: 26px;
        align-content: start;
      }
      .meter {
        display: flex;
        flex-wrap: wrap;
        gap: 3px;
      }
      .meter .cell {
        position: relative;
        width: 24px;
        height: 34px;
        background: var(--paper-sunken);
        border: 1px solid var(--hairline);
        border-radius: 2px;
        overflow: hidden;
      }
      .meter.many .cell {
        width: 6px;
        height: 24px;
        border-width: 0;
      }
      .meter .level {
        position: absolute;
        inset: auto 0 0;
        background: var(--orange);
      }
      .meter .missed {
        border-style: dashed;
        border-color: var(--outline);
      }
      .bars {
        list-style: none;
        display: grid;
        gap: 3px;
      }
      .bars li {
        display: grid;
        grid-template-columns: 16px minmax(40px, 1fr) 56px;
        gap: 8px;
        align-items: center;
        font-size: 0.8rem;
        line-height: 1.2;
      }
      .track {
        position: relative;
        height: 9px;
        background: var(--paper-sunken);
      }
      .track .mid {
        position: absolute;
        left: 50%;
        top: -2px;
        bottom: -2px;
        border-left: 1px solid var(--ink-soft);
      }
      .bar {
        position: absolute;
        top: 0;
        bottom: 0;
        background: var(--tone);
      }
      .blue {
        --tone: var(--blue);
      }
      .orange {
        --tone: var(--orange);
      }
      .bars b {
        color: var(--tone);
        font-weight: 400;
      }
      .bars .value {
        text-align: right;
        color: var(--ink-soft);
      }
      .pair {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 12px;
      }
      .pair canvas {
        display: block;
        width: 100%;
        aspect-ratio: 1;
        border: 1px solid var(--hairline);
      }
      figcaption {
        font-size: 0.87rem;
        color: var(--ink-soft);
      }
    `,
  ];

  protected override updated(): void {
    const { look, reading, settings, live } = this.game;
    if (!look || live?.frame.dims !== 2) return;
    if (this.own) paintGround(this.own, look.ground, SIDE[2], toneOf(settings.loss, look.ground), this.inks);
    if (this.best && reading) paintGround(this.best, reading.best, SIDE[2], { middle: 0.5, reach: 0.5 }, this.inks);
  }

  private coverage() {
    const { reading, live, settings } = this.game;
    if (!reading || !live) return null;
    const { counts, quality } = reading.coverage;
    const all = [...counts];
    const isCurve = all.length > MOST_MODES;
    const { found } = covered(reading.coverage);
    // An even share fills a bar: a few samples at one mode must not look like much.
    const most = Math.max(...all, SAMPLES / all.length);
    const what = isCurve ? 'places' : all.length === 1 ? 'mode' : 'modes';
    const bars = all.map((count, i): SheetBar => ({ label: String(i + 1), value: count, text: String(count), color: '--orange' }));
    return html`<section class="stack" aria-label="Coverage">
      <h3>What G covers</h3>
      <p class="number"><strong>${found} of ${all.length} ${what}</strong> · ${percent(quality, 0)} of high quality</p>
      <div
        class="meter ${isCurve ? 'many' : ''}"
        role="img"
        aria-label="Samples at each of ${all.length} ${what}: ${all.slice(0, 25).join(', ')}${isCurve ? ' and so on' : ''}"
      >
        ${all.map(
          (count) =>
            html`<span class="cell ${count === 0 ? 'missed' : ''}"
              ><span class="level" ${styles({ height: `${(count / most) * 100}%` })}></span
            ></span>`,
        )}
      </div>
      ${saveButtons({
        label: 'Coverage',
        file: 'gan-coverage',
        png: () => barCanvas(this, bars, 0, most),
        csv: () =>
          toCsv(
            [what, 'samples'],
            all.map((count, i) => [i + 1, count]),
          ),
      })}
      <p class="soft">
        Of ${SAMPLES} samples from ${settings.average === 0 ? 'G' : 'G with its weights averaged over time'}: high quality is within
        3σ of a centre; ${isCurve ? 'a place counts from one such sample' : 'a mode counts from 1 % of all'}.
      </p>
    </section>`;
  }

  private curves() {
    const { trace, settings } = this.game;
    const isShare = isProbability(settings.loss);
    return html`<section class="stack" aria-label="Curves">
      <vt-plot heading="Losses" file="gan-losses" .lines=${LOSS_LINES} .data=${trace.data([0, 1])}></vt-plot>
      <vt-plot
        heading=${isShare ? 'Mean D(x)' : 'Mean score'}
        file="gan-scores"
        ?shares=${isShare}
        .lines=${SCORE_LINES}
        .data=${trace.data([2, 3])}
      ></vt-plot>
      ${isShare ? html`<p class="soft">Where both are at 50 %, D cannot tell real from generated: the game is even.</p>` : null}
    </section>`;
  }

  private losses() {
    const { settings, reading, metrics, live } = this.game;
    if (!reading || !live) return null;
    const known = metrics.discriminatorSteps > 0 ? metrics.penalty : null;
    const penalty = live.settings.penalty > 0 ? known : undefined;
    return html`<section class="stack" aria-label="Losses in numbers">
      <h3>The losses, now</h3>
      <vt-formula .tex=${discriminatorFormula(settings.loss, reading.terms, penalty)}></vt-formula>
      <vt-formula .tex=${generatorFormula(settings.loss, reading.terms)}></vt-formula>
      <p class="soft">Means over the points on the board${penalty == null ? '' : '; the penalty is of D’s last step'}.</p>
    </section>`;
  }

  private confidence() {
    const { look, settings } = this.game;
    if (!look) return null;
    const { realScore, fakeScore } = look.view;
    const tone = toneOf(settings.loss, [...realScore, ...fakeScore]);
    const bar = (score: number, kind: 'real' | 'generated', i: number) => {
      const at = lean(score, tone) / 2;
      const width = `${Math.abs(at) * 100}%`;
      const side = at >= 0 ? { left: '50%', width } : { left: `${(0.5 + at) * 100}%`, width };
      return html`<li class=${kind === 'real' ? 'blue' : 'orange'} aria-label="${kind} point ${i + 1}: ${brief(score)}">
        <b aria-hidden="true">${kind === 'real' ? '●' : '◆'}</b>
        <span class="track" aria-hidden="true"
          ><span class="bar ${at >= 0 ? 'blue' : 'orange'}" ${styles(side)}></span><span class="mid"></span
        ></span>
        <span class="value number" aria-hidden="true">${brief(score)}</span>
      </li>`;
    };
    const first = (scores: Float32Array) => [...scores.subarray(0, BARS)];
    const all = [
      ...first(realScore).map((score, i) => ({ kind: 'real', nth: i + 1, score })),
      ...first(fakeScore).map((score, i) => ({ kind: 'generated', nth: i + 1, score })),
    ];
    const bars = all.map(({ kind, nth, score }): SheetBar => {
      return { label: `${kind} ${nth}`, value: score, text: brief(score), color: score >= tone.middle ? '--blue' : '--orange' };
    });
    return html`<section class="stack" aria-label="Confidence">
      <h3>How sure D is</h3>
      <p class="soft">
        ${BARS} real and ${BARS} generated points. To the right D says real, to the left generated;
        ${RANGE[settings.loss].reach === null ? 'a critic’s scores have no fixed zero.' : 'in the middle, ½, it cannot tell.'}
      </p>
      <ul class="bars">
        ${first(realScore).map((score, i) => bar(score, 'real', i))}
        ${first(fakeScore).map((score, i) => bar(score, 'generated', i))}
      </ul>
      ${saveButtons({
        label: 'Confidence',
        file: 'gan-confidence',
        png: () => barCanvas(this, bars, tone.middle - tone.reach, tone.middle + tone.reach, tone.middle),
        csv: () =>
          toCsv(
            ['kind', 'point', 'score'],
            all.map(({ kind, nth, score }) => [kind, nth, score]),
          ),
      })}
    </section>`;
  }

  /** D(x) and D*(x) side by side, or on the line as two curves over it. */
  private pair(): HTMLCanvasElement {
    const { live, look, reading, settings } = this.game;
    const [sheet, ground] = [document.createElement('canvas'), document.createElement('canvas')];
    const context = sheet.getContext('2d');
    if (!context || !live || !look || !reading) return sheet;
    const side = 384;
    [sheet.width, sheet.height] = [2 * side + 12, side];
    context.fillStyle = this.inks.of('paper');
    context.fillRect(0, 0, sheet.width, sheet.height);
    [look.ground, reading.best].forEach((scores, i) => {
      const tone = i === 0 ? toneOf(settings.loss, scores) : { middle: 0.5, reach: 0.5 };
      if (live.frame.dims === 2) {
        paintGround(ground, scores, SIDE[2], tone, this.inks);
        context.drawImage(ground, i * (side + 12), 0, side, side);
        return;
      }
      context.strokeStyle = this.inks.of(i === 0 ? 'ink' : 'blue');
      context.lineWidth = 2;
      context.beginPath();
      scores.forEach((score, at) => context.lineTo((at / scores.length) * sheet.width, (0.5 - 0.48 * lean(score, tone)) * side));
      context.stroke();
    });
    return sheet;
  }

  private places(): string {
    const { live, look, reading } = this.game;
    if (!live || !look || !reading) return '';
    const { dims } = live.frame;
    const rows = Array.from(look.ground, (score, i) => [...live.places.subarray(i * dims, (i + 1) * dims), score, reading.best[i]]);
    return toCsv([...(dims === 1 ? ['x'] : ['x', 'y']), 'D', 'best D'], rows);
  }

  private bestD() {
    const { live, look, reading, settings } = this.game;
    if (!live || !look || !reading) return null;
    const isShare = isProbability(settings.loss);
    const apart = look.ground.reduce((sum, d, i) => sum + Math.abs(d - reading.best[i]), 0) / look.ground.length;
    return html`<section class="stack" aria-label="The best D">
      <h3>D beside the best D</h3>
      <vt-formula tex=${String.raw`D^*(x) = \frac{p(x)}{p(x) + q(x)}`}></vt-formula>
      ${
        live.frame.dims === 2
          ? html`<div class="pair">
              <figure>
                <canvas class="own" role="img" aria-label="D(x) over the board"></canvas>
                <figcaption>D(x)</figcaption>
              </figure>
              <figure>
                <canvas class="best" role="img" aria-label="The best D over the board"></canvas>
                <figcaption>D*(x)</figcaption>
              </figure>
            </div>`
          : html`<p class="soft">On the board: choose the curves “D(x) and the best D”.</p>`
      }
      ${saveButtons({ label: 'The best D', file: 'gan-best', png: () => this.pair(), csv: () => this.places() })}
      <p class="soft">
        ${
          isShare
            ? `They differ by ${brief(apart)} on average. p is the density of real points, q that of the generated ones as a smooth estimate.`
            : 'This best D belongs to the two losses with probabilities; with this loss D aims at something else.'
        }
      </p>
    </section>`;
  }

  protected override render() {
    return [
      this.shows('coverage') ? this.coverage() : null,
      this.shows('curves') ? this.curves() : null,
      this.shows('losses') ? this.losses() : null,
      this.shows('confidence') ? this.confidence() : null,
      this.shows('best') ? this.bestD() : null,
    ];
  }
}
