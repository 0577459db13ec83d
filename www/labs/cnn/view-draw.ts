/** Draw a sign and see it scored with every stroke. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import '../../ui/draw-pad.ts';
import { photograph } from '../../ui/paint.ts';
import '../../ui/picture.ts';
import { rasterize, type Stroke } from '../../ui/strokes.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';

@customElement('vt-cnn-view-draw')
export class DrawView extends Panel {
  @state() private pixels: Float32Array | null = null;

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      .pair {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(72px, 1fr);
        gap: 16px;
        align-items: start;
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    void this.inspector.draw(null);
  }

  private take(strokes: readonly Stroke[]): void {
    const [, height, width] = this.session.live?.dataset.info.shape ?? [1, 8, 8];
    this.pixels = strokes.length > 0 ? rasterize(strokes, width, height) : null;
    void this.inspector.draw(this.pixels);
  }

  protected override render() {
    const { live } = this.session;
    if (!live) return null;
    const { classes, shape } = live.dataset.info;
    const hasDigits = classes.length === 10;
    return html`<p>Draw one sign. Above, the network scores it as it grows; beside it is all that the network sees.</p>
      <div class="pair">
        <vt-draw-pad
          ?digits=${hasDigits}
          @draw=${(event: CustomEvent<{ strokes: readonly Stroke[] }>) => this.take(event.detail.strokes)}
        ></vt-draw-pad>
        ${this.pixels ? html`<vt-picture .picture=${photograph(this.pixels, shape)} label="What the network sees"></vt-picture>` : null}
      </div>`;
  }
}
