/** Samples beside the training images that they are nearest to. */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { brief } from '../../ui/format.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { photograph, type Picture } from '../../ui/paint.ts';
import { saveStyles } from '../../ui/save-buttons.ts';
import { rowsOf, sheetButtons } from '../../ui/sheet.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';
import { SAMPLES } from './settings.ts';

/** Samples that are shown at a time: those around the chosen one. */
const PAIRS = 12;

/** Two images of one shape side by side, a light column between. */
function pair(left: Float32Array, right: Float32Array, shape: readonly number[]): Picture {
  const [channels = 1, height = 1, width = 1] = shape;
  const wide = 2 * width + 1;
  const data = new Float32Array(channels * height * wide).fill(1);
  for (let row = 0; row < channels * height; row++) {
    data.set(left.subarray(row * width, (row + 1) * width), row * wide);
    data.set(right.subarray(row * width, (row + 1) * width), row * wide + width + 1);
  }
  return photograph(data, [channels, height, wide]);
}

@customElement('vt-image-gan-neighbours')
export class NeighboursPanel extends Panel {
  static override styles = [
    controls,
    saveStyles,
    css`
      :host {
        display: block;
      }
      vt-images {
        max-width: 480px;
      }
    `,
  ];

  protected override render() {
    const { sheet, still, live, settings, playing } = this.game;
    if (!sheet || !still || !live) return null;
    const { shape } = live.dataset.info;
    const size = sheet.images.length / SAMPLES;
    const part = (images: Float32Array, i: number) => images.subarray(i * size, (i + 1) * size);
    const first = Math.floor((settings.sample - 1) / PAIRS) * PAIRS;
    const tiles = Array.from({ length: Math.min(PAIRS, SAMPLES - first) }, (_, nth): Tile => {
      const i = first + nth;
      const distance = brief(still.neighbours.distances[i]);
      return {
        picture: pair(part(still.sheet.images, i), part(still.neighbours.images, i), shape),
        label: `sample ${i + 1}, nearest training image ${still.neighbours.indices[i]}, distance ${distance}`,
        caption: `${i + 1}: ${distance}`,
      };
    });
    return html`<section class="stack" aria-label="Neighbours">
      <h3>Copied? Nearest training images</h3>
      <vt-images
        label="Samples with their nearest training images"
        size="100"
        .tiles=${tiles}
        .chosen=${settings.sample - 1 - first}
        @choose=${(event: CustomEvent<number>) => this.set({ sample: first + event.detail + 1 })}
      ></vt-images>
      ${sheetButtons(this, 'Neighbours', 'image-gan-neighbours', rowsOf(tiles, 4))}
      <p class="soft">
        Left a sample, right the training image with the least L2 distance; a copy would have 0.
        ${playing ? 'Found anew at the next pause.' : nothing}
      </p>
    </section>`;
  }
}
