/** How the network hangs together: the chosen image, its code with error bars, what comes back, and the two parts of the loss. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../../ui/flow.ts';
import type { Content, Layout } from '../../ui/flow.ts';
import { brief } from '../../ui/format.ts';
import { photograph } from '../../ui/paint.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';

const WIDE: Layout = {
  size: [570, 166],
  places: {
    image: [8, 6, 84, 86],
    encoder: [116, 27, 88, 44],
    code: [228, 6, 104, 86],
    decoder: [356, 27, 88, 44],
    back: [468, 6, 94, 86],
    divergence: [228, 112, 104, 44],
    error: [456, 112, 106, 44],
  },
  ways: [
    { id: 'image-encoder', path: 'M92 49H116' },
    { id: 'encoder-code', path: 'M204 49H228' },
    { id: 'code-decoder', path: 'M332 49H356' },
    { id: 'decoder-back', path: 'M444 49H468' },
    { id: 'code-divergence', path: 'M280 92V112' },
    { id: 'back-error', path: 'M515 92V112' },
    { id: 'image-error', path: 'M50 92V162H440V140H456', back: true },
  ],
};

const NARROW: Layout = {
  size: [356, 272],
  places: {
    image: [12, 6, 90, 86],
    encoder: [132, 27, 90, 44],
    code: [252, 6, 100, 86],
    decoder: [132, 137, 90, 44],
    back: [12, 116, 90, 86],
    divergence: [252, 140, 100, 44],
    error: [12, 222, 106, 44],
  },
  ways: [
    { id: 'image-encoder', path: 'M102 49H132' },
    { id: 'encoder-code', path: 'M222 49H252' },
    { id: 'code-decoder', path: 'M268 92L214 137' },
    { id: 'decoder-back', path: 'M132 159H102' },
    { id: 'code-divergence', path: 'M310 92V140' },
    { id: 'back-error', path: 'M57 202V222' },
    { id: 'image-error', path: 'M12 49H4V244H12', back: true },
  ],
};

@customElement('vt-vae-diagram')
export class Diagram extends Panel {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
    `,
  ];

  protected override render() {
    const { pupil, live, settings } = this.trial;
    if (!pupil?.look || !live) return null;
    const { shape } = this;
    const size = shape.reduce((a, b) => a * b, 1);
    const at = Math.min(settings.image, live.images.length / size - 1);
    const part = (images: Float32Array) => photograph(images.subarray(at * size, (at + 1) * size), shape);
    const { last, look, beta } = pupil;
    const [error, divergence] = [last?.reconstruction, last?.penalty].map((value) => (value === undefined ? '–' : brief(value)));
    const contents: Record<string, Content> = {
      image: { lines: ['image x'], tone: 'blue', picture: part(live.images) },
      encoder: { lines: ['encoder', `${size} → ${settings.latent}`] },
      code: { lines: ['z = μ + σ·ε', 'μ, here'], bars: look.code },
      decoder: { lines: ['decoder', `${settings.latent} → ${size}`] },
      back: { lines: ['back again'], tone: 'orange', picture: part(look.reconstructions) },
      divergence: { lines: [`KL ${divergence}`, `times β = ${brief(beta)}`], tone: 'violet' },
      error: { lines: [error!, 'reconstruction'] },
    };
    return html`<vt-flow
      .wide=${WIDE}
      .narrow=${NARROW}
      .contents=${contents}
      label="The encoder turns an image into ${settings.latent} means and error bars; a code is drawn from them, and the decoder makes an image of it. The loss is the reconstruction, ${error}, and β = ${brief(beta)} times the divergence from the prior, ${divergence}."
    ></vt-flow>`;
  }
}
