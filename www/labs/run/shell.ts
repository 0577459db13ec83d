/**
 * The shell of every lab that trains something: story, transport bar, keys, the state in the address, the events of <vitrine-lab>. A lab
 * adds its experiment, its settings, its presets and what lies below the bar.
 */
import { css, html, LitElement } from 'lit';
import { state } from 'lit/decorators.js';
import type { DeviceChoice, EngineModule } from '../../engine/types.ts';
import { problemNote } from '../../ui/fields.ts';
import { onKey } from '../../ui/shortcuts.ts';
import { encode, has, initialState, overlay, type Schema } from '../../ui/state.ts';
import { story, storyStyles } from '../../ui/story.ts';
import { controls } from '../../ui/theme.ts';
import '../../ui/transport.ts';
import type { Action, Speed } from '../../ui/transport.ts';
import type { DoneDetail, ErrorDetail, LabElement, LabOptions, StepDetail } from '../lab.ts';
import type { Experiment, LabSettings } from './experiment.ts';
import { opening, type Preset } from './opening.ts';

export type { Preset };

/** What one lab is about. */
export interface Subject<S> {
  title: string;
  text: string;
  schema: Schema<S>;
  presets: readonly Preset<S>[];
  /** The build of the engine that it needs; default `full`. */
  module?: EngineModule;
  /** Where `auto` runs; default: as the engine chooses. */
  device?: DeviceChoice;
}

export abstract class LabShell<S extends LabSettings, X extends Experiment<S>> extends LitElement implements LabElement {
  @state() protected session: X | null = null;
  protected omitted: ReadonlySet<string> = new Set();
  private preset = '';
  private stopWatching: () => void = () => {};

  protected abstract readonly subject: Subject<S>;
  protected abstract create(settings: S): X;
  /** Whether the body has something to show. */
  protected abstract ready(session: X): boolean;
  /** What is said until then. */
  protected abstract progressOf(session: X): string;
  /** Whether a change makes another experiment, not only another look at the same one. */
  protected abstract alters(before: S, after: S): boolean;
  /** Once, with an experiment that has not started yet. */
  protected opened(_session: X): void {}
  /** After "Try this" has set everything. */
  protected presetChosen(): void {}
  /** What lies below the bar, once `ready`. */
  protected abstract body(session: X): unknown;

  static override styles = [
    controls,
    storyStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .waiting {
        padding: 40px 0;
        color: var(--ink-soft);
      }
    `,
  ];

  begin(options: LabOptions): void {
    const { settings, preset, notice } = opening(this.subject.schema, this.subject.presets, options);
    this.preset = preset;
    this.omitted = options.omitted;
    const session = this.create(settings);
    session.onStep = (detail) => this.tell<StepDetail>('vitrine-step', detail);
    session.onDone = (detail) => this.tell<DoneDetail>('vitrine-done', detail);
    session.onProblem = ({ code, message }) => this.tell<ErrorDetail>('vitrine-error', { code, message });
    session.onSettings = () => this.dispatchEvent(new Event('settings'));
    if (notice) session.notice = notice;
    this.stopWatching = session.watch(() => this.requestUpdate());
    this.session = session;
    this.opened(session);
    const { device = 'auto', module } = this.subject;
    void session.start(options.device === 'auto' ? device : options.device, module);
  }

  private tell<T>(type: string, detail: T): void {
    this.dispatchEvent(new CustomEvent<T>(type, { detail, bubbles: true, composed: true }));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWatching();
    this.session?.dispose();
    this.session = null;
  }

  get state(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.session?.settings ?? initialState(this.subject.schema)));
  }

  set state(changes: Record<string, unknown>) {
    const { session } = this;
    if (session) void session.update(overlay(this.subject.schema, session.settings, changes));
  }

  get hash(): string {
    return this.session ? encode(this.subject.schema, this.session.settings) : '';
  }

  /** Everything as `preset` says; the seed stays. */
  private settingsOf({ settings }: Preset<S>, { v, seed }: S): S {
    return { ...initialState(this.subject.schema), v, seed, ...settings };
  }

  /** The preset that was chosen, as long as no other experiment was made of it by hand; empty: none. */
  private chosen({ settings }: X): string {
    const { schema, presets } = this.subject;
    const preset = presets.find(({ id }) => id === this.preset);
    if (!preset) return '';
    const free = Object.fromEntries((preset.free ?? []).map((key) => [key, settings[key]])) as Partial<S>;
    const holds = has(schema, settings, { ...preset.settings, ...free });
    return holds && !this.alters({ ...this.settingsOf(preset, settings), ...free }, settings) ? preset.id : '';
  }

  private async choose(id: string): Promise<void> {
    const preset = this.subject.presets.find((entry) => entry.id === id);
    if (!preset || !this.session) return;
    this.preset = id;
    await this.session.update(this.settingsOf(preset, this.session.settings));
    this.presetChosen();
  }

  protected override render() {
    const { session, omitted } = this;
    if (!session) return null;
    const { title, text, presets } = this.subject;
    const experiments = omitted.has('experiments') ? [] : presets.filter(({ offered }) => offered);
    const act = (action: Action) => () => session.act(action);
    return html`<div
      @keydown=${(event: KeyboardEvent) => onKey(event, { ' ': act('toggle'), s: act('step'), e: act('epoch'), r: act('rewind') })}
    >
      ${omitted.has('story') ? null : story(title, text, experiments, this.chosen(session), (id) => this.choose(id))}
      <vt-transport
        .run=${session.run}
        @action=${(event: CustomEvent<Action>) => session.act(event.detail)}
        @speed=${(event: CustomEvent<Speed>) => {
          session.speed = event.detail;
          session.changed();
        }}
        @seed=${(event: CustomEvent<number>) => session.update({ seed: event.detail } as Partial<S>)}
      ></vt-transport>
      ${problemNote(session.problems.engine)} ${problemNote(session.notice)}
      ${this.ready(session) ? this.body(session) : html`<p class="waiting" role="status">${this.progressOf(session)}</p>`}
    </div>`;
  }
}
