/** The picture of the network: the chosen image, then what each layer makes of it. Choosing a layer opens it in "Look inside". */
import { css, html, type PropertyValues } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { LayerInfo } from '../../engine/types.ts';
import { fit } from '../../ui/colors.ts';
import { count, shapeText } from '../../ui/format.ts';
import { paint, photograph, type Picture } from '../../ui/paint.ts';
import { controls } from '../../ui/theme.ts';
import { mapsOf } from '../run/maps.ts';
import { Panel } from './panel.ts';

@customElement('vt-cnn-network')
export class NetworkPicture extends Panel {
  static override styles = [
    controls,
    css`
      .flow {
        display: flex;
        flex-wrap: wrap;
        gap: 12px 0;
        align-items: flex-start;
        list-style: none;
      }
      li {
        display: flex;
        align-items: flex-start;
      }
      li + li::before {
        content: '';
        width: 8px;
        margin-top: 24px;
        border-top: 1px solid var(--outline);
      }
      .block {
        display: grid;
        justify-items: center;
        gap: 1px;
        min-width: 50px;
        min-height: 0;
        padding: 3px 1px;
        border-color: transparent;
        background: none;
        font-size: 0.76rem;
        line-height: 1.3;
      }
      .image {
        border: 1px solid transparent;
      }
      .sheet {
        width: 42px;
        height: 42px;
        display: grid;
        place-items: center;
        margin: 0 4px 5px 0;
      }
      canvas {
        image-rendering: pixelated;
        width: 42px;
        height: 42px;
        border-radius: 1px;
        box-shadow: 0 0 0 1px var(--hairline);
      }
      .deep canvas {
        box-shadow:
          0 0 0 1px var(--paper),
          3px 3px 0 0 var(--hairline),
          3px 3px 0 1px var(--paper),
          6px 6px 0 0 var(--hairline);
      }
      .vector canvas {
        width: 12px;
        height: 46px;
      }
      .shape {
        color: var(--ink-soft);
        font-size: 0.72rem;
      }
    `,
  ];

  protected override updated(_changed: PropertyValues): void {
    const { live } = this.session;
    const { subject, activations } = this.inspector;
    if (!live || !subject) return;
    const canvases = this.renderRoot.querySelectorAll('canvas');
    if (canvases[0]) paint(canvases[0], photograph(subject.pixels, live.dataset.info.shape));
    live.model.summary.layers.forEach((layer, i) => {
      const activation = activations.find(({ name }) => name === layer.name);
      const canvas = canvases[i + 1];
      if (activation && canvas) paint(canvas, thumbnail(layer, activation.data));
    });
  }

  private block(layer: LayerInfo) {
    const { name, shape, parameters } = layer;
    const kind = shape.length === 3 ? (shape[0] > 1 ? 'deep' : '') : 'vector';
    const tip = `${name}: output ${shapeText(shape)}, ${count(parameters)} parameters`;
    return html`<li>
      <button
        class="block"
        title=${tip}
        aria-pressed=${this.session.settings.view === 'layers' && name === this.inspector.chosenLayer}
        @click=${() => this.choose(name)}
      >
        <span class="sheet ${kind}"><canvas></canvas></span>
        <span>${name}</span>
        <span class="shape">${shapeText(shape)}</span>
      </button>
    </li>`;
  }

  private choose(name: string): void {
    this.inspector.chooseLayer(name);
    void this.session.update({ view: 'layers' });
  }

  protected override render() {
    const { live } = this.session;
    if (!live) return null;
    return html`<ol class="flow" aria-label="The network, layer by layer">
      <li>
        <div class="block image">
          <span class="sheet"><canvas></canvas></span>
          <span>image</span>
          <span class="shape">${shapeText(live.dataset.info.shape)}</span>
        </div>
      </li>
      ${live.model.summary.layers.map((layer) => this.block(layer))}
    </ol>`;
  }
}

/** One sheet for a whole layer: its most active map, or a column of its units. */
function thumbnail({ shape }: LayerInfo, data: Float32Array): Picture {
  if (shape.length !== 3) return { width: 1, height: data.length, data, channels: 1, ...fit(data) };
  const maps = mapsOf(data, shape);
  const energy = maps.map((map) => map.reduce((sum, value) => sum + Math.abs(value), 0));
  const strongest = maps[energy.indexOf(Math.max(...energy))] ?? maps[0];
  return { width: shape[2], height: shape[1], data: strongest, channels: 1, ...fit(strongest) };
}
