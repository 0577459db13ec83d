/** The lab "Train a CNN" (C6), with a first look inside (V1, V5) and a first attack (R1): story, transport bar, three columns. */
import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { problemNote } from '../../ui/fields.ts';
import { onKey } from '../../ui/shortcuts.ts';
import { decode, encode, initialState, overlay } from '../../ui/state.ts';
import { story, storyStyles } from '../../ui/story.ts';
import { controls } from '../../ui/theme.ts';
import '../../ui/transport.ts';
import type { Action, RunState, Speed } from '../../ui/transport.ts';
import type { DoneDetail, ErrorDetail, LabElement, LabOptions, StepDetail } from '../lab.ts';
import './inside.ts';
import { Inspector } from './inspector.ts';
import { Session } from './session.ts';
import { PRESETS, SCHEMA, type Settings } from './settings.ts';
import './setup.ts';
import './watch.ts';

const TITLE = 'Train a network that sees';
const TEXT =
  'A convolutional network learns to name small pictures: each layer looks at the one before it through little windows, its filters. Train it here, watch the filters form, ask why it decides, and then fool it.';

@customElement('vt-cnn-lab')
export class CnnLab extends LitElement implements LabElement {
  @state() private session: Session | null = null;
  private inspector: Inspector | null = null;
  private omitted: ReadonlySet<string> = new Set();
  private preset = '';
  private stopWatching: () => void = () => {};

