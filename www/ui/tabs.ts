/** Tabs. One tab stop; arrow keys move between tabs; the panel itself is the owner's, in the slot. Fires `choose` with the tab's name. */
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from './theme.ts';

@customElement('vt-tabs')
export class Tabs extends LitElement {
  @property({ attribute: false }) tabs: readonly (readonly [name: string, text: string])[] = [];
  @property() chosen = '';
  @property() label = '';

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      [role='tablist'] {
        display: flex;
        gap: 2px 18px;
        flex-wrap: wrap;
        border-bottom: 1px solid var(--hairline);
      }
      button {
        border: 0;
        border-radius: 0;
        background: none;
        padding: 6px 0;
        color: var(--ink-soft);
        margin-bottom: -1px;
        border-bottom: 2px solid transparent;
      }
      button:hover:not(:disabled) {
        background: none;
        color: var(--ink);
      }
      button[aria-selected='true'] {
        color: var(--ink);
        font-weight: 600;
        box-shadow: none;
        border-bottom-color: var(--ink);
      }
      [role='tabpanel'] {
        padding-top: 14px;
      }
      [role='tabpanel']:focus-visible {
        outline-offset: 4px;
      }
    `,
  ];

  private choose(name: string): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: name }));
  }

  private async move(event: KeyboardEvent): Promise<void> {
    const last = this.tabs.length - 1;
    const at = this.tabs.findIndex(([name]) => name === this.chosen);
    const targets: Record<string, number> = {
      ArrowLeft: at === 0 ? last : at - 1,
      ArrowRight: at === last ? 0 : at + 1,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.choose(this.tabs[target][0]);
    await this.updateComplete;
    this.renderRoot.querySelectorAll('button')[target]?.focus();
  }

  protected override render() {
    return html`<div role="tablist" aria-label=${this.label} @keydown=${this.move}>
        ${this.tabs.map(
          ([name, text]) =>
            html`<button
              type="button"
              role="tab"
              id="tab-${name}"
              aria-controls="panel"
              aria-selected=${name === this.chosen}
              tabindex=${name === this.chosen ? 0 : -1}
              @click=${() => this.choose(name)}
            >
              ${text}
            </button>`,
        )}
      </div>
      <div role="tabpanel" id="panel" aria-labelledby="tab-${this.chosen}"><slot></slot></div>`;
  }
}
