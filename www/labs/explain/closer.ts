/** Look closer: one method with its formula and cost, or one of the experiments, which are loaded when they are first opened. */
import { css, html, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { brief, count, size } from '../../ui/format.ts';
import '../../ui/formula.ts';
import '../../ui/tabs.ts';
import { controls } from '../../ui/theme.ts';
import type { Explanation } from '../../engine/types.ts';
import { withNumbers } from './numbers.ts';
import { optionControls } from './options.ts';
import { Panel } from './panel.ts';
import type { View } from './settings.ts';

const VIEWS: readonly [View, string][] = [
  ['method', 'Method'],
  ['path', 'Path'],
  ['segments', 'Segments'],
  ['randomise', 'Random weights'],
];

const LOADERS: Partial<Record<View, () => Promise<unknown>>> = {
  path: () => import('./path.ts'),
  segments: () => import('./segments.ts'),
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
    const { comparison, session } = this;
    const { closest } = comparison;
    if (!closest) return null;
    const { method, answers } = closest;
    const [answer] = answers;
    return html`<section class="stack" aria-label=${method.title}>
      <h3>${method.title}</h3>
      <vt-formula tex=${method.formula}></vt-formula>
      ${
        answer
          ? html`<div>
              <p class="soft">With the numbers of image ${comparison.subjects[0]?.index}</p>
              ${withNumbers(answer).map((tex) => html`<vt-formula tex=${tex}></vt-formula>`)}
            </div>`
          : null
      }
      <dl>
        <div>
          <dt>What it answers</dt>
          <dd>${method.answers}</dd>
        </div>
        <div>
          <dt>Where it misleads</dt>
          <dd>${method.misleads}</dd>
        </div>
        ${answer ? this.cost(answer) : null}
      </dl>
      ${optionControls(method, session.settings, (changes) => void comparison.update(changes))}
    </section>`;
  }

  private cost({ cost, layer }: Explanation) {
    const passes = `${count(cost.forward)} forward, ${count(cost.backward)} backward`;
    return html`<div>
        <dt>What it cost, for this image</dt>
        <dd class="number">${passes} passes · ${brief(cost.milliseconds)} ms · ${size(cost.bytes)} of working memory</dd>
      </div>
      ${
        layer
          ? html`<div>
              <dt>Layer</dt>
              <dd>${layer}</dd>
            </div>`
          : null
      }`;
  }

  private opened() {
    const { view } = this.session.settings;
    if (!this.ready.has(view)) return null;
    const { comparison } = this;
    const views: Record<View, () => unknown> = {
      method: () => this.method(),
      path: () => html`<vt-explain-path .comparison=${comparison}></vt-explain-path>`,
      segments: () => html`<vt-explain-segments .comparison=${comparison}></vt-explain-segments>`,
      randomise: () => html`<vt-explain-randomise .comparison=${comparison}></vt-explain-randomise>`,
    };
    return views[view]();
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
