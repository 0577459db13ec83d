/** Fool it: attacks (R1) on the chosen image, and on all held-out images as ε grows. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { EngineError } from '../../engine/client.ts';
import { check, choose, problemNote, progress, segmented, slider } from '../../ui/fields.ts';
import { brief, count, percent } from '../../ui/format.ts';
import '../../ui/formula.ts';
import { legend, legendStyles } from '../../ui/legend.ts';
import { photograph, type Picture } from '../../ui/paint.ts';
import '../../ui/picture.ts';
import '../../ui/plot.ts';
import type { Line, PlotData } from '../../ui/plot.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';
import type { Settings } from './settings.ts';

const FORMULAS: Record<Settings['attack'], string> = {
  fgsm: String.raw`x' = x + \varepsilon \operatorname{sign}\big(\nabla_x J(x, y)\big)`,
  pgd: String.raw`x_{t+1} = \Pi_{\|x'-x\|\le\varepsilon}\big(x_t + \alpha \operatorname{sign}(\nabla_x J(x_t, y))\big)`,
  noise: String.raw`x' = x + \varepsilon\,s,\quad s_i = \pm 1 \text{ at random}`,
};

const ANSWERS: Record<Settings['attack'], string> = {
  fgsm: 'One step along the gradient: how much does the smallest well-aimed change do?',
  pgd: 'Many small steps, each brought back into the ball: how bad can it get within ε?',
  noise: 'The control: a change of the same size, but not aimed. A network that withstands this may still fall to the others.',
};

const EPSILONS: Record<Settings['norm'], readonly number[]> = {
  linf: [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3],
  l2: [0, 0.1, 0.25, 0.5, 0.75, 1, 1.5],
};
const MOST_IMAGES = 512;
/** In the picture of the difference. */
const MAGNIFIED = 10;

@customElement('vt-cnn-view-fool')
export class FoolView extends Panel {
  @state() private curve: PlotData = { x: [], y: [] };
  @state() private lines: readonly Line[] = [];
  @state() private share: number | null = null;
  private stop: AbortController | null = null;

