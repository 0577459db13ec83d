/** The transport bar: play and pause, one step, one epoch, speed, rewind, new seed, and on which device it all runs. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DeviceInfo } from '../engine/types.ts';
import { count } from './format.ts';
import { controls } from './theme.ts';

export type Speed = 'slow' | 'brisk' | 'full';
export type Action = 'toggle' | 'step' | 'epoch' | 'rewind' | 'seed';

/** Steps per second; `full` as many as there is time for. */
export const PACE: Record<Speed, number> = { slow: 2, brisk: 20, full: Infinity };

export interface RunState {
  playing: boolean;
  /** Nothing can be trained yet, or no more. */
  blocked: boolean;
  step: number;
  /** 0: there are no epochs. */
  stepsPerEpoch: number;
  /** Steps per second. */
  rate: number;
  speed: Speed;
  /** What the speeds are called here; default: steps a second. */
  speeds?: Readonly<Record<Speed, string>>;
  seed: number;
  device: DeviceInfo | null;
}

const SPEEDS: Readonly<Record<Speed, string>> = { slow: '2 steps a second', brisk: '20 steps a second', full: 'full speed' };

/** Fires `action` with an `Action`, `speed` with a `Speed`, `seed` with a number. */
@customElement('vt-transport')
export class Transport extends LitElement {
  @property({ attribute: false }) run!: RunState;

  static override styles = [
    controls,
    css`
      :host {
        position: sticky;
        top: 0;
        z-index: 2;
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        background: var(--paper);
        border-block: 1px solid var(--hairline);
        padding: 8px 0;
      }
      .main,
      .more {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
      }
      .more {
        flex: 1;
      }
      .play {
        min-width: 92px;
      }
      .where {
        font-size: 0.87rem;
        margin: 0 8px;
        white-space: nowrap;
      }
      .where strong {
        font-weight: 600;
      }
      .seed {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-size: 0.87rem;
        color: var(--ink-soft);
      }
      .seed input {
        width: 76px;
      }
      .device {
        margin-left: auto;
        position: relative;
        font-size: 0.87rem;
      }
      .device summary {
        list-style: none;
        border: 1px solid var(--hairline);
        border-radius: 999px;
        padding: 2px 12px;
        min-height: 0;
      }
      .device summary::-webkit-details-marker {
        display: none;
      }
      .card {
        position: absolute;
        right: 0;
        top: calc(100% + 8px);
        z-index: 3;
        width: min(320px, 80vw);
        background: var(--paper-raised);
        border: 1px solid var(--hairline);
        border-radius: var(--radius);
        padding: 12px 14px;
        display: grid;
        gap: 8px;
        box-shadow: 0 6px 24px rgb(0 0 0 / 0.12);
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 2px 12px;
      }
      dt {
        font-family: var(--mono);
        font-size: 0.8rem;
      }
      dd {
        margin: 0;
        color: var(--ink-soft);
      }
      /* On a phone only what is needed most stays in view. */
      @container (max-width: 640px) {
        :host {
          display: contents;
        }
        .main {
          position: sticky;
          top: 0;
          z-index: 2;
          gap: 6px;
          background: var(--paper);
          border-block: 1px solid var(--hairline);
          padding: 8px 0;
        }
        .more {
          padding: 8px 0;
          border-bottom: 1px solid var(--hairline);
        }
        .play {
          min-width: 84px;
        }
        .speed {
          flex: 1 1 120px;
          min-width: 0;
        }
        .seed input {
          width: 64px;
        }
        .where {
          flex: 1 1 100%;
          margin: 0;
        }
        .device {
          margin-left: 0;
        }
        .card {
          right: auto;
          left: 0;
        }
      }
    `,
  ];

  private act(action: Action): void {
    this.dispatchEvent(new CustomEvent<Action>('action', { detail: action }));
  }

  private device() {
    const { device } = this.run;
    if (!device) return null;
    const kind = device.kind === 'gpu' ? (device.software ? 'GPU in software' : 'GPU') : 'CPU';
    return html`<details class="device">
      <summary>Runs on the ${kind}</summary>
      <div class="card">
        <p><strong>${device.name}</strong></p>
        <p>${device.reason}</p>
        <dl aria-label="Keys">
          <dt>space</dt>
          <dd>train, pause</dd>
          <dt>s</dt>
          <dd>one step</dd>
          ${
            this.run.stepsPerEpoch > 0
              ? html`<dt>e</dt>
                  <dd>one epoch</dd>`
              : null
          }
          <dt>r</dt>
          <dd>rewind, same initial weights</dd>
        </dl>
        <p class="soft">Keys work while the focus is inside this lab and not in a field.</p>
      </div>
    </details>`;
  }

  protected override render() {
    const { playing, blocked, step, stepsPerEpoch, rate, speed, seed } = this.run;
    const idle = !playing && !blocked;
    const isEpochs = stepsPerEpoch > 0;
    const pace = playing && rate > 0 ? html`<span class="soft"> · ${count(rate)} a second</span>` : null;
    return html`<div class="main" role="toolbar" aria-label="Training">
        <button class="primary play" ?disabled=${blocked} @click=${() => this.act('toggle')}>
          <span aria-hidden="true">${playing ? '❚❚' : '▶'}</span> ${playing ? 'Pause' : 'Train'}
        </button>
        <button ?disabled=${!idle} @click=${() => this.act('step')}>Step</button>
        ${isEpochs ? html`<button ?disabled=${!idle} @click=${() => this.act('epoch')}>Epoch</button>` : null}
        <button ?disabled=${step === 0} @click=${() => this.act('rewind')} title="Back to step 0, same initial weights">
          Rewind
        </button>
        <span class="where number"
          >${isEpochs ? html`<strong>epoch ${(step / stepsPerEpoch).toFixed(1)}</strong>, ` : null}${`step ${count(step)}`}${pace}</span
        >
      </div>
      <div class="more">
        <select
          class="speed"
          aria-label="Speed"
          @change=${(event: Event) => this.dispatchEvent(new CustomEvent<Speed>('speed', { detail: (event.target as HTMLSelectElement).value as Speed }))}
        >
          ${Object.entries(this.run.speeds ?? SPEEDS).map(
            ([value, text]) => html`<option value=${value} .selected=${value === speed}>${text}</option>`,
          )}
        </select>
        <span class="seed">
          <label for="seed">seed</label>
          <input
            id="seed"
            type="number"
            min="0"
            max="4294967295"
            .value=${String(seed)}
            @change=${(event: Event) => {
              const value = (event.target as HTMLInputElement).valueAsNumber;
              if (Number.isInteger(value) && value >= 0 && value < 2 ** 32)
                this.dispatchEvent(new CustomEvent<number>('seed', { detail: value }));
              else (event.target as HTMLInputElement).value = String(seed);
            }}
          />
          <button @click=${() => this.act('seed')} title="Other initial weights, from step 0">New seed</button>
        </span>
        ${this.device()}
      </div>`;
  }
}
