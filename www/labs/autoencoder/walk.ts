/** From one image to another: on the straight line between their codes, beside the same share of their pixels. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { saveStyles } from '../../ui/save-buttons.ts';
import { sheetButtons } from '../../ui/sheet.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';

const STEPS = 7;
/** Held-out images that may be chosen as ends. */
const ENDS = 14;

@customElement('vt-autoencoder-walk')
export class Walk extends Panel {
  @state() private rows: readonly { title: string; tiles: readonly Tile[] }[] = [];

  static override styles = [
    controls,
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

  private get ends(): [number, number] {
    const { settings, held } = this.coding;
    const last = (held?.labels.length ?? 1) - 1;
    return [Math.min(settings.from, last), Math.min(settings.to, last)];
  }

  protected override willUpdate(): void {
    this.refresh(this.ends.join(' '), () => this.fetchRows());
  }

  private async fetchRows(): Promise<void> {
    const { coding } = this;
    if (!coding.held) return;
    const [from, to] = this.ends;
    const [a, b] = [coding.image(from), coding.image(to)];
    const tiles = (pixels: Float32Array, what: string): Tile[] =>
      Array.from({ length: STEPS }, (_, i) => ({
        picture: this.picture(pixels, i),
        label: `${what}, ${Math.round((100 * i) / (STEPS - 1))} % of the way`,
      }));
    const mixed = new Float32Array(STEPS * a.length);
    for (let i = 0; i < STEPS; i++) a.forEach((value, k) => (mixed[i * a.length + k] = value + ((b[k] - value) * i) / (STEPS - 1)));
    const rows = [{ title: 'Pixels mixed', tiles: tiles(mixed, 'Pixels mixed') }];
    for (const { coder, title } of coding.coders) {
      const { images } = await coder.interpolate(a, b, STEPS);
      rows.push({ title: `Codes mixed: ${title}`, tiles: tiles(images, title) });
    }
    this.rows = rows;
  }

  private end(which: 'from' | 'to', at: number) {
    const { coding } = this;
    const { held } = coding;
    if (!held) return null;
    const tiles = Array.from({ length: Math.min(ENDS, held.labels.length) }, (_, i): Tile => {
      return { picture: this.picture(held.pixels, i), label: `Held-out image ${i}, ${coding.className(held.labels[i])}` };
    });
    const title = which === 'from' ? 'From' : 'To';
    return html`<div class="row-of">
      <span class="soft">${title}</span>
      <vt-images
        label=${title}
        .columns=${STEPS}
        .tiles=${tiles}
        .chosen=${at}
        @choose=${(event: CustomEvent<number>) => void coding.update({ [which]: event.detail })}
      ></vt-images>
    </div>`;
  }

  protected override render() {
    const [from, to] = this.ends;
    return html`${this.end('from', from)}${this.end('to', to)}
      ${this.rows.map(
        ({ title, tiles }) =>
          html`<div class="row-of">
            <span class="soft">${title}</span>
            <vt-images label=${title} .columns=${STEPS} .tiles=${tiles}></vt-images>
          </div>`,
      )}
      ${sheetButtons(this, 'Walk', 'autoencoder-walk', this.rows)}
      <p class="soft">
        Each row goes along the straight line from one end to the other in even steps: from pixels to pixels, or from code to code
        and then through the decoder. Mixed pixels are two images on top of each other. A good code passes through images that could
        be real; a plain autoencoder promises nothing between the codes that it has seen.
      </p>`;
  }
}
