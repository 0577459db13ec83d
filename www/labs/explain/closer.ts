/** Look closer: one method with its formula and cost, or one of the experiments, which are loaded when they are first opened. */
import { css, html, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { brief } from '../../ui/format.ts';
import '../../ui/formula.ts';
import '../../ui/tabs.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';
import type { View } from './settings.ts';

const VIEWS: readonly [View, string][] = [
  ['method', 'The method'],
  ['randomise', 'Random weights'],
];

const LOADERS: Partial<Record<View, () => Promise<unknown>>> = {
  randomise: () => import('./randomise.ts'),
};

@customElement('vt-explain-closer')
export class Closer extends Panel {
  @state() private ready: ReadonlySet<View> = new Set();

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

  protected override willUpdate(_changed: PropertyValues): void {
    const { view } = this.session.settings;
    if (this.ready.has(view)) return;
    void (LOADERS[view]?.() ?? Promise.resolve()).then(
      () => (this.ready = new Set([...this.ready, view])),
      (error: unknown) => this.session.report('inside', error),
    );
  }

  private method() {
    const result = this.comparison.closest;
    if (!result) return null;
    const { method, answers } = result;
    return html`<section class="stack" aria-label=${method.title}>
      <h3>${method.title}</h3>
      <vt-formula tex=${method.formula}></vt-formula>
      <dl>
        <div>
          <dt>What it answers</dt>
          <dd>${method.answers}</dd>
        </div>
        <div>
          <dt>Where it misleads</dt>
          <dd>${method.misleads}</dd>
        </div>
        ${
          answers.length > 0
            ? html`<div>
                <dt>What it cost</dt>
                <dd class="number">${brief(Math.min(...answers.map(({ milliseconds }) => milliseconds)))} ms an image</dd>
              </div>`
            : null
        }
      </dl>
    </section>`;
  }

  private opened() {
    const { view } = this.session.settings;
    if (!this.ready.has(view)) return null;
    const { comparison } = this;
    return view === 'randomise' ? html`<vt-explain-randomise .comparison=${comparison}></vt-explain-randomise>` : this.method();
  }

  protected override render() {
    return html`<vt-tabs
      label="Look closer"
      .tabs=${VIEWS}
      .chosen=${this.session.settings.view}
      @choose=${(event: CustomEvent<View>) => this.session.update({ view: event.detail })}
    >
      ${this.opened()}
    </vt-tabs>`;
  }
}
