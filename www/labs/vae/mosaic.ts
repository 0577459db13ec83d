/** Many images of one size side by side, as one picture that can be saved. */
import { css, html, LitElement } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { save } from '../../ui/csv.ts';
import { paint, photograph } from '../../ui/paint.ts';
import { styles } from '../../ui/styles.ts';
import { controls } from '../../ui/theme.ts';
import { tiled } from './tiled.ts';

@customElement('vt-vae-mosaic')
export class Mosaic extends LitElement {
  /** `[n, C, H, W]`. */
  @property({ attribute: false }) images: Float32Array = new Float32Array();
  /** `[C, H, W]`. */
  @property({ attribute: false }) shape: readonly number[] = [1, 1, 1];
  @property({ type: Number }) columns = 1;
  @property() label = '';
  /** Name of the file it is saved as; empty: it cannot be saved. */
  @property() file = '';
  @query('canvas') private canvas!: HTMLCanvasElement;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      canvas {
        display: block;
        width: 100%;
        aspect-ratio: var(--aspect);
        image-rendering: pixelated;
        border: 1px solid var(--hairline);
      }
      button {
        font-size: 0.8rem;
        min-height: 26px;
        padding: 2px 4px;
        color: var(--ink-soft);
      }
    `,
  ];

  private get size(): [columns: number, rows: number] {
    const count = this.images.length / this.shape.reduce((a, b) => a * b, 1);
    return [this.columns, Math.max(Math.ceil(count / this.columns), 1)];
  }

  protected override updated(): void {
    const [channels, height, width] = this.shape;
    const [columns, rows] = this.size;
    paint(this.canvas, photograph(tiled(this.images, this.shape, columns), [channels, rows * height, columns * width]));
  }

  protected override render() {
    const [, height, width] = this.shape;
    const [columns, rows] = this.size;
    return html`<canvas
        role="img"
        aria-label=${this.label}
        ${styles({ '--aspect': `${columns * width} / ${rows * height}` })}
      ></canvas>
      ${
        this.file
          ? html`<button
              class="plain"
              aria-label="${this.label}: save as PNG"
              @click=${() => this.canvas.toBlob((blob) => blob && save(`${this.file}.png`, blob))}
            >
              PNG
            </button>`
          : null
      }`;
  }
}
