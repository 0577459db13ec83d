/** How the two networks hang together, with the current numbers; slow motion lights up the part it speaks of. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../../ui/flow.ts';
import type { Content, Layout, Way } from '../../ui/flow.ts';
import { brief } from '../../ui/format.ts';
import { controls } from '../../ui/theme.ts';
import type { Part } from './iteration.ts';
import { Panel } from './panel.ts';

const way = (id: Part, path: string, back = false): Way => ({ id, path, back });

const WIDE: Layout = {
  size: [570, 172],
  places: {
    noise: [4, 95, 84, 44],
    generator: [108, 95, 88, 44],
    fake: [216, 95, 88, 44],
    real: [216, 8, 88, 44],
    discriminator: [328, 54, 92, 44],
    score: [440, 54, 84, 44],
    'd-loss': [492, 2, 76, 42],
    'g-loss': [492, 108, 76, 42],
  },
  ways: [
    way('noise-generator', 'M88 117H108'),
    way('generator-fake', 'M196 117H216'),
    way('fake-discriminator', 'M304 110L328 90'),
    way('real-discriminator', 'M304 33L328 60'),
    way('discriminator-score', 'M420 76H440'),
    way('score-d-loss', 'M470 54V34H492'),
    way('score-g-loss', 'M470 98V129H492'),
    way('d-loss-discriminator', 'M492 16H374V54', true),
    way('g-loss-generator', 'M530 150V166H152V139', true),
  ],
};

const NARROW: Layout = {
  size: [356, 224],
  places: {
    noise: [4, 18, 96, 44],
    generator: [130, 18, 96, 44],
    fake: [256, 18, 90, 44],
    real: [4, 96, 96, 44],
    discriminator: [130, 96, 96, 44],
    score: [256, 96, 90, 44],
    'd-loss': [130, 174, 96, 44],
    'g-loss': [256, 174, 90, 44],
  },
  ways: [
    way('noise-generator', 'M100 40H130'),
    way('generator-fake', 'M226 40H256'),
    way('fake-discriminator', 'M280 62L214 96'),
    way('real-discriminator', 'M100 118H130'),
    way('discriminator-score', 'M226 118H256'),
    way('score-d-loss', 'M280 140L214 174'),
    way('score-g-loss', 'M304 140V174'),
    way('d-loss-discriminator', 'M178 174V140', true),
    way('g-loss-generator', 'M346 196H353V8H178V18', true),
  ],
};

@customElement('vt-gan-diagram')
export class Diagram extends Panel {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
    `,
  ];

  private contents(): Record<string, Content> {
    const { reading, look, settings, metrics } = this.game;
    const mean = (scores: Float32Array | undefined) =>
      scores && scores.length > 0 ? brief(scores.reduce((a, b) => a + b, 0) / scores.length) : '–';
    const terms = reading?.terms;
    return {
      noise: { lines: ['noise z', `${settings.latent} number${settings.latent === 1 ? '' : 's'}`] },
      generator: { lines: ['G', 'generator'] },
      fake: { lines: ['◆ fakes', 'G(z)'], tone: 'orange' },
      real: { lines: ['● real', 'x'], tone: 'blue' },
      discriminator: { lines: ['D', 'discriminator'] },
      score: { lines: [`● ${mean(look?.view.realScore)}`, `◆ ${mean(look?.view.fakeScore)}`], even: true },
      'd-loss': { lines: ['D’s loss', terms ? brief(terms.real + terms.fake + metrics.penalty) : '–'] },
      'g-loss': { lines: ['G’s loss', terms ? brief(terms.generator) : '–'] },
    };
  }

  protected override render() {
    const contents = this.contents();
    const [score, lossD, lossG] = [contents['score']!, contents['d-loss']!, contents['g-loss']!].map(({ lines }) => lines);
    return html`<vt-flow
      .wide=${WIDE}
      .narrow=${NARROW}
      .contents=${contents}
      .lit=${new Set<string>(this.game.subStep?.parts ?? [])}
      label="Noise goes through the generator G and becomes fakes. Real points and fakes go through the discriminator D and get scores, on average real ${score![0]!.slice(2)}, fake ${score![1]!.slice(2)}. From them follow the loss of D, ${lossD![1]}, whose gradient goes back to D, and the loss of G, ${lossG![1]}, whose gradient goes back through D to G."
    ></vt-flow>`;
  }
}
