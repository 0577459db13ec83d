/** Watch: images through the code and back, the two parts of the bound, the plane of two latents, random samples. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { problemNote, segmented } from '../../ui/fields.ts';
import { brief } from '../../ui/format.ts';
import '../../ui/formula.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { photograph } from '../../ui/paint.ts';
import '../../ui/plot.ts';
import type { Line } from '../../ui/plot.ts';
import { saveStyles } from '../../ui/save-buttons.ts';
import { sheetButtons } from '../../ui/sheet.ts';
import { controls } from '../../ui/theme.ts';
import { elboFormula } from './elbo.ts';
import './diagram.ts';
import { lessonOf } from './lesson.ts';
import './mosaic.ts';
import { Panel } from './panel.ts';
import { DRAWN, SIDE } from './pupil.ts';

const LINES: readonly Line[] = [
  { label: 'reconstruction', color: '--ink' },
  { label: 'KL', color: '--violet', dashed: true },
];
/** Images that are shown beside their reconstructions. */
const SHOWN = 10;

@customElement('vt-vae-watch')
export class Watch extends Panel {
  static override styles = [
    controls,
    saveStyles,
    css`
      :host {
        display: grid;
        gap: 26px;
        align-content: start;
      }
      .lesson {
        border-left: 3px solid var(--orange);
        padding: 2px 0 2px 12px;
      }
      .planes {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 14px;
      }
    `,
  ];

  private bound() {
    const { pupil } = this.trial;
    if (!pupil) return null;
    return html`<section class="stack" aria-label="The bound">
      <h3>The loss: minus the evidence lower bound (ELBO)</h3>
      <vt-formula .tex=${elboFormula(pupil.last, pupil.beta)}></vt-formula>
      <vt-plot heading="Its two parts, in nats" file="vae-parts" log .lines=${LINES} .data=${pupil.trace.data([0, 1])}></vt-plot>
      <p class="soft">
        The first part asks for good images, the second for codes that look like random numbers. β = 1 makes the loss the bound
        itself. The formula has the means over the batch of the last step.
      </p>
    </section>`;
  }

  private images() {
    const { live, pupil, settings } = this.trial;
    const { shape } = this;
    const size = shape.reduce((a, b) => a * b, 1);
    if (!live || !pupil?.look) return null;
    const { reconstructions, errors } = pupil.look;
    const classes = live.dataset.info.classes;
    const part = (all: Float32Array, i: number) => photograph(all.subarray(i * size, (i + 1) * size), shape);
    const count = Math.min(SHOWN, errors.length);
    const tiles = Array.from({ length: count }, (_, i): Tile => ({
      picture: part(live.images, i),
      label: `Image ${i + 1}: ${classes[live.labels[i]]}`,
    }));
    const back = Array.from({ length: count }, (_, i): Tile => ({
      picture: part(reconstructions, i),
      label: `Image ${i + 1} through the code and back, error ${brief(errors[i])} per pixel`,
    }));
    return html`<section class="stack" aria-label="Reconstructions">
      <h3>Through ${settings.latent} number${settings.latent === 1 ? '' : 's'} and back</h3>
      <p class="soft">Above held-out images, below what the decoder makes of their codes. Choose one to walk from it.</p>
      ${[tiles, back].map(
        (row, i) =>
          html`<vt-images
            label=${i === 0 ? 'Held-out images' : 'Reconstructions'}
            .columns=${SHOWN}
            .tiles=${row}
            .chosen=${settings.image}
            @choose=${(event: CustomEvent<number>) => this.set({ image: event.detail })}
          ></vt-images>`,
      )}
      ${sheetButtons(this, 'Reconstructions', 'vae-reconstructions', [
        { title: 'held-out', tiles },
        { title: 'back', tiles: back },
      ])}
      <p class="soft number">
        Mean error ${brief(errors.reduce((a, b) => a + b, 0) / errors.length)} per pixel over ${errors.length} held-out images.
      </p>
    </section>`;
  }

  private lesson() {
    const { pupil, step } = this.trial;
    if (!pupil?.look) return null;
    const { title, text } = lessonOf(step, pupil.look.latents);
    return html`<div class="lesson" role="status">
      <h3>${title}</h3>
      <p>${text}</p>
    </div>`;
  }

  private plane() {
    const { pupil, settings, plane } = this.trial;
    if (!pupil?.look) return null;
    const latents = Array.from({ length: settings.latent }, (_, i) => [String(i), `z${i + 1}`] as const);
    const choice = (label: string, value: number, onChange: (latent: number) => void) =>
      settings.latent > 2
        ? segmented({ label, value: String(value), options: latents, onChange: (chosen) => onChange(Number(chosen)) })
        : null;
    return html`<section class="stack planes" aria-label="Latent plane">
      ${
        pupil.look.plane
          ? html`<h3>The plane of z${plane[0] + 1} and z${plane[1] + 1}</h3>
              <p class="soft">
                ${SIDE}×${SIDE} places, equally likely under the prior: evenly spaced shares, through the inverse of the normal
                distribution. ${settings.latent > 2 ? 'The other latents are those of the chosen image.' : ''}
              </p>
              ${choice('To the right', plane[0], (across) => this.set({ across }))}
              ${choice('Upwards', plane[1], (up) => this.set({ up }))}
              <vt-vae-mosaic
                label="Images over the plane of two latents"
                file="vae-plane"
                .images=${pupil.look.plane}
                .shape=${this.shape}
                .columns=${SIDE}
              ></vt-vae-mosaic>`
          : html`<p class="soft">With one latent there is a line instead of a plane: see “One latent at a time”.</p>`
      }
      <h3>From random codes</h3>
      <vt-vae-mosaic
        label="Images from ${DRAWN} random codes"
        file="vae-samples"
        .images=${pupil.look.samples}
        .shape=${this.shape}
        .columns=${DRAWN}
      ></vt-vae-mosaic>
    </section>`;
  }

  private which() {
    const { settings, live } = this.trial;
    if (!live || live.pupils.length < 2) return null;
    return segmented({
      label: 'Which network is shown',
      value: String(settings.shown),
      options: live.pupils.map((pupil, i) => [String(i + 1), `β = ${brief(pupil.beta)}`] as const),
      onChange: (shown) => this.set({ shown: Number(shown) }),
    });
  }

  protected override render() {
    return [
      this.which(),
      problemNote(this.trial.problems.training),
      this.shows('diagram') ? html`<vt-vae-diagram .trial=${this.trial}></vt-vae-diagram>` : null,
      this.shows('images') ? this.images() : null,
      this.lesson(),
      this.shows('plane') ? this.plane() : null,
      this.shows('bound') ? this.bound() : null,
    ];
  }
}
