/** Set up: the images, the layers, what is asked of the code, the rate. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { check, choose, disclosure, problemNote, segmented, slider } from '../../ui/fields.ts';
import '../../ui/file-drop.ts';
import type { DroppedFile } from '../../ui/file-drop.ts';
import { count } from '../../ui/format.ts';
import '../../ui/formula.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';
import { PCA_VALUES, STRENGTHS, type DataName, type PlainRegulariser, type ShapeName } from './settings.ts';

const DATA: readonly (readonly [DataName, string])[] = [
  ['digits', 'Handwritten digits, 8×8'],
  ['strokes', 'Drawn digits, 28×28'],
  ['rooms', 'Rooms, 16×16 in colour'],
  ['files', 'My own IDX files'],
];

const SHAPES: readonly (readonly [ShapeName, string])[] = [
  ['dense', 'Dense'],
  ['convolutional', 'Convolutions'],
  ['linear', 'Linear'],
];

const ASKED: Record<PlainRegulariser, { title: string; tex: string; strength: string; text: string }> = {
  none: { title: 'Nothing more', tex: '\\|\\hat x-x\\|^2', strength: '', text: 'Only that the image comes back.' },
  sparse: {
    title: 'Few active numbers (sparse)',
    tex: '\\|\\hat x-x\\|^2+\\lambda\\sum_i|h_i|',
    strength: 'λ',
    text: 'Every number of the code costs its size, so most are near 0 for any one image.',
  },
  contractive: {
    title: 'A calm code (contractive)',
    tex: '\\|\\hat x-x\\|^2+\\lambda\\sum_i\\|\\nabla_x h_i\\|^2',
    strength: 'λ',
    text: 'The code must hardly move when pixels do. The gradient of a gradient trains it.',
  },
  denoising: {
    title: 'Undo noise (denoising)',
    tex: '\\|\\hat x(x+\\sigma\\varepsilon)-x\\|^2',
    strength: 'σ of the noise',
    text: 'The encoder sees noise on top of the image and must give the clean one back.',
  },
};

@customElement('vt-autoencoder-setup')
export class Setup extends Panel {
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 26px;
        align-content: start;
      }
    `,
  ];

  private images() {
    const { coding } = this;
    const { data } = coding.settings;
    const info = coding.dataset?.info;
    return html`<section class="stack" aria-label="Images">
      <h3>Images</h3>
      ${choose({
        label: 'Data',
        value: data,
        options: DATA,
        onChange: (chosen) => void coding.update({ data: chosen, from: 0, to: 1 }),
      })}
      ${
        data === 'files'
          ? html`<vt-file-drop
              label="Drop images and labels in IDX format (MNIST, Fashion-MNIST; .gz or not)"
              hint="They stay in this browser."
              @files=${(event: CustomEvent<DroppedFile[]>) => void coding.open(event.detail)}
            ></vt-file-drop>`
          : null
      }
      ${problemNote(coding.problems.data)}
      ${info ? html`<p class="soft">${count(info.train)} images to learn from, ${count(info.validation)} held out.</p>` : null}
    </section>`;
  }

  private network() {
    const { coding } = this;
    const { shape, units } = coding.settings;
    const size = coding.held?.size ?? 0;
    const isLarge = size > PCA_VALUES;
    const costs = coding.coders.map(({ title, parameters }) => `${title}: ${count(parameters)}`);
    return html`<section class="stack" aria-label="Encoder and decoder">
      <h3>Encoder and decoder</h3>
      ${segmented({ label: 'Layers', value: shape, options: SHAPES, onChange: (chosen) => void coding.update({ shape: chosen }) })}
      ${
        shape === 'linear'
          ? html`<p class="soft">
              No hidden layer and no activation: h = Wx + b, x̂ = Vh + c.
              ${isLarge ? `These images have ${count(size)} values; beside PCA it can be seen only up to ${count(PCA_VALUES)}.` : ''}
            </p>`
          : slider({
              label: 'Units of the hidden layer',
              value: units,
              min: 4,
              max: 512,
              onChange: (chosen) => void coding.update({ units: Math.round(chosen) }),
            })
      }
      ${problemNote(coding.problems.network)}
      ${costs.length > 0 ? html`<p class="soft">Parameters: ${costs.join(' · ')}</p>` : null}
    </section>`;
  }

  private asked() {
    const { coding } = this;
    const { regulariser, strength } = coding.settings;
    const { tex, strength: symbol, text } = ASKED[regulariser];
    return html`<section class="stack" aria-label="What is asked">
      <h3>What is asked</h3>
      ${choose({
        label: 'Beside a good reconstruction',
        value: regulariser,
        options: (Object.keys(ASKED) as PlainRegulariser[]).map((key) => [key, ASKED[key].title] as const),
        onChange: (chosen) => void coding.update({ regulariser: chosen, strength: STRENGTHS[chosen] }),
      })}
      <vt-formula .tex=${tex}></vt-formula>
      <p class="soft">${text}</p>
      ${
        regulariser === 'none'
          ? null
          : slider({
              label: symbol,
              value: strength,
              min: 0,
              max: regulariser === 'denoising' ? 1 : 5,
              step: 0.01,
              onChange: (chosen) => void coding.update({ strength: chosen }),
            })
      }
      ${check({
        label: 'A variational one beside them',
        value: coding.settings.vae,
        onChange: (vae) => void coding.update({ vae }),
      })}
    </section>`;
  }

  private training() {
    const { coding } = this;
    const { lr, batch, half } = coding.settings;
    return html`<section class="stack" aria-label="Training">
      ${slider({
        label: 'Learning rate (Adam)',
        value: lr,
        min: 1e-5,
        max: 1,
        logarithmic: true,
        problem: coding.problems.training,
        onChange: (chosen) => void coding.update({ lr: chosen }),
      })}
      ${disclosure('Batch size and schedule', [
        slider({
          label: 'Images a step',
          value: batch,
          min: 1,
          max: 2048,
          onChange: (size) => void coding.update({ batch: Math.round(size) }),
        }),
        slider({
          label: 'Steps after which the rate is halved; 0: never',
          value: half,
          min: 0,
          max: 5000,
          step: 100,
          onChange: (steps) => void coding.update({ half: Math.round(steps) }),
        }),
      ])}
      ${
        coding.diverged
          ? html`<p class="problem" role="alert">${coding.diverged}</p>
              <div class="row"><button @click=${() => coding.retrySlower()}>Start again with a tenth of the rate</button></div>`
          : null
      }
    </section>`;
  }

  protected override render() {
    return [this.images(), this.network(), this.asked(), this.training()];
  }
}
