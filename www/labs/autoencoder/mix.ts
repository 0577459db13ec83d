/** A linear code is not unique (COURSE N10): (VH)(H⁻¹W) gives the same images for every H that can be undone. */
import { css, html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { slider } from '../../ui/fields.ts';
import { brief } from '../../ui/format.ts';
import '../../ui/formula.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { saveStyles } from '../../ui/save-buttons.ts';
import { sheetButtons } from '../../ui/sheet.ts';
import { controls } from '../../ui/theme.ts';
import type { Coder } from './experiment.ts';
import { decoded, leastAngle, mixed, squaredError } from './linear.ts';
import { Panel } from './panel.ts';

/** Images that are given back. */
const SHOWN = 6;

/** A linear autoencoder at one moment. */
export interface LinearCode {
  coder: Coder;
  /** `[k, C, H, W]`. */
  columns: Float32Array;
  /** Of the held-out images, `[n, k]`. */
  codes: Float32Array;
  /** What the code of zeros decodes into. */
  centre: Float32Array;
}

@customElement('vt-autoencoder-mix')
export class Mix extends Panel {
  @property({ attribute: false }) code!: LinearCode;
  /** Draws columns as images. */
  @property({ attribute: false }) tiles!: (columns: Float32Array, what: string) => Tile[];
  @state() private share = 0;

  static override styles = [
    controls,
    saveStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .row-of {
        display: grid;
        gap: 3px;
      }
    `,
  ];

  protected override render() {
    const { code, share, coding } = this;
    const { latent } = code.coder;
    if (!coding.held || code.columns.length !== latent * coding.held.size) return null;
    const { columns, codes } = mixed(code.columns, code.codes, latent, share);
    const images = decoded(columns, codes, code.centre);
    const own = decoded(code.columns, code.codes, code.centre);
    const [before, after] = [own, images].map((each) => squaredError(each, coding.held!.pixels));
    const back = Array.from({ length: SHOWN }, (_, i): Tile => ({
      picture: this.picture(images, i),
      label: `Given back ${i + 1}`,
    }));
    const first = columns.slice(0, 2 * coding.held.size);
    const mixedTiles = this.tiles(first, 'Mixed column');
    return html`<section class="stack" aria-label="Other bases">
      <h3>Another basis, the same images</h3>
      <vt-formula tex=${`(VH)(H^{-1}W)=VW,\\quad H=\\begin{pmatrix}1&${share}\\\\0&1\\end{pmatrix}`}></vt-formula>
      ${slider({
        label: 'How much of the first column is mixed into the second',
        value: share,
        min: -3,
        max: 3,
        step: 0.1,
        live: true,
        // A slider's steps add up to 0.30000000000000004.
        onChange: (value) => (this.share = Number(value.toFixed(1))),
      })}
      <div class="row-of">
        <span class="soft">The first two columns now, ${leastAngle(first, 2).toFixed(1)}° apart</span>
        <vt-images label="Mixed columns" size="44" .tiles=${mixedTiles}></vt-images>
      </div>
      <div class="row-of">
        <span class="soft">What comes back through them</span>
        <vt-images label="Given back through mixed columns" size="44" .tiles=${back}></vt-images>
      </div>
      ${sheetButtons(this, 'Other bases', 'autoencoder-bases', [
        { title: 'columns', tiles: mixedTiles },
        { title: 'given back', tiles: back },
      ])}
      <p class="soft">
        Error per pixel on held-out images: ${brief(before)} as learnt, ${brief(after)} with these columns. The loss cannot tell
        them apart, so which basis is learnt is chance: it depends on the seed.
      </p>
    </section>`;
  }
}
