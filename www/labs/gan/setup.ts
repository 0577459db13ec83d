/** Set up: the distribution, the loss, the learning rates, the networks. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { choose, disclosure, problemNote, segmented, slider } from '../../ui/fields.ts';
import '../../ui/formula.ts';
import { controls } from '../../ui/theme.ts';
import type { Dot } from './drawing.ts';
import './pad.ts';
import { Panel } from './panel.ts';
import { CLOUDS, LOSSES, TURNS, type LossName } from './settings.ts';

const LOSS_TEXTS: Record<LossName, string> = {
  'non-saturating': 'G wants D to say “real”. Where D is sure of a fake, this pushes hardest.',
  minimax: 'The game as first written: G wants D not to say “fake”. Where D is sure, this hardly pushes at all.',
  'least-squares': 'D aims at 1 and 0, G at 1. Points far on the right side are pulled back too.',
  'wasserstein-gp': 'D is a critic: it scores without limits, and a penalty keeps its slope near 1.',
};

const isCritic = (loss: LossName): boolean => loss === 'wasserstein-gp';

@customElement('vt-gan-setup')
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

  private data() {
    const { settings, problems } = this.game;
    return html`<section class="stack" aria-label="Data">
      <h3>What is to be learnt</h3>
      ${choose({ label: 'Distribution', value: settings.data, options: CLOUDS, onChange: (data) => this.set({ data }) })}
      ${
        settings.data === 'drawn'
          ? html`<vt-gan-pad
              .dots=${settings.dots}
              @draw=${(event: CustomEvent<Dot[]>) => this.set({ dots: event.detail })}
            ></vt-gan-pad>`
          : null
      }
      ${problemNote(problems.data)}
    </section>`;
  }

  private loss() {
    const { settings } = this.game;
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
      <p class="soft">${LOSS_TEXTS[settings.loss]}</p>
    </section>`;
  }

  private rates() {
    const { live, settings } = this.game;
    if (!live) return null;
    const { discriminatorRate, generatorRate, discriminatorSteps } = live.settings;
    const rate = { min: 0.0001, max: 0.1, logarithmic: true };
    const tidy = (value: number) => Number(value.toPrecision(3));
    return html`<section class="stack" aria-label="Learning">
      <h3>How they learn</h3>
      ${segmented({ label: 'Who learns', value: settings.turn, options: TURNS, onChange: (turn) => this.set({ turn }) })}
      ${slider({
        ...rate,
        label: 'Learning rate of D',
        value: tidy(discriminatorRate),
        onChange: (dlr) => this.set({ dlr }),
      })}
      ${slider({ ...rate, label: 'Learning rate of G', value: tidy(generatorRate), onChange: (glr) => this.set({ glr }) })}
      ${slider({
        label: 'Steps of D for one of G',
        value: discriminatorSteps,
        min: 1,
        max: 20,
        onChange: (dsteps) => this.set({ dsteps }),
      })}
      ${this.more()}
    </section>`;
  }

  private more() {
    const { live, settings } = this.game;
    if (!live) return null;
    const { penalty, halfLife } = live.settings;
    return disclosure('Networks, batch, penalty', [
      slider({
        label: settings.loss === 'wasserstein-gp' ? 'Gradient penalty λ' : 'Penalty γ on D’s slope (R1)',
        value: Number(penalty.toPrecision(3)),
        min: 0,
        max: 10,
        step: 0.01,
        onChange: (value) => this.set({ penalty: value }),
      }),
      slider({
        label: 'Rates halve every … steps (0: never)',
        value: halfLife,
        min: 0,
        max: 20000,
        step: 100,
        onChange: (half) => this.set({ half }),
      }),
      slider({ label: 'Latent numbers', value: settings.latent, min: 1, max: 16, onChange: (latent) => this.set({ latent }) }),
      slider({ label: 'Hidden layers', value: settings.depth, min: 1, max: 3, onChange: (depth) => this.set({ depth }) }),
      slider({ label: 'Units in each', value: settings.width, min: 4, max: 128, onChange: (width) => this.set({ width }) }),
      slider({ label: 'Batch', value: settings.batch, min: 16, max: 512, onChange: (batch) => this.set({ batch }) }),
      html`<p class="soft">A change here, or of the data or the loss, begins a new game. Learning rates change within it.</p>`,
    ]);
  }

  protected override render() {
    return [
      this.shows('data') ? this.data() : null,
      this.shows('loss') ? this.loss() : null,
      this.shows('learning') ? this.rates() : null,
    ];
  }
}
