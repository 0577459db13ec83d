/** Set up: the images, the code, β, supervision. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { check, choose, problemNote, segmented, slider } from '../../ui/fields.ts';
import { count } from '../../ui/format.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';
import { DATA, PAIRS } from './settings.ts';

@customElement('vt-vae-setup')
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
    const { settings, live, problems } = this.trial;
    const info = live?.dataset.info;
    return html`<section class="stack" aria-label="Images">
      <h3>Images</h3>
      ${segmented({ label: 'Data', value: settings.data, options: DATA, onChange: (data) => this.set({ data }) })}
      ${
        info
          ? html`<p class="soft number">
              ${count(info.train)} to learn from, ${info.shape[1]}×${info.shape[2]}${info.shape[0] === 3 ? ', in colour' : ''}.
              ${settings.data === 'rooms' ? 'Six known factors decide each room.' : ''}
            </p>`
          : null
      }
      ${problemNote(problems.data)}
    </section>`;
  }

  private network() {
    const { settings, problems } = this.trial;
    return html`<section class="stack" aria-label="Network">
      <h3>The code</h3>
      ${slider({ label: 'Latents', value: settings.latent, min: 1, max: 16, onChange: (latent) => this.set({ latent }) })}
      ${segmented({
        label: 'Encoder and decoder',
        value: settings.shape,
        options: [
          ['dense', 'Dense'],
          ['convolutional', 'Convolutional'],
        ],
        onChange: (shape) => this.set({ shape }),
      })}
      ${
        settings.data === 'rooms'
          ? choose({ label: 'Supervision', value: settings.pairs, options: PAIRS, onChange: (pairs) => this.set({ pairs }) })
          : null
      }
      ${problemNote(problems.networks)}
    </section>`;
  }

  private learning() {
    const { settings } = this.trial;
    const beta = { min: 0.1, max: 100, logarithmic: true };
    return html`<section class="stack" aria-label="Learning">
      <h3>The bargain</h3>
      ${slider({ ...beta, label: 'β, the price of a nat', value: settings.beta, onChange: (value) => this.set({ beta: value }) })}
      ${check({
        label: 'A second network beside it',
        value: settings.against > 0,
        onChange: (on) => this.set({ against: on ? 4 : 0, shown: 1 }),
      })}
      ${
        settings.against > 0
          ? slider({ ...beta, label: 'β of the second', value: settings.against, onChange: (against) => this.set({ against }) })
          : null
      }
      ${slider({ label: 'Learning rate', value: settings.lr, min: 0.0001, max: 0.1, logarithmic: true, onChange: (lr) => this.set({ lr }) })}
      <p class="soft">β and the learning rate change in mid-run; everything else begins anew.</p>
    </section>`;
  }

  protected override render() {
    return [
      this.shows('data') ? this.data() : null,
      this.shows('network') ? this.network() : null,
      this.shows('learning') ? this.learning() : null,
    ];
  }
}
