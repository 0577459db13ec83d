/** A linear autoencoder against PCA (COURSE G1, N10): principal angles, errors, and what both decode into. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Principal } from '../../engine/types.ts';
import { extent } from '../../ui/colors.ts';
import { segmented } from '../../ui/fields.ts';
import { brief, count, percent } from '../../ui/format.ts';
import '../../ui/formula.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import type { Picture } from '../../ui/paint.ts';
import '../../ui/plot.ts';
import { saveStyles } from '../../ui/save-buttons.ts';
import { sheetButtons } from '../../ui/sheet.ts';
import { table, tableStyles } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import './factors.ts';
import { errorsOf, leastAngle } from './linear.ts';
import './mix.ts';
import type { LinearCode } from './mix.ts';
import { Panel } from './panel.ts';
import { LINEAR, PCA_VALUES } from './settings.ts';

/** Components in view. */
const SHOWN = 10;

/** The curve goes so far. */
const MOST_LATENTS = 40;
const LINES = [
  { label: 'PCA', color: '--ink' },
  { label: 'linear autoencoders', color: '--orange', marks: true, apart: true },
];

interface Row extends Principal, LinearCode {
  title: string;
}

@customElement('vt-autoencoder-pca')
export class Pca extends Panel {
  @state() private rows: readonly Row[] = [];
  @state() private latent = 5;

  static override styles = [
    controls,
    tableStyles,
    saveStyles,
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
    return this.coding.settings.shape === 'linear' && (this.coding.held?.size ?? Infinity) <= PCA_VALUES;
  }

  protected override willUpdate(): void {
    if (this.possible) this.refresh('', () => this.fetchRows());
  }

  private async fetchRows(): Promise<void> {
    const rows: Row[] = [];
    const { held, coders } = this.coding;
    for (const each of coders.filter(({ variational }) => !variational)) {
      const { coder, title, latent } = each;
      const found = await coder.principal();
      const { codes } = await coder.encode(held!.pixels);
      rows.push({ ...found, title, coder: each, codes, centre: await coder.decode(new Float32Array(latent)) });
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
      const isLarge = (coding.held?.size ?? 0) > PCA_VALUES;
      return html`<p>
          Without hidden layers and activations an autoencoder can only project. Which plane will it choose? The one of the
          principal components leaves the least error.
        </p>
        ${
          isLarge
            ? html`<p class="soft">
                PCA is computed for images of at most ${count(PCA_VALUES)} values. These have ${count(coding.held!.size)}.
              </p>`
            : html`<div class="row">
                <button @click=${() => void coding.update({ ...LINEAR })}>Make them linear</button>
              </div>`
        }`;
    }
    if (this.rows.length === 0)
      return html`<p class="soft" role="status">
        Finding the principal components of ${count(coding.dataset!.info.train)} images …
      </p>`;
    return [this.figures(), this.curve(), this.directions(), this.others()];
  }

  private figures() {
    return table(
      'Linear autoencoders and PCA',
      [
        { title: 'Code', cell: ({ title }: Row) => title },
        { title: 'Largest angle, rad', numeric: true, cell: ({ angles }: Row) => brief(Math.max(...angles)) },
        { title: 'Error', numeric: true, cell: ({ own }: Row) => brief(own) },
        { title: 'PCA’s error', numeric: true, cell: ({ error }: Row) => brief(error) },
      ],
      this.rows,
    );
  }

  /** The code whose directions are in view. */
  private get asked(): Row | undefined {
    return this.rows.find(({ coder }) => coder.latent === this.latent) ?? this.rows[0];
  }

  /** What each further number is worth. */
  private curve() {
    const { asked } = this;
    if (!asked) return null;
    const errors = errorsOf(asked.variances, MOST_LATENTS);
    const own = errors.map((_, k) => this.rows.find(({ coder }) => coder.latent === k)?.own ?? null);
    const { variances, error } = asked;
    const k = asked.coder.latent;
    const [size, all] = [variances.length, errors[0]];
    const least = `\\frac1{${size}}\\sum_{i>${k}}\\lambda_i=${error.toPrecision(3)}`;
    const reached = `\\frac1{${size}N}\\sum_n\\|x_n-VWx_n\\|^2=${asked.own.toPrecision(3)}`;
    return html`<vt-plot
        heading="Squared error per pixel"
        xLabel="numbers in the code"
        file="autoencoder-pca-error"
        log
        .lines=${LINES}
        .data=${{ x: errors.map((_, i) => i), y: [errors, own] }}
      ></vt-plot>
      ${segmented({
        label: 'Look at the code of',
        value: String(k),
        options: this.rows.map(({ coder, title }) => [String(coder.latent), title] as const),
        onChange: (latent) => (this.latent = Number(latent)),
      })}
      <vt-formula .tex=${least}></vt-formula>
      <vt-formula .tex=${reached}></vt-formula>
      <p class="soft">
        On the training images: what the components that are left out hold, and what the autoencoder loses. ${count(k)} principal
        components explain ${percent(1 - error / all)} of the variance, this autoencoder ${percent(1 - asked.own / all)}. No linear
        code of as many numbers can do better than PCA (Eckart and Young).
      </p>`;
  }

  private directions() {
    const { asked } = this;
    if (!asked) return null;
    const { components, columns, angles, coder } = asked;
    const shown = Array.from(angles.slice(0, SHOWN), (angle) => brief(angle)).join(', ');
    const [principal, own] = [this.tiles(components, 'Principal component'), this.tiles(columns, 'Column of the decoder')];
    return html`<section class="stack" aria-label="Directions">
      <div class="row-of">
        <span class="soft">Principal components, most important first</span>
        <vt-images label="Principal components" size="44" .tiles=${principal}></vt-images>
      </div>
      <div class="row-of">
        <span class="soft">What the decoder adds for each number of the code</span>
        <vt-images label="Columns of the decoder" size="44" .tiles=${own}></vt-images>
      </div>
      ${sheetButtons(this, 'Directions', 'autoencoder-directions', [
        { title: 'PCA', tiles: principal },
        { title: 'decoder', tiles: own },
      ])}
      <p class="soft">
        Principal angles between the two subspaces, rad: ${shown}${angles.length > SHOWN ? ', …' : ''}. Components are orthogonal;
        of the decoder’s columns two are only ${leastAngle(columns, coder.latent).toFixed(1)}° apart. Any basis of the same subspace
        gives the same images, so only the angles between the subspaces tell. Small directions are learnt last, so the largest angle
        of the widest code is the last to fall.
      </p>
    </section>`;
  }

  private others() {
    const { coding, asked } = this;
    if (!asked) return null;
    const tiles = (columns: Float32Array, what: string) => this.tiles(columns, what);
    return html`<vt-autoencoder-mix .coding=${coding} .code=${asked} .tiles=${tiles}></vt-autoencoder-mix>
      <vt-autoencoder-factors .coding=${coding}></vt-autoencoder-factors>`;
  }
}
