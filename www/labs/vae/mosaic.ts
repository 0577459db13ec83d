/** Many images of one size side by side, as one picture that can be saved. */
import { css, html, LitElement } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { paint, photograph } from '../../ui/paint.ts';
import { saveStyles } from '../../ui/save-buttons.ts';
import { rowsOf, sheetButtons, type SheetRow } from '../../ui/sheet.ts';
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
    saveStyles,
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
      }
      .frame {
        position: relative;
        border: 1px solid var(--hairline);
      }
      /* Hairlines between the images. */
      svg {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        pointer-events: none;
      }
      path {
        stroke: var(--paper);
        vector-effect: non-scaling-stroke;
        shape-rendering: crispEdges;
      }
      .save {
        display: block;
        text-align: right;
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

  /** The images one by one, for the files. */
  private rows(): SheetRow[] {
    const size = this.shape.reduce((a, b) => a * b, 1);
    const tiles = Array.from({ length: this.images.length / size }, (_, i) => ({
      picture: photograph(this.images.subarray(i * size, (i + 1) * size), this.shape),
      label: String((i % this.columns) + 1),
    }));
    return rowsOf(tiles, this.columns);
  }

  protected override render() {
    const [, height, width] = this.shape;
    const [columns, rows] = this.size;
    const between = (count: number) => Array.from({ length: count - 1 }, (_, i) => i + 1);
    const lines = [...between(columns).map((x) => `M${x} 0V${rows}`), ...between(rows).map((y) => `M0 ${y}H${columns}`)];
    return html`<div class="frame" ${styles({ '--aspect': `${columns * width} / ${rows * height}` })}>
        <canvas role="img" aria-label=${this.label}></canvas>
        <svg viewBox="0 0 ${columns} ${rows}" preserveAspectRatio="none" aria-hidden="true"><path d=${lines.join('')} /></svg>
      </div>
      ${this.file ? sheetButtons(this, this.label, this.file, this.rows()) : null}`;
  }
}
