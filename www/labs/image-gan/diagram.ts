/** How the two networks hang together: one sample's noise, what G makes of it, a real image, and what D says of both. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../../ui/flow.ts';
import type { Content, Layout } from '../../ui/flow.ts';
import { brief } from '../../ui/format.ts';
import { photograph } from '../../ui/paint.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';
import { SAMPLES } from './settings.ts';
import { sidesOf } from './sides.ts';

const WIDE: Layout = {
  size: [570, 212],
  places: {
    noise: [4, 118, 80, 80],
    generator: [104, 118, 96, 80],
    fake: [220, 118, 76, 80],
    real: [220, 6, 76, 80],
    discriminator: [320, 62, 96, 80],
    score: [436, 80, 88, 44],
    'd-loss': [488, 18, 78, 44],
    'g-loss': [488, 142, 78, 44],
  },
  ways: [
    { id: 'noise-generator', path: 'M84 158H104' },
    { id: 'generator-fake', path: 'M200 158H220' },
    { id: 'fake-discriminator', path: 'M296 150L320 128' },
    { id: 'real-discriminator', path: 'M296 50L320 76' },
    { id: 'discriminator-score', path: 'M416 102H436' },
    { id: 'score-d-loss', path: 'M506 80V62' },
    { id: 'score-g-loss', path: 'M506 124V142' },
    { id: 'd-loss-discriminator', path: 'M488 34H368V62', back: true },
    { id: 'g-loss-generator', path: 'M528 186V206H152V198', back: true },
  ],
};

const NARROW: Layout = {
  size: [356, 276],
  places: {
    noise: [4, 18, 96, 80],
    generator: [130, 18, 96, 80],
    fake: [256, 18, 90, 80],
    real: [4, 124, 96, 80],
    discriminator: [130, 124, 96, 80],
    score: [256, 142, 90, 44],
    'd-loss': [130, 226, 96, 44],
    'g-loss': [256, 226, 90, 44],
  },
  ways: [
    { id: 'noise-generator', path: 'M100 58H130' },
    { id: 'generator-fake', path: 'M226 58H256' },
    { id: 'fake-discriminator', path: 'M280 98L214 124' },
    { id: 'real-discriminator', path: 'M100 164H130' },
    { id: 'discriminator-score', path: 'M226 164H256' },
    { id: 'score-d-loss', path: 'M276 186L214 226' },
    { id: 'score-g-loss', path: 'M304 186V226' },
    { id: 'd-loss-discriminator', path: 'M178 226V204', back: true },
    { id: 'g-loss-generator', path: 'M346 248H353V8H178V18', back: true },
  ],
};

@customElement('vt-image-gan-diagram')
export class Diagram extends Panel {
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 6px;
      }
    `,
  ];

  protected override render() {
    const { live, sheet, settings, metrics } = this.game;
    if (!live || !sheet) return null;
    const { shape } = live.dataset.info;
    const size = sheet.images.length / SAMPLES;
    const { latent } = live.settings;
    const at = settings.sample - 1;
    const sides = sidesOf(shape);
    const known = metrics.discriminatorSteps > 0;
    const mean = (value: number) => (known ? brief(value) : '–');
    const loss = (value: number, steps: number) => (steps > 0 ? brief(value) : '–');
    const [lossD, lossG] = [
      loss(metrics.discriminatorLoss, metrics.discriminatorSteps),
      loss(metrics.generatorLoss, metrics.generatorSteps),
    ];
    const contents: Record<string, Content> = {
      noise: { lines: ['noise z', `${latent} number${latent === 1 ? '' : 's'}`], bars: live.latent.subarray(at * latent) },
      generator: { lines: ['G', 'generator'], sides: [...sides].reverse() },
      fake: { lines: ['◆ G(z)'], tone: 'orange', picture: photograph(sheet.images.subarray(at * size, (at + 1) * size), shape) },
      real: { lines: ['● real x'], tone: 'blue', picture: photograph(live.real.subarray(0, size), shape) },
      discriminator: { lines: ['D', 'discriminator'], sides },
      score: { lines: [`● ${mean(metrics.real)}`, `◆ ${mean(metrics.fake)}`], even: true },
      'd-loss': { lines: ['D’s loss', lossD] },
      'g-loss': { lines: ['G’s loss', lossG] },
    };
    const folded = sides.map((side) => `${side}×${side}`);
    return html`<vt-flow
        .wide=${WIDE}
        .narrow=${NARROW}
        .contents=${contents}
        label="Noise goes through the generator G and becomes an image. Real images and generated ones go through the discriminator D and get scores, on average real ${mean(metrics.real)}, generated ${mean(metrics.fake)}. From them follow the loss of D, ${lossD}, whose gradient goes back to D, and the loss of G, ${lossG}, whose gradient goes back through D to G."
      ></vt-flow>
      <p class="soft">
        G unfolds ${latent} random numbers to ${[...folded].reverse().join(', ')} pixels; D folds an image to ${folded.at(-1)} and
        then to one number: real, or not?
      </p>`;
  }
}
