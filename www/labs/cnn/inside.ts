/** Look inside: one image, what the network says of it, and why. The four views are loaded when they are first opened. */
import { css, html, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { barStyles, probabilityBars } from '../../ui/bars.ts';
import { problemNote } from '../../ui/fields.ts';
import { count, percent } from '../../ui/format.ts';
import { photograph } from '../../ui/paint.ts';
import '../../ui/picture.ts';
import '../../ui/tabs.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';
import type { View } from './settings.ts';

const LOADERS: Record<View, () => Promise<unknown>> = {
  layers: () => import('./view-layers.ts'),
  why: () => import('./view-why.ts'),
  fool: () => import('./view-fool.ts'),
  draw: () => import('./view-draw.ts'),
};

@customElement('vt-cnn-inside')
export class Inside extends Panel {
  @state() private ready: ReadonlySet<View> = new Set();

  static override styles = [
    controls,
    barStyles,
    css`
      :host {
        display: grid;
        gap: 18px;
        align-content: start;
      }
      .subject {
        display: grid;
        grid-template-columns: minmax(96px, 132px) minmax(0, 1fr);
        gap: 16px;
        align-items: start;
      }
      .verdict {
        margin-bottom: 4px;
      }
      .pick {
        gap: 4px;
      }
      .pick input {
        width: 84px;
      }
    `,
  ];

  private get views(): [View, string][] {
    const gray = this.session.live?.dataset.info.shape[0] === 1;
    const all: [View, string][] = [
      ['layers', 'Layers'],
      ['why', 'Why'],
      ['fool', 'Fool it'],
      ['draw', 'Draw'],
    ];
    return all.filter(([view]) => this.shows(view === 'layers' ? 'maps' : view) && (view !== 'draw' || gray));
  }

  private get view(): View {
    const { view } = this.session.settings;
    return this.views.some(([name]) => name === view) ? view : (this.views[0]?.[0] ?? 'layers');
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const { view } = this;
    if (this.ready.has(view)) return;
    void LOADERS[view]().then(
      () => (this.ready = new Set([...this.ready, view])),
      (error: unknown) => this.session.report('inside', error),
    );
  }

  private async open(view: View): Promise<void> {
    await this.session.update({ view });
    await this.inspector.refresh();
  }

  private verdict() {
    const { subject, probabilities, predicted } = this.inspector;
    if (!subject || !probabilities) return null;
    const mark = subject.label === null ? '' : predicted === subject.label ? '✓ ' : '✗ ';
    const truth = subject.label !== null && predicted !== subject.label ? `, but it is ${this.classText(subject.label)}` : '';
    return html`<p class="verdict">
      ${mark}<strong>${this.classText(predicted)}</strong> <span class="soft">${percent(probabilities[predicted])}${truth}</span>
    </p>`;
  }

  private chooser() {
    const { image } = this.session.settings;
    const last = (this.session.live?.dataset.info.validation ?? 1) - 1;
    const go = (index: number) => this.inspector.chooseImage(Math.min(Math.max(index, 0), last));
    return html`<div class="row pick" role="group" aria-label="Choose a held-out image">
      <button aria-label="Previous image" ?disabled=${image <= 0} @click=${() => go(image - 1)}>←</button>
      <input
        type="number"
        aria-label="Image number"
        min="0"
        max=${last}
        .value=${String(Math.min(image, last))}
        @change=${(event: Event) => go((event.target as HTMLInputElement).valueAsNumber || 0)}
      />
      <button aria-label="Next image" ?disabled=${image >= last} @click=${() => go(image + 1)}>→</button>
      <span class="soft">of ${count(last + 1)} held out</span>
    </div>`;
  }

  private opened() {
    const { session, inspector, view } = this;
    if (!this.ready.has(view)) return null;
    const views: Record<View, () => unknown> = {
      layers: () => html`<vt-cnn-view-layers .session=${session} .inspector=${inspector}></vt-cnn-view-layers>`,
      why: () => html`<vt-cnn-view-why .session=${session} .inspector=${inspector}></vt-cnn-view-why>`,
      fool: () => html`<vt-cnn-view-fool .session=${session} .inspector=${inspector}></vt-cnn-view-fool>`,
      draw: () => html`<vt-cnn-view-draw .session=${session} .inspector=${inspector}></vt-cnn-view-draw>`,
    };
    return views[view]();
  }

  protected override render() {
    const { live, problems } = this.session;
    const { subject, probabilities } = this.inspector;
    if (!live || !subject) return html`<h3>Look inside</h3>`;
    return html`<h3>One image</h3>
      ${this.chooser()}
      <div class="subject">
        <vt-picture .picture=${photograph(subject.pixels, live.dataset.info.shape)} label=${subject.title}></vt-picture>
        <div>
          ${this.verdict()} ${probabilities ? probabilityBars(probabilities, live.dataset.info.classes, subject.label) : null}
        </div>
      </div>
      ${problemNote(problems.inside)}
      <vt-tabs
        label="Look inside"
        .tabs=${this.views}
        .chosen=${this.view}
        @choose=${(event: CustomEvent<View>) => this.open(event.detail)}
      >
        ${this.opened()}
      </vt-tabs>`;
  }
}
