/** A linear autoencoder against PCA (COURSE G1, N10): principal angles, errors, and what both decode into. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Principal } from '../../engine/types.ts';
import { extent } from '../../ui/colors.ts';
import { brief } from '../../ui/format.ts';
import '../../ui/formula.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import type { Picture } from '../../ui/paint.ts';
import { table, tableStyles } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';
import { LINEAR } from './settings.ts';

/** Components in view. */
const SHOWN = 10;
/** The engine decomposes images of at most so many values. */
const MOST_VALUES = 1024;

interface Row extends Principal {
  title: string;
}

@customElement('vt-autoencoder-pca')
export class Pca extends Panel {
  @state() private rows: readonly Row[] = [];

  static override styles = [
    controls,
    tableStyles,
    css`
      :host {
        display: grid;
        gap: 18px;
        min-width: 0;
      }
      .row-of {
        display: grid;
        gap: 3px;
      }
    `,
  ];

  private get possible(): boolean {
    return this.coding.settings.shape === 'linear' && (this.coding.held?.size ?? Infinity) <= MOST_VALUES;
  }

  protected override willUpdate(): void {
    if (this.possible) this.refresh('', () => this.fetchRows());
  }

  private async fetchRows(): Promise<void> {
    const rows: Row[] = [];
    for (const { coder, title, variational } of this.coding.coders) {
      if (!variational) rows.push({ title, ...(await coder.principal()) });
    }
    this.rows = rows;
  }

  private tiles(columns: Float32Array, what: string): Tile[] {
    const [channels, height, width] = this.coding.dataset!.info.shape;
    const plane = height * width;
    const size = channels * plane;
    return Array.from({ length: Math.min(columns.length / size, SHOWN) }, (_, i) => {
      // Of a colour image the green plane stands for all.
      const data = columns.slice(i * size + (channels === 3 ? plane : 0), i * size + (channels === 3 ? 2 * plane : plane));
      const [low, high] = extent(data);
      const picture: Picture = { width, height, data, channels: 1, scale: 'signed', limit: Math.max(-low, high) || 1 };
      return { picture, label: `${what} ${i + 1}` };
    });
  }

  protected override render() {
    const { coding } = this;
    if (!this.possible) {
      const isLarge = (coding.held?.size ?? 0) > MOST_VALUES;
      return html`<p>
          Without hidden layers and activations an autoencoder can only project. Which plane will it choose? The one of the
          principal components leaves the least error.
        </p>
        ${
          isLarge
            ? html`<p class="soft">PCA is computed for images of at most ${MOST_VALUES} values.</p>`
            : html`<div class="row">
                <button @click=${() => void coding.update({ ...LINEAR })}>Make them linear</button>
              </div>`
        }`;
    }
    const wide = this.rows.find(({ title }) => title.startsWith('5 '));
    return html`${table(
        'Linear autoencoders and PCA',
        [
          { title: 'Code', cell: ({ title }: Row) => title },
          { title: 'Largest angle, rad', numeric: true, cell: ({ angles }: Row) => brief(Math.max(...angles)) },
          { title: 'Error', numeric: true, cell: ({ own }: Row) => brief(own) },
          { title: 'PCA’s error', numeric: true, cell: ({ error }: Row) => brief(error) },
        ],
        this.rows,
      )}
      ${
        wide
          ? html`<div class="row-of">
                <span class="soft">Principal components, most important first</span>
                <vt-images
                  label="Principal components"
                  size="44"
                  .tiles=${this.tiles(wide.components, 'Principal component')}
                ></vt-images>
              </div>
              <div class="row-of">
                <span class="soft">What the decoder adds for each number of the 5-number code</span>
                <vt-images
                  label="Columns of the decoder"
                  size="44"
                  .tiles=${this.tiles(wide.columns, 'Column of the decoder')}
                ></vt-images>
              </div>`
          : null
      }
      <vt-formula tex="\\min_{W,V}\\;\\sum_n\\|x_n-VWx_n\\|^2=\\sum_{i>k}\\lambda_i\\cdot n"></vt-formula>
      <p class="soft">
        The columns need not be the components: any basis of the same plane gives the same images, so only the angles between the
        planes tell. Small directions are learnt last, so the largest angle of the widest code is the last to fall.
      </p>`;
  }
}
