/** What the figure in view means. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { disclosure } from '../../ui/fields.ts';
import '../../ui/formula.ts';
import { controls } from '../../ui/theme.ts';
import { measureOf } from './measures.ts';
import { Panel } from './panel.ts';

@customElement('vt-measure-meaning')
export class Meaning extends Panel {
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 18px;
        align-content: start;
      }
      dl {
        display: grid;
        gap: 8px;
      }
      dt {
        font-size: 0.87rem;
        color: var(--ink-soft);
      }
      dd {
        margin: 0;
      }
    `,
  ];

  protected override render() {
    const { title, asks, how, misleads } = measureOf(this.session.settings.measure);
    return html`<section class="stack" aria-label="What the figure means">
        <h3>${title}</h3>
        <dl>
          <div>
            <dt>What it asks</dt>
            <dd>${asks}</dd>
          </div>
          <div>
            <dt>How it is computed</dt>
            <dd>${how}</dd>
          </div>
          <div>
            <dt>Where it misleads</dt>
            <dd>${misleads}</dd>
          </div>
        </dl>
      </section>
      ${disclosure('The interval and the test', [
        html`<vt-formula
          tex=${String.raw`\bar{x} \pm t_{0.975,\,n-1}\,\frac{s}{\sqrt{n}}, \qquad t = \frac{\bar{d}}{s_d / \sqrt{n}}`}
        ></vt-formula>`,
        html`<p class="soft">
          n images with mean x̄ and standard deviation s; d: the difference of two methods on the same image. Comparing on the same
          images takes out what makes an image easy or hard for every method, so two wide intervals may overlap and the test still
          decide.
        </p>`,
      ])}
      <p class="soft">No figure is the truth: each asks another question. A method that leads in one may trail in the next.</p>`;
  }
}
