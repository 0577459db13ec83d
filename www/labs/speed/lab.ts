/** The lab "How fast is this device?": a short benchmark for the visitor, and where the difference between CPU and GPU comes from. */
import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { choose, problemNote, progress, slider } from '../../ui/fields.ts';
import { encode, has, initialState, overlay } from '../../ui/state.ts';
import { story, storyStyles } from '../../ui/story.ts';
import { controls } from '../../ui/theme.ts';
import type { ErrorDetail, LabElement, LabOptions } from '../lab.ts';
import { columnStyles } from '../run/columns.ts';
import { opening } from '../run/opening.ts';
import { Measurement } from './measurement.ts';
import './meaning.ts';
import './results.ts';
import { PRESETS, SCHEMA, type Devices, type Settings } from './settings.ts';
import { TASKS } from './tasks.ts';

const TITLE = 'How fast is this device?';
const TEXT =
  'Training is mostly multiplying and adding. How much of that can this device do in a browser, on its CPU and on its GPU, and why is the wider one not always the faster one? Nothing leaves this page.';

const DEVICES: readonly (readonly [Devices, string])[] = [
  ['both', 'CPU and GPU'],
  ['cpu', 'only the CPU'],
  ['gpu', 'only the GPU'],
];

@customElement('vt-speed-lab')
export class SpeedLab extends LitElement implements LabElement {
  @state() private settings: Settings = initialState(SCHEMA);
  private readonly measurement = new Measurement();
  private preset = '';
  private notice = '';
  private omitted: ReadonlySet<string> = new Set();
  private stopWatching: () => void = () => {};

  static override styles = [
    controls,
    storyStyles,
    columnStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .bar {
        border-block: 1px solid var(--hairline);
        padding: 10px 0;
      }
      .tasks {
        display: grid;
        gap: 6px;
      }
      dt {
        font-weight: 600;
        font-size: 0.87rem;
      }
      dd {
        margin: 0;
        color: var(--ink-soft);
        font-size: 0.87rem;
      }
      progress {
        flex: 0 1 320px;
        min-width: 0;
      }
    `,
  ];

  begin(options: LabOptions): void {
    const { settings, preset, notice } = opening(SCHEMA, PRESETS, options);
    Object.assign(this, { settings, preset, notice, omitted: options.omitted });
    if (options.device === 'cpu') this.settings = { ...settings, devices: 'cpu' };
    this.stopWatching = this.measurement.watch(() => this.requestUpdate());
    this.measurement.onProblem = ({ code, message }) =>
      this.dispatchEvent(
        new CustomEvent<ErrorDetail>('vitrine-error', { detail: { code, message }, bubbles: true, composed: true }),
      );
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching();
    this.measurement.stop();
  }

  get state(): Record<string, unknown> {
    return { ...this.settings };
  }

  set state(changes: Record<string, unknown>) {
    this.change(overlay(SCHEMA, this.settings, changes));
  }

  get hash(): string {
    return encode(SCHEMA, this.settings);
  }

  private change(changes: Partial<Settings>): void {
    this.settings = { ...this.settings, ...changes };
    this.dispatchEvent(new Event('settings'));
  }

  private choose(id: string): void {
    const preset = PRESETS.find((entry) => entry.id === id);
    if (!preset) return;
    this.preset = id;
    this.change({ ...initialState(SCHEMA), ...preset.settings });
  }

  /** The preset that was chosen, as long as nothing was changed by hand; empty: none. */
  private get chosen(): string {
    const preset = PRESETS.find(({ id }) => id === this.preset);
    return preset && has(SCHEMA, this.settings, { ...initialState(SCHEMA), ...preset.settings }) ? preset.id : '';
  }

  /** Where other labs have their transport bar. */
  private bar() {
    const { measurement, settings } = this;
    const isAgain = measurement.measured.length > 0;
    return html`<div class="bar">
        ${
          measurement.running
            ? html`${progress('Measuring', measurement.share, () => measurement.stop())}
                <p class="soft" role="status">${measurement.current} …</p>`
            : html`<div class="row">
                <button class="primary" @click=${() => measurement.start(settings)}>
                  ${isAgain ? 'Measure again' : 'Measure'}
                </button>
                <span class="soft"
                  >${isAgain ? '' : 'About ten seconds for the CPU, longer for a GPU that is only a program.'}</span
                >
              </div>`
        }
      </div>
      ${problemNote(measurement.problem)}`;
  }

  private setUp() {
    const { measurement, settings } = this;
    return html`<div class="stack">
      ${choose<Devices>({
        label: 'Device',
        value: settings.devices,
        options: DEVICES,
        disabled: measurement.running,
        onChange: (devices) => this.change({ devices }),
      })}
      ${slider({
        label: 'Seconds for each figure',
        value: settings.seconds,
        min: 0.1,
        max: 10,
        step: 0.1,
        disabled: measurement.running,
        onChange: (seconds) => this.change({ seconds }),
      })}
      <h3>What is measured</h3>
      <dl class="tasks">
        ${TASKS.map(
          ({ title, text }) =>
            html`<dt>${title}</dt>
              <dd>${text}</dd>`,
        )}
      </dl>
    </div>`;
  }

  protected override render() {
    const { omitted, measurement } = this;
    const offered = omitted.has('experiments') ? [] : PRESETS;
    return html`${omitted.has('story') ? null : story(TITLE, TEXT, offered, this.chosen, (id) => this.choose(id))} ${this.bar()}
      ${problemNote(this.notice)}
      <div class="columns">
        <section>
          <h2>Set up</h2>
          ${this.setUp()}
        </section>
        <section>
          <h2>Watch</h2>
          <vt-speed-results .measurement=${measurement}></vt-speed-results>
        </section>
        <section class="last">
          <h2>Look inside</h2>
          <vt-speed-meaning .measurement=${measurement}></vt-speed-meaning>
        </section>
      </div>`;
  }
}
