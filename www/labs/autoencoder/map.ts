/**
 * The plane of the two-number code: held-out images where the encoder puts them, marked by class, over what the decoder makes of each
 * place. Drag, or arrow keys, move a cross-hair whose code is decoded at once.
 */
import { css, html } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { classKey, drawMarks, keyStyles } from '../../ui/class-marks.ts';
import { save, toCsv } from '../../ui/csv.ts';
import { segmented } from '../../ui/fields.ts';
import { brief } from '../../ui/format.ts';
import { paint, type Picture } from '../../ui/paint.ts';
import '../../ui/picture.ts';
import { codeAt, placeOf, windowOf, type Window2 } from '../../ui/scatter.ts';
import { styles } from '../../ui/styles.ts';
import { controls, resolveColor, THEME_EVENT } from '../../ui/theme.ts';
import { Panel } from './panel.ts';

/** Places along each side whose decoded images can be shown. */
const GRID = 12;
/** Arrow keys move by this share of the map. */
const STEP = 0.025;

type Layer = 'points' | 'images' | 'both';

@customElement('vt-autoencoder-map')
export class CodeMap extends Panel {
  @state() private codes: Float32Array = new Float32Array();
  @state() private window: Window2 = { low: [-1, -1], high: [1, 1] };
  @state() private layer: Layer = 'points';
  @state() private decoded: Picture | null = null;
  /** The cross-hair, 0…1 from the left and from the top. */
  @state() private place: readonly [number, number] = [0.5, 0.5];
  private tiles: Float32Array | null = null;
  private decoding = false;
  private again = false;
  @query('canvas') private canvas!: HTMLCanvasElement;
  private readonly resized = new ResizeObserver(() => this.draw());
  private readonly redraw = () => this.draw();