  static override styles = [
    controls,
    legendStyles,
    css`
      :host {
        display: grid;
        gap: 16px;
      }
      .three {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 10px;
      }
      figcaption {
        font-size: 0.8rem;
        line-height: 1.35;
      }
      .pair {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 12px;
        align-items: end;
      }
      .pair select {
        width: 100%;
      }
      .inside {
        padding-top: 8px;
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.abort();
  }

  private async set(changes: Partial<Settings>): Promise<void> {
    await this.session.update(changes);
    await this.inspector.refresh();
  }

  private figures() {
    const { fooled, subject } = this.inspector;
    const { live } = this.session;
    if (!fooled || !subject || !live) return null;
    const { shape } = live.dataset.info;
    const [channels, height, width] = shape;
    const difference = this.difference(subject.pixels, fooled.adversarial, channels, width * height);
    const limit = 1 / MAGNIFIED;
    const map: Picture = { width, height, data: difference, channels: 1, scale: 'signed', limit };
    const answer = (probabilities: Float32Array) => {
      const best = probabilities.indexOf(Math.max(...probabilities));
      const mark = subject.label === null ? '' : best === subject.label ? '✓ ' : '✗ ';
      return html`${mark}<strong>${this.classText(best)}</strong> <span class="soft">${percent(probabilities[best], 0)}</span>`;
    };
    return html`<div class="three">
        <figure>
          <vt-picture .picture=${photograph(subject.pixels, shape)} label="Original"></vt-picture>
          <figcaption>original<br />${answer(fooled.before.probabilities)}</figcaption>
        </figure>
        <figure>
          <vt-picture .picture=${map} label="Difference, ten times magnified"></vt-picture>
          <figcaption>
            difference ×${MAGNIFIED}<br /><span class="soft">${this.sizeOf(subject.pixels, fooled.adversarial)}</span>
          </figcaption>
        </figure>
        <figure>
          <vt-picture .picture=${photograph(fooled.adversarial, shape)} label="Adversarial"></vt-picture>
          <figcaption>adversarial<br />${answer(fooled.after.probabilities)}</figcaption>
        </figure>
      </div>
      ${legend('signed', limit)} ${this.hint(fooled.before.probabilities, fooled.after.probabilities, subject.label)}`;
  }

  /** What to make of it, where the pictures alone may puzzle. */
  private hint(before: Float32Array, after: Float32Array, label: number | null) {
    const answer = (probabilities: Float32Array) => probabilities.indexOf(Math.max(...probabilities));
    const { target } = this.session.settings;
    const text =
      label !== null && answer(before) !== label
        ? 'The network is wrong about this image before any attack. Choose one that it recognises, or train it further.'
        : target >= 0 && answer(after) === target
          ? `The attack reached its goal: ${this.classText(target)}.`
          : answer(after) === answer(before)
            ? 'The answer stands. Try a larger ε, or PGD.'
            : '';
    return text ? html`<p class="soft">${text}</p>` : null;
  }

  /** Mean over the channels. */
  private difference(before: Float32Array, after: Float32Array, channels: number, plane: number): Float32Array {
    const mean = new Float32Array(plane);
    for (let i = 0; i < channels * plane; i++) mean[i % plane] += (after[i] - before[i]) / channels;
    return mean;
  }

  private sizeOf(before: Float32Array, after: Float32Array): string {
    let [largest, squares] = [0, 0];
    after.forEach((value, i) => {
      const change = Math.abs(value - before[i]);
      largest = Math.max(largest, change);
      squares += change * change;
    });
    return this.session.settings.norm === 'linf' ? `L∞ ${brief(largest)}` : `L2 ${brief(Math.sqrt(squares))}`;
  }

  private async measure(): Promise<void> {
    const { live, settings } = this.session;
    if (!live || this.stop) return;
    const epsilons = [...EPSILONS[settings.norm]];
    const { attack: method, norm, steps, random, target, seed } = settings;
    const stop = (this.stop = new AbortController());
    this.share = 0;
    const isControl = method === 'noise';
    const common = { norm, epsilons, limit: MOST_IMAGES, seed, signal: stop.signal };
    try {
      const parts = isControl ? 1 : 2;
      const watch = (part: number) => ({
        onProgress: ({ done, of }: { done: number; of: number }) => void (this.share = (part + done / of) / parts),
      });
      const noise = await live.model.robustness(live.dataset, { ...common, method: 'noise', ...watch(0) });
      const curves = [noise];
      const lines: Line[] = [{ label: 'noise', dashed: true, marks: true }];
      if (!isControl) {
        const isTargeted = target >= 0 && target < live.dataset.info.classes.length;
        const options = {
          ...common,
          method,
          ...(method === 'pgd' ? { steps, randomStart: random } : {}),
          ...(isTargeted ? { target } : {}),
        };
        curves.unshift(await live.model.robustness(live.dataset, { ...options, ...watch(1) }));
        lines.unshift({ label: method.toUpperCase(), color: '--orange', marks: true });
      }
      this.lines = lines;
      this.curve = { x: epsilons, y: curves };
      this.session.clear('attack');
    } catch (error) {
      if (EngineError.from(error).code !== 'cancelled') this.session.report('attack', error);
    }
    this.stop = null;
    this.share = null;
  }

  private robustness() {
    const images = Math.min(MOST_IMAGES, this.session.live?.dataset.info.validation ?? 0);
    return html`<section class="stack" aria-label="Accuracy against ε">
      <h3>All held-out images</h3>
      <p class="soft">
        Attacks ${count(images)} held-out images at seven radii and counts what survives, beside noise of the same size.
      </p>
      ${
        this.share === null
          ? html`<div class="row">
              <button @click=${this.measure} ?disabled=${this.session.playing}>Measure accuracy against ε</button>
            </div>`
          : progress('Attacking the held-out images', this.share, () => this.stop?.abort())
      }
      ${problemNote(this.session.problems.attack)}
      ${this.curve.x.length > 0 ? html`<vt-plot heading="Accuracy under attack" xLabel="ε" file="robustness" shares .lines=${this.lines} .data=${this.curve}></vt-plot>` : null}
    </section>`;
  }

  protected override render() {
    const { settings, live } = this.session;
    if (!live) return null;
    const isNoise = settings.attack === 'noise';
    return html`${segmented<Settings['attack']>({
        label: 'Attack',
        value: settings.attack,
        options: [
          ['fgsm', 'FGSM'],
          ['pgd', 'PGD'],
          ['noise', 'Noise'],
        ],
        onChange: (attack) => this.set({ attack }),
      })}
      <p>${ANSWERS[settings.attack]}</p>
      ${slider({
        label: 'ε, how far each attack may go',
        value: settings.eps,
        min: 0,
        max: settings.norm === 'linf' ? 0.5 : 3,
        step: settings.norm === 'linf' ? 0.01 : 0.05,
        live: true,
        onChange: (eps) => this.set({ eps }),
      })}
      ${this.figures()}
      <div class="pair">
        ${choose<Settings['norm']>({
          label: 'Measured by',
          value: settings.norm,
          options: [
            ['linf', 'L∞: largest change'],
            ['l2', 'L2: length'],
          ],
          onChange: (norm) => this.set({ norm, eps: norm === 'linf' ? 0.1 : 1 }),
        })}
        ${choose({
          label: 'Goal',
          value: String(settings.target),
          disabled: isNoise,
          options: [
            ['-1', 'any wrong answer'],
            ...live.dataset.info.classes.map((name, i) => [String(i), `the answer ${name}`] as const),
          ],
          onChange: (target) => this.set({ target: Number(target) }),
        })}
      </div>
      ${
        settings.attack === 'pgd'
          ? html`${slider({ label: 'Steps', value: settings.steps, min: 1, max: 100, onChange: (steps) => this.set({ steps }) })}
            ${check({ label: 'Start from a random point of the ball', value: settings.random, onChange: (random) => this.set({ random }) })}`
          : null
      }
      <vt-formula tex=${FORMULAS[settings.attack]}></vt-formula>
      ${this.robustness()}`;
  }
}
