/** Set up: the network, the methods, how many images, what removal means; and the button. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { check, choose, disclosure, problemNote, progress, slider } from '../../ui/fields.ts';
import { controls } from '../../ui/theme.ts';
import { trainCard } from '../run/train-card.ts';
import { Panel } from './panel.ts';
import type { Settings } from './settings.ts';

const MISSING: readonly (readonly [Settings['baseline'], string])[] = [
  ['blur', 'that of the blurred image'],
  ['black', 'black'],
  ['white', 'white'],
  ['noise', 'noise'],
];

@customElement('vt-measure-setup')
export class Setup extends Panel {
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 26px;
        align-content: start;
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        min-width: 0;
        display: grid;
        gap: 6px;
      }
      legend {
        padding: 0;
        font-size: 0.87rem;
        color: var(--ink-soft);
      }
    `,
  ];

  private set(changes: Partial<Settings>): void {
    void this.session.update(changes);
  }

  private methods() {
    const { measurement, session } = this;
    const { methods } = session.settings;
    const toggle = (id: string, on: boolean) =>
      this.set({
        methods: measurement.all.map((method): string => method.id).filter((each) => (each === id ? on : methods.includes(each))),
      });
    return html`<fieldset>
      <legend>Methods</legend>
      ${measurement.all.map(({ id, title }) =>
        check({ label: title, value: methods.includes(id), onChange: (on) => toggle(id, on) }),
      )}
    </fieldset>`;
  }

  private protocol() {
    const { measurement, session } = this;
    const { settings } = session;
    const { share, obstacle, report } = measurement;
    return html`<section class="stack" aria-label="Protocol">
      <h3>The protocol</h3>
      ${this.methods()}
      ${slider({ label: 'Held-out images', value: settings.images, min: 2, max: 400, onChange: (images) => this.set({ images }) })}
      ${choose<Settings['start']>({
        label: 'To the methods a missing pixel is',
        value: settings.start,
        options: MISSING,
        onChange: (start) => this.set({ start }),
      })}
      ${disclosure('What removal, patch and noise mean', [
        choose<Settings['baseline']>({
          label: 'Deletion, insertion, faithfulness: a removed pixel becomes',
          value: settings.baseline,
          options: MISSING,
          onChange: (baseline) => this.set({ baseline }),
        }),
        slider({
          label: 'Faithfulness: side of a patch',
          value: settings.patch,
          min: 1,
          max: 16,
          onChange: (patch) => this.set({ patch }),
        }),
        slider({
          label: 'Stability: noisy copies of each image',
          value: settings.copies,
          min: 0,
          max: 20,
          onChange: (copies) => this.set({ copies }),
        }),
      ])}
      ${
        share === null
          ? html`<div class="row">
              <button class=${obstacle || report ? '' : 'primary'} ?disabled=${obstacle !== ''} @click=${() => measurement.run()}>
                Measure ${measurement.methods.length} methods on ${settings.images} images
              </button>
            </div>`
          : progress('Measuring', share, () => measurement.stop())
      }
      ${obstacle && share === null ? html`<p class="soft">${obstacle}</p>` : null} ${problemNote(measurement.problem)}
    </section>`;
  }

  protected override render() {
    const { session } = this;
    const { problems } = session;
    return html`<section class="stack" aria-label="Network">
        <h3>A network</h3>
        <p class="soft">
          It names the shape in a room. The rooms are drawn by this page, so the true place of the solid is known to the pixel.
        </p>
        ${problemNote(problems.data ?? problems.layers)} ${trainCard(session, session.settings.epochs)}
      </section>
      ${this.protocol()}`;
  }
}
