/** A typeset formula. KaTeX is loaded when the first one appears; MathML output needs no fonts and no inline styles. */
import { css, html, LitElement } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';

@customElement('vt-formula')
export class Formula extends LitElement {
  /** TeX. */
  @property() tex = '';
  @query('span') private holder!: HTMLElement;

  static override styles = css`
    :host {
      display: block;
      overflow-x: auto;
      overflow-y: hidden;
      padding: 4px 0;
      font-size: 1.05rem;
    }
    /* Half of the browser's own: a sum with its figures fits a phone. */
    mtd {
      padding-inline: 0.2em;
    }
    annotation {
      display: none;
    }
  `;

  protected override render() {
    return html`<span></span>`;
  }

  protected override async updated(): Promise<void> {
    const { default: katex } = await import('katex');
    katex.render(this.tex, this.holder, { output: 'mathml', throwOnError: false, displayMode: true });
  }
}
