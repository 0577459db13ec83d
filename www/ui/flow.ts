/**
 * A diagram: boxes, what is in them now, and the ways between them. It has two layouts, one for where there is room and one for phones,
 * so that its text is never smaller than the page's.
 */
import { css, html, LitElement, svg } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { paint, type Picture } from './paint.ts';
import { styles } from './styles.ts';
import { controls } from './theme.ts';

export type Place = readonly [x: number, y: number, width: number, height: number];

export interface Way {
  id: string;
  /** Of an SVG path. */
  path: string;
  /** Taken by gradients, or for comparison only: dashed. */
  back?: boolean;
}

export interface Layout {
  size: readonly [width: number, height: number];
  places: Readonly<Record<string, Place>>;
  ways: readonly Way[];
}

/** What a box shows: a drawing, if any, above lines of text. */
export interface Content {
  lines: readonly string[];
  tone?: 'blue' | 'orange' | 'violet';
  /** All lines are of one size; else the first stands out. */
  even?: boolean;
  picture?: Picture | null;
  /** Numbers as bars about a middle line. */
  bars?: ArrayLike<number>;
  /** Sides of the images that pass through, in pixels. */
  sides?: readonly number[];
}

/** Below this width the narrow layout is taken. */
const NARROW = 430;
const LINE = 16;
/** Height of a drawing of bars or sides. */
const ART = 30;
const MOST_BARS = 16;
/** A bar of this value is as long as any. */
const LONGEST_BAR = 2.5;

@customElement('vt-flow')
export class Flow extends LitElement {
  @property({ attribute: false }) wide!: Layout;
  @property({ attribute: false }) narrow!: Layout;
  @property({ attribute: false }) contents: Readonly<Record<string, Content>> = {};
  /** Boxes and ways that are spoken of just now. */
  @property({ attribute: false }) lit: ReadonlySet<string> = new Set();
  @property() label = '';
  @state() private isNarrow = false;
  private readonly resized = new ResizeObserver(([entry]) => (this.isNarrow = entry!.contentRect.width < NARROW));

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        position: relative;
      }
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      rect.box {
        fill: var(--paper-raised);
        stroke: var(--outline);
        rx: 5px;
      }
      .blue rect.box {
        stroke: var(--blue);
      }
      .orange rect.box {
        stroke: var(--orange);
      }
      .violet rect.box {
        stroke: var(--violet);
      }
      text {
        font: 15px var(--font);
        fill: var(--ink);
        text-anchor: middle;
      }
      text.small {
        font-size: 13px;
        fill: var(--ink-soft);
      }
      path {
        fill: none;
        stroke: var(--outline);
        stroke-width: 1.3;
      }
      path.back {
        stroke-dasharray: 4 3;
      }
      .side {
        fill: none;
        stroke: var(--ink-soft);
      }
      .up {
        fill: var(--orange);
      }
      .down {
        fill: var(--blue);
      }
      .lit rect.box {
        fill: var(--ink);
        stroke: var(--ink);
      }
      .lit text {
        fill: var(--paper);
      }
      .lit .side {
        stroke: var(--paper);
      }
      path.lit {
        stroke: var(--ink);
        stroke-width: 3;
      }
      marker path {
        fill: var(--outline);
        stroke: none;
      }
      canvas {
        position: absolute;
        image-rendering: pixelated;
        border-radius: 2px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  private get layout(): Layout {
    return this.isNarrow ? this.narrow : this.wide;
  }

  private get pictures(): [Place, Content, Picture][] {
    return Object.entries(this.layout.places).flatMap(([id, place]) => {
      const content = this.contents[id];
      return content?.picture ? [[place, content, content.picture] as [Place, Content, Picture]] : [];
    });
  }

  protected override updated(): void {
    const canvases = this.renderRoot.querySelectorAll('canvas');
    this.pictures.forEach(([, , picture], i) => paint(canvases[i]!, picture));
  }

  private drawing([x, y, width]: Place, { bars, sides }: Content) {
    const middle = y + 8 + ART / 2;
    if (sides) {
      const most = Math.max(...sides);
      const drawn = sides.map((side) => Math.max((side / most) * ART, 5));
      let left = x + (width - drawn.reduce((a, b) => a + b, 0) - 5 * (drawn.length - 1)) / 2;
      return drawn.map((side) => {
        const at = left;
        left += side + 5;
        return svg`<rect class="side" x=${at} y=${middle - side / 2} width=${side} height=${side} />`;
      });
    }
    if (!bars) return null;
    const count = Math.min(bars.length, MOST_BARS);
    const step = Math.min((width - 16) / count, 18);
    const left = x + (width - step * count) / 2;
    return svg`${Array.from({ length: count }, (_, i) => {
      const share = Math.min(Math.max(bars[i]! / LONGEST_BAR, -1), 1);
      const long = Math.max((Math.abs(share) * ART) / 2, 0.5);
      return svg`<rect
        class=${share > 0 ? 'up' : 'down'}
        x=${left + i * step}
        y=${share > 0 ? middle - long : middle}
        width=${step * 0.8}
        height=${long}
      />`;
    })}<path d="M${left} ${middle}h${step * count}" />`;
  }

  private box(id: string, place: Place) {
    const content = this.contents[id];
    if (!content) return null;
    const [x, y, width, height] = place;
    const { lines, tone = '', even } = content;
    return svg`<g class="${tone} ${this.lit.has(id) ? 'lit' : ''}">
      <rect class="box" x=${x} y=${y} width=${width} height=${height} />
      ${this.drawing(place, content)}
      ${lines.map(
        (line, i) =>
          svg`<text
            class=${even || i === 0 ? '' : 'small'}
            x=${x + width / 2}
            y=${y + height - 9 - LINE * (lines.length - 1 - i)}
          >${line}</text>`,
      )}
    </g>`;
  }

  /** Above the lines, as large as fits. */
  private canvas([x, y, width, height]: Place, { lines }: Content, picture: Picture) {
    const [whole, tall] = this.layout.size;
    const room = [width - 12, height - 16 - LINE * lines.length] as const;
    const scale = Math.min(room[0] / picture.width, room[1] / picture.height);
    const percent = (value: number, of: number) => `${(100 * value) / of}%`;
    return html`<canvas
      aria-hidden="true"
      ${styles({
        left: percent(x + (width - picture.width * scale) / 2, whole),
        top: percent(y + 7, tall),
        width: percent(picture.width * scale, whole),
        height: percent(picture.height * scale, tall),
      })}
    ></canvas>`;
  }

  protected override render() {
    const { size, places, ways } = this.layout;
    return html`<svg viewBox="0 0 ${size[0]} ${size[1]}" role="img" aria-label=${this.label}>
        <defs>
          <marker
            id="tip"
            viewBox="0 0 8 8"
            refX="6"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0L8 4L0 8z" />
          </marker>
        </defs>
        ${ways.map(
          ({ id, path, back }) =>
            svg`<path class="${back ? 'back' : ''} ${this.lit.has(id) ? 'lit' : ''}" d=${path} marker-end="url(#tip)" />`,
        )}
        ${Object.entries(places).map(([id, place]) => this.box(id, place))}
      </svg>
      ${this.pictures.map(([place, content, picture]) => this.canvas(place, content, picture))}`;
  }
}
