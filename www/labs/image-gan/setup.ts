/** Set up: the images, the loss, the learning rates, the networks. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { choose, disclosure, problemNote, segmented, slider } from '../../ui/fields.ts';
import '../../ui/file-drop.ts';
import type { DroppedFile } from '../../ui/file-drop.ts';
import { count, shapeText } from '../../ui/format.ts';
import '../../ui/formula.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';
import { DATA, LOSSES, TURNS, type LossName } from './settings.ts';

const LOSS_TEXTS: Record<LossName, readonly [formula: string, text: string]> = {
  'non-saturating': [String.raw`L_G = -\ln D(G(z))`, 'Where D is sure of a fake, this pushes hardest.'],
  minimax: [String.raw`L_G = \ln(1 - D(G(z)))`, 'The game as first written. Where D is sure of a fake, this hardly pushes at all.'],
  'least-squares': [String.raw`L_G = \tfrac{1}{2}(D(G(z)) - 1)^2`, 'D aims at 1 and 0, G at 1; D’s value is not bounded.'],
  'wasserstein-gp': [String.raw`L_G = -D(G(z))`, 'D scores without limits; a penalty λ(‖∇D‖ − 1)² keeps its slope near 1.'],
};

const isCritic = (loss: LossName): boolean => loss === 'wasserstein-gp';

@customElement('vt-image-gan-setup')
export class Setup extends Panel {
  @state() private asked = false;

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

  private data() {
    const { settings, problems, live, files } = this.game;
    const info = live?.dataset.info;
    return html`<section class="stack" aria-label="Data">
      <h3>What is to be learnt</h3>
      ${choose({
        label: 'Images',
        value: settings.data,
        options: DATA,
        onChange: (data) => (data === 'files' && files.length === 0 ? (this.asked = true) : this.set({ data })),
      })}
      ${problemNote(problems.data)}
      ${
        this.asked || settings.data === 'files'
          ? html`<vt-file-drop
              label="Drop IDX files here, or choose them"
              hint="Images and labels as in MNIST or Fashion-MNIST, plain or .gz. They stay in this page."
              @files=${(event: CustomEvent<DroppedFile[]>) => this.game.open(event.detail)}
            ></vt-file-drop>`
          : null
      }
      ${info ? html`<p class="soft">${info.title}: ${count(info.train)} training images of ${shapeText(info.shape)}.</p>` : null}
      ${
        settings.data === 'strokes'
          ? slider({
              label: 'Images to draw',
              value: settings.count,
              min: 100,
              max: 20000,
              step: 100,
              onChange: (images) => this.set({ count: images }),
            })
          : null
      }
    </section>`;
  }

  private loss() {
    const { settings } = this.game;
    const [formula, text] = LOSS_TEXTS[settings.loss];
    return html`<section class="stack" aria-label="Loss">
      <h3>What they play for</h3>
      ${choose({
        label: 'Loss',
        value: settings.loss,
        options: LOSSES,
        // A critic wants another penalty and other steps than a judge.
        onChange: (loss) => {
          const isOther = isCritic(loss) !== isCritic(settings.loss);
          this.set({ loss, ...(isOther && { penalty: -1, dsteps: 0 }) });
        },
      })}
      <vt-formula .tex=${formula}></vt-formula>
      <p class="soft">${text}</p>
    </section>`;
  }

  private learning() {
    const { live, settings } = this.game;
    if (!live) return null;
    const rate = { min: 0.00001, max: 0.1, logarithmic: true };
    return html`<section class="stack" aria-label="Learning">
      <h3>How they learn</h3>
      ${segmented({ label: 'Who learns', value: settings.turn, options: TURNS, onChange: (turn) => this.set({ turn }) })}
      ${slider({ ...rate, label: 'Learning rate of D', value: settings.dlr, onChange: (dlr) => this.set({ dlr }) })}
      ${slider({ ...rate, label: 'Learning rate of G', value: settings.glr, onChange: (glr) => this.set({ glr }) })}
      ${slider({
        label: 'Steps of D for one of G',
        value: live.settings.discriminatorSteps,
        min: 1,
        max: 20,
        onChange: (dsteps) => this.set({ dsteps }),
      })}
      ${disclosure('Networks, batch, penalty', [
        slider({
          label: isCritic(settings.loss) ? 'Gradient penalty λ' : 'Penalty γ on D’s slope (R1)',
          value: Number(live.settings.penalty.toPrecision(3)),
          min: 0,
          max: 100,
          step: 0.1,
          onChange: (penalty) => this.set({ penalty }),
        }),
        slider({ label: 'Latent numbers', value: settings.latent, min: 1, max: 128, onChange: (latent) => this.set({ latent }) }),
        slider({
          label: 'Filters of D’s first layer',
          value: settings.width,
          min: 2,
          max: 64,
          onChange: (width) => this.set({ width }),
        }),
        slider({ label: 'Batch', value: settings.batch, min: 2, max: 256, onChange: (batch) => this.set({ batch }) }),
        html`<p class="soft">
          D: convolutions 4×4 with stride 2 and leaky ReLU. G: transposed ones, with batch norm and ReLU, then tanh. Both by Adam,
          β₁ 0.5. A change here, or of the images or the loss, begins a new game. Learning rates change within it.
        </p>`,
      ])}
    </section>`;
  }

  protected override render() {
    return [
      this.shows('data') ? this.data() : null,
      this.shows('loss') ? this.loss() : null,
      this.shows('learning') ? this.learning() : null,
    ];
  }
}
