/** Look inside: walks between images, random samples, codes as features, and PCA. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { problemNote } from '../../ui/fields.ts';
import '../../ui/tabs.ts';
import { controls } from '../../ui/theme.ts';
import './features.ts';
import './few.ts';
import { Panel } from './panel.ts';
import './pca.ts';
import './samples.ts';
import type { View } from './settings.ts';
import './walk.ts';

const TABS: readonly (readonly [View, string])[] = [
  ['walk', 'Walk'],
  ['samples', 'Samples'],
  ['features', 'Features'],
  ['pca', 'PCA'],
];

@customElement('vt-autoencoder-inside')
export class Inside extends Panel {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .stacked {
        display: grid;
        gap: 26px;
      }
    `,
  ];

  private view() {
    const { coding } = this;
    switch (coding.settings.view) {
      case 'walk':
        return html`<vt-autoencoder-walk .coding=${coding}></vt-autoencoder-walk>`;
      case 'samples':
        return html`<vt-autoencoder-samples .coding=${coding}></vt-autoencoder-samples>`;
      case 'features':
        return html`<div class="stacked">
          <vt-autoencoder-features .coding=${coding}></vt-autoencoder-features>
          <vt-autoencoder-few .coding=${coding}></vt-autoencoder-few>
        </div>`;
      case 'pca':
        return html`<vt-autoencoder-pca .coding=${coding}></vt-autoencoder-pca>`;
    }
  }

  protected override render() {
    const { coding } = this;
    return html`<vt-tabs
        label="Look inside"
        .tabs=${TABS}
        .chosen=${coding.settings.view}
        @choose=${(event: CustomEvent<View>) => void coding.update({ view: event.detail })}
      >
        ${this.view()}
      </vt-tabs>
      ${problemNote(coding.problems.inside)}`;
  }
}
