/**
 * What a course page loads: `<script type="module" src="…/vitrine.js"></script>` gives it the element `<vitrine-lab>`; a program imports
 * `Engine` from the same file. The labs themselves and the engine are fetched when they are first needed.
 */
import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DeviceChoice } from './engine/types.ts';
import { LABS, labOf, type LabEntry } from './labs/catalogue.ts';
import type { LabElement, OpenDetail } from './labs/lab.ts';
import { posterStyles } from './ui/poster.ts';
import { controls, THEME_EVENT, tokens } from './ui/theme.ts';

export { Engine, EngineError } from './engine/client.ts';
export type * from './engine/client.ts';

const DEVICES: readonly DeviceChoice[] = ['auto', 'auto-software', 'cpu', 'gpu', 'gpu-software'];

/** One lab. It shows a poster until it is started, so that ten of them on a page do not open ten devices. */
@customElement('vitrine-lab')
export class VitrineLab extends LitElement {
  @property() lab = 'cnn';
  @property() preset = '';
  @property() data: string | null = null;
  @property() seed: string | null = null;
  @property() hide = '';
  @property({ reflect: true }) theme = 'auto';
  @property() device: DeviceChoice = 'auto';
  /** `key=value&…`, over all attributes but `lab`. Empty once the lab has started: then `hash` has it. */
  @property({ attribute: false }) initialHash = '';
  @state() private element: LabElement | null = null;
  @state() private loading = false;
  @state() private problem = '';
  private waitingState: Record<string, unknown> | null = null;

  static override styles = [
    tokens,
    controls,
    posterStyles,
    css`
      :host {
        display: block;
        background: var(--paper);
      }
      :host([hidden]) {
        display: none;
      }
      .poster {
        display: grid;
        gap: 14px;
        justify-items: start;
        border-block: 1px solid var(--hairline);
        padding: 20px 0;
      }
      .poster svg {
        max-width: 600px;
      }
    `,
  ];

  private get entry(): LabEntry {
    return labOf(this.lab) ?? LABS[0];
  }

  /** Loads the lab and its engine. Nothing trains yet. */
  async start(): Promise<void> {
    if (this.element || this.loading) return;
    this.loading = true;
    this.problem = '';
    try {
      await this.entry.load();
      const element = document.createElement(this.entry.tag) as LabElement;
      element.addEventListener('settings', () => this.dispatchEvent(new Event('vitrine-state', { bubbles: true, composed: true })));
      element.addEventListener('open-lab', (event) => this.replace((event as CustomEvent<OpenDetail>).detail));
      this.element = element;
      await this.updateComplete;
      element.begin({
        preset: this.preset,
        data: this.data,
        seed: this.seed,
        hash: this.initialHash,
        omitted: new Set(this.hide.split(/[\s,]+/).filter(Boolean)),
        device: DEVICES.includes(this.device) ? this.device : 'auto',
      });
      if (this.waitingState) element.state = this.waitingState;
    } catch (error) {
      this.element = null;
      this.problem = `This lab could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
    }
    this.loading = false;
  }

  /** Another lab takes the place of this one. */
  private replace({ lab, device }: OpenDetail): void {
    Object.assign(this, { lab, device, preset: '', initialHash: '', element: null });
    this.dispatchEvent(new Event('vitrine-state', { bubbles: true, composed: true }));
    void this.start();
  }

  /** The whole state as a plain record. Setting a part of it changes that part; before the start it waits for it. */
  get state(): Record<string, unknown> {
    return this.element ? this.element.state : { ...this.waitingState };
  }

  set state(changes: Record<string, unknown>) {
    if (this.element) this.element.state = changes;
    else this.waitingState = { ...this.waitingState, ...changes };
  }

  /** The state as the hash of a URL carries it. */
  get hash(): string {
    const rest = this.element ? this.element.hash : this.initialHash;
    const device = this.device === 'auto' ? '' : `&device=${this.device}`;
    return `lab=${this.lab}${device}${rest ? `&${rest}` : ''}`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('theme')) window.dispatchEvent(new Event(THEME_EVENT));
  }

  protected override render() {
    if (this.element) return this.element;
    const { title, summary, poster } = this.entry;
    return html`<div class="poster">
      ${poster()}
      <div>
        <h2>${title}</h2>
        <p>${summary}</p>
      </div>
      <button class="primary" ?disabled=${this.loading} @click=${this.start}>${this.loading ? 'Opening …' : 'Open the lab'}</button>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : null}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vitrine-lab': VitrineLab;
  }
}
