/** What the figures mean, in words with the visitor's own numbers, and what to do with them. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { follow } from '../../ui/signal.ts';
import { controls } from '../../ui/theme.ts';
import type { OpenDetail } from '../lab.ts';
import { deviceName, explanation, faster, verdict } from './figures.ts';
import type { Measurement } from './measurement.ts';

@customElement('vt-speed-meaning')
export class SpeedMeaning extends LitElement {
  @property({ attribute: false }) measurement!: Measurement;

  constructor() {
    super();
    follow(this, () => [this.measurement]);
  }

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 22px;
        align-content: start;
      }
      dl {
        display: grid;
        gap: 10px;
      }
      dt {
        font-weight: 600;
      }
      dd {
        margin: 0;
      }
    `,
  ];

  private open(device: 'cpu' | 'gpu'): void {
    const detail: OpenDetail = { lab: 'cnn', device };
    this.dispatchEvent(new CustomEvent<OpenDetail>('open-lab', { detail, bubbles: true, composed: true }));
  }

  protected override render() {
    const { measured, running } = this.measurement;
    const points = explanation(measured);
    const said = verdict(measured);
    const best = faster(measured);
    if (points.length === 0)
      return html`<p>
        A processor core does few things at once, each quickly. A graphics card does thousands at once, but every task has to be
        sent to it first. Which is faster depends on how much there is to do at a time: that is what the figures will show.
      </p>`;
    return html`<section class="stack" aria-label="Where the difference comes from">
        <h3>Where the difference comes from</h3>
        <dl>
          ${points.map(
            ({ title, text }) =>
              html`<dt>${title}</dt>
                <dd>${text}</dd>`,
          )}
        </dl>
      </section>
      ${
        said && !running
          ? html`<section class="stack" aria-label="What to do with it">
              <h3>What to do with it</h3>
              <p>${said}</p>
              <p class="soft">
                Without a choice of yours a lab takes the CPU, unless there is a real GPU: then it times a few steps of its own
                network on both and takes the faster one. You can also decide:
              </p>
              <div class="row">
                ${measured
                  .filter(({ device }) => device.kind === 'cpu' || !device.software)
                  .map(
                    ({ device }) =>
                      html`<button class=${device === best ? 'primary' : ''} @click=${() => this.open(device.kind)}>
                        Train a network on the ${deviceName(device)}
                      </button>`,
                  )}
              </div>
            </section>`
          : null
      }`;
  }
}
