/** The chosen layer: what it has learned (filters) and what it makes of the chosen image (feature maps). */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { fit } from '../../ui/colors.ts';
import { choose } from '../../ui/fields.ts';
import { brief, count, shapeText } from '../../ui/format.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { legend, legendStyles } from '../../ui/legend.ts';
import type { Picture } from '../../ui/paint.ts';
import '../../ui/picture.ts';
import { controls } from '../../ui/theme.ts';
import { mapsOf, weightOf } from '../run/maps.ts';
import { Panel } from './panel.ts';

const MOST_TILES = 64;

@customElement('vt-cnn-view-layers')
export class LayersView extends Panel {
  static override styles = [
    controls,
    legendStyles,
    css`
      :host {
        display: grid;
        gap: 18px;
      }
      .head {
        justify-content: space-between;
      }
      .large {
        max-width: 220px;
      }
    `,
  ];

  /** Chosen feature map. */
  private map = 0;

  private filters() {
    const weight = weightOf(this.inspector.weights, this.inspector.chosenLayer);
    if (!weight || weight.shape.length !== 4) return null;
    const [outputs, inputs, height, width] = weight.shape;
    const { limit } = fit(weight.data);
    const planes = mapsOf(weight.data, [outputs * inputs, height, width]);
    // With several input channels, the filter's first channel of each output stands for it: all of them would be thousands.
    const tiles: Tile[] = Array.from({ length: Math.min(outputs, MOST_TILES) }, (_, i) => ({
      picture: { width, height, data: planes[i * inputs], channels: 1, scale: 'signed', limit },
      label: `Filter ${i + 1}${inputs > 1 ? ', first input channel' : ''}`,
    }));
    const note = inputs > 1 ? `Each has ${inputs} channels; the first is shown.` : 'Orange looks for light, blue for dark.';
    return html`<section class="stack">
      <div class="row head">
        <h3>Its ${count(outputs)} filters, ${height}×${width}</h3>
        ${legend('signed', limit)}
      </div>
      <p class="soft">${note}</p>
      <vt-images label="Filters" size="38" .tiles=${tiles}></vt-images>
    </section>`;
  }

  private maps() {
    const name = this.inspector.chosenLayer;
    const activation = this.inspector.activations.find((entry) => entry.name === name);
    const layer = this.session.live?.model.summary.layers.find((entry) => entry.name === name);
    if (!activation || !layer) return null;
    const { scale, limit } = fit(activation.data);
    if (layer.shape.length !== 3) return this.units(activation.data, { scale, limit });
    const [channels, height, width] = layer.shape;
    const pictures: Picture[] = mapsOf(activation.data, layer.shape)
      .slice(0, MOST_TILES)
      .map((data) => ({ width, height, data, channels: 1, scale, limit }));
    const chosen = pictures[Math.min(this.map, pictures.length - 1)];
    return html`<section class="stack">
      <div class="row head">
        <h3>Its ${count(channels)} feature maps, ${height}×${width}</h3>
        ${legend(scale, limit)}
      </div>
      <p class="soft">What this layer makes of the image${channels > MOST_TILES ? `, the first ${MOST_TILES}` : ''}.</p>
      <vt-images
        label="Feature maps"
        size="48"
        .tiles=${pictures.map((picture, i) => ({ picture, label: `Feature map ${i + 1}` }))}
        .chosen=${Math.min(this.map, pictures.length - 1)}
        @choose=${(event: CustomEvent<number>) => {
          this.map = event.detail;
          this.requestUpdate();
        }}
      ></vt-images>
      ${chosen ? html`<vt-picture class="large" .picture=${chosen} label="Feature map ${this.map + 1} of ${name}"></vt-picture>` : null}
    </section>`;
  }

  private units(data: Float32Array, colors: Pick<Picture, 'scale' | 'limit'>) {
    const columns = Math.min(data.length, 32);
    const rows = Math.ceil(data.length / columns);
    const padded = new Float32Array(rows * columns);
    padded.set(data);
    const strongest = data.indexOf(Math.max(...data));
    return html`<section class="stack">
      <div class="row head">
        <h3>Its ${count(data.length)} units</h3>
        ${legend(colors.scale, colors.limit)}
      </div>
      <p class="soft">Row by row. The strongest is number ${strongest + 1}, at ${brief(data[strongest])}.</p>
      <vt-picture
        .picture=${{ width: columns, height: rows, data: padded, channels: 1, ...colors } satisfies Picture}
        label="Units of ${this.inspector.chosenLayer}"
      ></vt-picture>
    </section>`;
  }

  protected override render() {
    const layers = this.session.live?.model.summary.layers ?? [];
    return html`${choose({
      label: 'Layer',
      value: this.inspector.chosenLayer,
      options: layers.map(({ name, shape }) => [name, `${name}, ${shapeText(shape)}`] as const),
      onChange: (name) => this.inspector.chooseLayer(name),
    })}
    ${this.filters()} ${this.maps()}`;
  }
}
