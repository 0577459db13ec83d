/**
 * Set up: its controls in the slot. Where columns stand side by side they are in view; on a phone, where they would push what there is to
 * watch far down from the Train button, they are folded behind their heading.
 */
import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { controls } from './theme.ts';

@customElement('vt-set-up')
export class SetUp extends LitElement {
  /** What can be set, in a few words. */
  @property() what = '';
  /** Something in here has to be seen: it opens. */
  @property({ type: Boolean }) urgent = false;
  @state() private open = false;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      h2 {
        font-size: 0.95rem;
        color: var(--ink-soft);
        font-weight: 500;
        margin-bottom: 14px;
      }
      button {
        display: none;
      }
      /* As in columns.ts: below this width there is one column. */
      @container (max-width: 699.98px) {
        .wide,
        .folded {
          display: none;
        }
        button {
          display: block;
          width: 100%;
          white-space: normal;
          text-align: left;
          color: var(--ink);
        }
        strong {
          font-weight: 600;
          margin-right: 6px;
        }
        h2:has(+ .folded) {
          margin-bottom: 0;
        }
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('urgent') && this.urgent) this.open = true;
  }

  protected override render() {
    const { open, what } = this;
    return html`<h2>
        <span class="wide">Set up</span>
        <button aria-expanded=${open} aria-controls="content" @click=${() => (this.open = !open)}>
          <span aria-hidden="true">${open ? '▾' : '▸'}</span> <strong>Set up</strong> <span class="soft">${what}</span>
        </button>
      </h2>
      <div id="content" class=${open ? '' : 'folded'}><slot></slot></div>`;
  }
}