  static override styles = [
    controls,
    keyStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .both {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(84px, 128px);
        gap: 16px;
        align-items: start;
      }
      .frame {
        position: relative;
        touch-action: none;
        cursor: crosshair;
      }
      canvas {
        display: block;
        width: 100%;
        aspect-ratio: 1;
        border: 1px solid var(--hairline);
        border-radius: 3px;
      }
      .cross {
        position: absolute;
        width: 18px;
        height: 18px;
        margin: -9px 0 0 -9px;
        border: 2px solid var(--ink);
        outline: 2px solid var(--paper);
        border-radius: 50%;
        pointer-events: none;
        left: var(--x);
        top: var(--y);
      }
      .tools {
        margin-left: auto;
      }
      .tools button {
        font-size: 0.8rem;
        min-height: 26px;
        padding: 2px 4px;
        color: var(--ink-soft);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener(THEME_EVENT, this.redraw);
    if (this.hasUpdated && this.canvas) this.resized.observe(this.canvas);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    window.removeEventListener(THEME_EVENT, this.redraw);
  }

  protected override firstUpdated(): void {
    if (this.canvas) this.resized.observe(this.canvas);
  }

  private get flat() {
    return this.coding.coders.find(({ latent, variational }) => latent === 2 && !variational);
  }

  protected override willUpdate(): void {
    this.refresh(this.layer, () => this.fetchMap());
  }

  private async fetchMap(): Promise<void> {
    const { flat, coding } = this;
    if (!flat || !coding.held) return;
    const { codes } = await flat.coder.encode(coding.held.pixels);
    const window = windowOf(codes);
    if (this.layer !== 'points') {
      const places = Array.from({ length: GRID * GRID }, (_, i) => [(i % GRID) + 0.5, Math.floor(i / GRID) + 0.5]);
      const wanted = places.flatMap(([across, down]) => codeAt(window, across / GRID, down / GRID));
      this.tiles = await flat.coder.decode(Float32Array.from(wanted));
    } else this.tiles = null;
    [this.codes, this.window] = [codes, window];
    await this.decode();
  }

  /** Decodes the cross-hair's code; while one is under way, only the newest counts. */
  private async decode(): Promise<void> {
    if (this.decoding) {
      this.again = true;
      return;
    }
    this.decoding = true;
    try {
      do {
        this.again = false;
        const { flat } = this;
        if (!flat) return;
        const image = await flat.coder.decode(Float32Array.from(codeAt(this.window, ...this.place)));
        this.decoded = this.picture(image, 0);
      } while (this.again);
    } catch (error) {
      this.coding.report('inside', error);
    } finally {
      this.decoding = false;
    }
  }

  private move(place: readonly [number, number]): void {
    const clamp = (value: number) => Math.min(Math.max(value, 0), 1);
    this.place = [clamp(place[0]), clamp(place[1])];
    void this.decode();
  }

  private drag(event: PointerEvent): void {
    if (event.type === 'pointermove' && event.buttons === 0) return;
    const frame = event.currentTarget as HTMLElement;
    if (event.type === 'pointerdown') frame.setPointerCapture(event.pointerId);
    const box = frame.getBoundingClientRect();
    this.move([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  }

  private key(event: KeyboardEvent): void {
    const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const size = event.shiftKey ? 4 * STEP : STEP;
    this.move([this.place[0] + step[0] * size, this.place[1] + step[1] * size]);
  }

  protected override updated(): void {
    this.draw();
  }

  private draw(): void {
    const { canvas, codes, coding } = this;
    const context = canvas?.getContext('2d');
    const side = canvas?.clientWidth ?? 0;
    if (!context || side === 0 || !coding.dataset || !coding.held) return;
    const density = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(side * density)) canvas.width = canvas.height = Math.round(side * density);
    context.setTransform(density, 0, 0, density, 0, 0);
    context.fillStyle = resolveColor(this, '--paper-raised');
    context.fillRect(0, 0, side, side);
    if (this.tiles) this.drawTiles(context, side);
    if (this.layer === 'images') return;
    const places = Array.from({ length: codes.length / 2 }, (_, i) => {
      const [x, y] = placeOf(this.window, [codes[2 * i], codes[2 * i + 1]]);
      // Those beyond the window stand at its rim.
      const rim = (value: number) => Math.min(Math.max(value * side, 6), side - 6);
      return [rim(x), rim(y)] as const;
    });
    drawMarks(context, places, coding.held.labels, coding.dataset.info.classes, resolveColor(this, '--paper-raised'));
  }

  private drawTiles(context: CanvasRenderingContext2D, side: number): void {
    const tile = document.createElement('canvas');
    const size = side / GRID;
    context.imageSmoothingEnabled = false;
    context.globalAlpha = this.layer === 'both' ? 0.55 : 1;
    for (let i = 0; i < GRID * GRID; i++) {
      paint(tile, this.picture(this.tiles!, i));
      context.drawImage(tile, (i % GRID) * size, Math.floor(i / GRID) * size, size, size);
    }
    context.globalAlpha = 1;
  }

  private saveCsv(): void {
    const { codes, coding } = this;
    const rows = Array.from({ length: codes.length / 2 }, (_, i) => [
      i,
      coding.className(coding.held!.labels[i]),
      codes[2 * i],
      codes[2 * i + 1],
    ]);
    save('latent-map.csv', new Blob([toCsv(['held-out image', 'class', 'h1', 'h2'], rows)], { type: 'text/csv' }));
  }

  protected override render() {
    const { coding } = this;
    const classes = coding.dataset?.info.classes ?? [];
    const [x, y] = codeAt(this.window, ...this.place);
    return html`<section class="stack" aria-label="Map of the two-number code">
      <div class="row">
        <h3>The plane of two numbers</h3>
        <span class="tools">
          <button
            class="plain"
            aria-label="Map of the code: save as PNG"
            @click=${() => this.canvas.toBlob((blob) => blob && save('latent-map.png', blob))}
          >
            PNG
          </button>
          <button class="plain" aria-label="Map of the code: save as CSV" @click=${this.saveCsv}>CSV</button>
        </span>
      </div>
      ${segmented<Layer>({
        label: 'Show',
        value: this.layer,
        options: [
          ['points', 'Codes of images'],
          ['images', 'Images of codes'],
          ['both', 'Both'],
        ],
        onChange: (layer) => (this.layer = layer),
      })}
      <div class="both">
        <div
          class="frame"
          role="application"
          tabindex="0"
          aria-label="Map of the two-number code. Drag, or use the arrow keys, to decode another place."
          @pointerdown=${this.drag}
          @pointermove=${this.drag}
          @keydown=${this.key}
        >
          <canvas aria-hidden="true"></canvas>
          <div class="cross" ${styles({ '--x': `${this.place[0] * 100}%`, '--y': `${this.place[1] * 100}%` })}></div>
        </div>
        <figure>
          <vt-picture .picture=${this.decoded} label="Decoded from the cross-hair’s code"></vt-picture>
          <figcaption class="soft number" aria-live="polite">h = (${brief(x)}, ${brief(y)})</figcaption>
        </figure>
      </div>
      ${classKey(classes)}
    </section>`;
  }
}