  static override styles = [
    controls,
    storyStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 36px;
        padding-top: 22px;
      }
      .columns > section {
        min-width: 0;
      }
      .columns h2 {
        font-size: 0.95rem;
        color: var(--ink-soft);
        font-weight: 500;
        margin-bottom: 14px;
      }
      @container (min-width: 700px) {
        .columns {
          grid-template-columns: minmax(0, 5fr) minmax(0, 7fr);
        }
        .inside {
          grid-column: 1 / -1;
        }
      }
      @container (min-width: 1040px) {
        .columns {
          grid-template-columns: 300px minmax(0, 1fr) minmax(320px, 372px);
          gap: 40px;
        }
        .inside {
          grid-column: auto;
        }
      }
      .waiting {
        padding: 40px 0;
        color: var(--ink-soft);
      }
    `,
  ];

  begin(options: LabOptions): void {
    const preset = PRESETS.find(({ id }) => id === options.preset);
    const attributes = new URLSearchParams();
    if (options.data !== null) attributes.set('data', options.data);
    if (options.seed !== null) attributes.set('seed', options.seed);
    const { settings, unread } = [attributes.toString(), options.hash].reduce(read, {
      settings: { ...initialState(SCHEMA), ...preset?.settings },
      unread: options.preset && !preset ? ['preset'] : [],
    });
    this.preset = preset?.id ?? '';
    this.omitted = options.omitted;
    const session = new Session(settings);
    session.onStep = (metrics) => this.tell<StepDetail>('vitrine-step', metrics.at(-1));
    session.onDone = () => this.tell<DoneDetail>('vitrine-done', this.outcome(session));
    session.onProblem = ({ code, message }) => this.tell<ErrorDetail>('vitrine-error', { code, message });
    session.onSettings = () => this.dispatchEvent(new Event('settings'));
    if (unread.length > 0) session.notice = `Not understood, so left at its default: ${unread.join(', ')}.`;
    this.stopWatching = session.watch(() => this.requestUpdate());
    this.session = session;
    this.inspector = new Inspector(session);
    void session.start(options.device);
  }

  private outcome(session: Session): DoneDetail {
    const { evaluation, live, divergence } = session;
    const validation = evaluation && { loss: evaluation.loss, accuracy: evaluation.accuracy };
    return { step: live?.trainer.step ?? 0, diverged: divergence !== null, validation };
  }

  private tell<T>(type: string, detail: T | undefined): void {
    if (detail !== undefined) this.dispatchEvent(new CustomEvent<T>(type, { detail, bubbles: true, composed: true }));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching();
    this.session?.dispose();
    this.session = null;
  }

  get state(): Record<string, unknown> {
    return { ...(this.session?.settings ?? initialState(SCHEMA)) };
  }

  set state(changes: Record<string, unknown>) {
    const { session } = this;
    if (session) void session.update(overlay(SCHEMA, session.settings, changes));
  }

  get hash(): string {
    return this.session ? encode(SCHEMA, this.session.settings) : '';
  }

  private async run(id: string): Promise<void> {
    const preset = PRESETS.find((entry) => entry.id === id);
    if (!preset || !this.session) return;
    this.preset = id;
    const { v, seed } = this.session.settings;
    await this.session.update({ ...initialState(SCHEMA), v, seed, ...preset.settings });
    await this.inspector?.refresh();
  }

  private act(action: Action): void {
    const { session } = this;
    if (!session) return;
    const actions: Record<Action, () => void> = {
      toggle: () => (session.playing ? session.pause() : session.play()),
      step: () => session.stepOnce(),
      epoch: () => session.epochOnce(),
      rewind: () => void session.rewind(),
      seed: () => void session.newSeed(),
    };
    actions[action]();
  }

  private runState(session: Session): RunState {
    const { playing, busy, live, rate, speed, settings, device, divergence } = session;
    const blocked = busy || !live || divergence !== null;
    return {
      playing,
      blocked,
      step: live?.trainer.step ?? 0,
      stepsPerEpoch: live?.trainer.stepsPerEpoch ?? 0,
      rate,
      speed,
      seed: settings.seed,
      device,
    };
  }

  private columns(session: Session, inspector: Inspector) {
    const { omitted } = this;
    const setUp = ['data', 'layers', 'training'].some((part) => !omitted.has(part));
    const look = ['maps', 'why', 'fool', 'draw'].some((part) => !omitted.has(part));
    return html`<div class="columns">
      ${
        setUp
          ? html`<section>
              <h2>Set up</h2>
              <vt-cnn-setup .session=${session} .inspector=${inspector} .omitted=${omitted}></vt-cnn-setup>
            </section>`
          : null
      }
      <section>
        <h2>Watch</h2>
        <vt-cnn-watch .session=${session} .inspector=${inspector} .omitted=${omitted}></vt-cnn-watch>
      </section>
      ${
        look
          ? html`<section class="inside">
              <h2>Look inside</h2>
              <vt-cnn-inside .session=${session} .inspector=${inspector} .omitted=${omitted}></vt-cnn-inside>
            </section>`
          : null
      }
    </div>`;
  }

  protected override render() {
    const { session, inspector, omitted } = this;
    if (!session || !inspector) return null;
    const experiments = omitted.has('experiments') ? [] : PRESETS.filter(({ offered }) => offered);
    return html`<div
      @keydown=${(event: KeyboardEvent) =>
        onKey(event, {
          ' ': () => this.act('toggle'),
          s: () => this.act('step'),
          e: () => this.act('epoch'),
          r: () => this.act('rewind'),
        })}
    >
      ${omitted.has('story') ? null : story(TITLE, TEXT, experiments, this.preset, (id) => this.run(id))}
      <vt-transport
        .run=${this.runState(session)}
        @action=${(event: CustomEvent<Action>) => this.act(event.detail)}
        @speed=${(event: CustomEvent<Speed>) => {
          session.speed = event.detail;
          session.changed();
        }}
        @seed=${(event: CustomEvent<number>) => session.update({ seed: event.detail })}
      ></vt-transport>
      ${problemNote(session.problems.engine)} ${problemNote(session.notice)}
      ${
        session.live || session.problems.data || session.problems.layers
          ? this.columns(session, inspector)
          : html`<p class="waiting" role="status">
              ${session.problems.engine ? 'The engine could not start.' : 'Starting the engine …'}
            </p>`
      }
    </div>`;
  }
}

interface Reading {
  settings: Settings;
  /** Keys whose values made no sense. */
  unread: string[];
}

/** Lays what `text` says over the settings so far. A link of another version says nothing. */
function read({ settings, unread }: Reading, text: string): Reading {
  const { state, dropped } = decode(SCHEMA, text);
  if (dropped.includes('v')) return { settings, unread: [...unread, 'v'] };
  const given = [...new URLSearchParams(text).keys()];
  const known = Object.entries(state).filter(([key]) => given.includes(key) && !dropped.includes(key));
  return { settings: { ...settings, ...Object.fromEntries(known) }, unread: [...unread, ...dropped] };
}
