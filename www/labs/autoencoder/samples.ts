/** Random codes decoded (COURSE G4): a plain autoencoder beside a variational one. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { choose, slider } from '../../ui/fields.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { saveStyles } from '../../ui/save-buttons.ts';
import { sheetButtons } from '../../ui/sheet.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';

const DRAWN = 18;
type Prior = 'fitted' | 'standard';

@customElement('vt-autoencoder-samples')
export class Samples extends Panel {
  @state() private rows: readonly { title: string; note: string; tiles: readonly Tile[] }[] = [];
  @state() private draw = 1;
  @state() private prior: Prior = 'standard';

  static override styles = [
    controls,
    saveStyles,
    css`
      :host {
        display: grid;
        gap: 18px;
        min-width: 0;
      }
      .row-of {
        display: grid;
        gap: 3px;
      }
    `,
  ];

  protected override willUpdate(): void {
    this.refresh(`${this.draw} ${this.prior}`, () => this.fetchRows());
  }

  private async fetchRows(): Promise<void> {
    const rows = [];
    for (const { coder, title, variational } of this.coding.coders) {
      const prior = variational ? 'standard' : this.prior;
      const { images } = await coder.sample(DRAWN, { prior, seed: this.draw });
      const tiles = Array.from({ length: DRAWN }, (_, i): Tile => ({
        picture: this.picture(images, i),
        label: `${title}, sample ${i + 1}`,
      }));
      const note = prior === 'standard' ? 'z from N(0, I)' : 'z from a normal distribution fitted to its codes';
      rows.push({ title, note, tiles });
    }
    this.rows = rows;
  }

  protected override render() {
    const { coding } = this;
    const { vae, sampled } = coding.settings;
    return html`<div class="row">
        <button @click=${() => (this.draw += 1)}>Draw others</button>
      </div>
      ${choose<Prior>({
        label: 'Codes of the plain ones come from',
        value: this.prior,
        options: [
          ['standard', 'N(0, I), as of the VAE'],
          ['fitted', 'a normal distribution fitted to its codes'],
        ],
        onChange: (prior) => (this.prior = prior),
      })}
      ${
        vae
          ? slider({
              label: 'Latents of the VAE',
              value: sampled,
              min: 2,
              max: 32,
              onChange: (chosen) => void coding.update({ sampled: Math.round(chosen) }),
            })
          : html`<div class="row">
              <button @click=${() => void coding.update({ vae: true })}>Train a variational autoencoder beside them</button>
              <span class="soft">Training begins anew.</span>
            </div>`
      }
      ${this.rows.map(
        ({ title, note, tiles }) =>
          html`<div class="row-of">
            <span><strong>${title}</strong> <span class="soft">${note}</span></span>
            <vt-images label="Samples of ${title}" .columns=${DRAWN / 2} .tiles=${tiles}></vt-images>
          </div>`,
      )}
      ${sheetButtons(this, 'Samples', 'autoencoder-samples', this.rows)}
      <p class="soft">
        The plain autoencoder is asked only about codes of real images, so a random code may decode to nothing in particular; with
        32 latents even a code from a distribution fitted to those of real images does. The variational one is trained with noise on
        its codes and pays for leaving N(0, I): it has seen the places that samples come from. Compare the two with equally many
        latents, which decode the very same numbers.
      </p>`;
  }
}
