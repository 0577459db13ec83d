/** The lab before it starts: bars of what a device does, under the line of what it could do. */
import { html, svg, type TemplateResult } from 'lit';

const BARS = [
  { title: 'limit', length: 400, tone: 'ink' },
  { title: 'matrix product', length: 330, tone: 'violet' },
  { title: 'convolution', length: 210, tone: 'violet' },
  { title: 'its gradients', length: 190, tone: 'violet' },
] as const;

export function speedPoster(): TemplateResult {
  return html`<svg
    viewBox="0 0 560 176"
    role="img"
    aria-label="Bars: what a device can do, and what three kinds of work reach of it"
  >
    ${BARS.map(
      ({ title, length, tone }, i) =>
        svg`<g class=${tone}><text x="110" y=${36 + i * 38}>${title}</text><rect x="120" y=${20 + i * 38} width=${length} height="24" fill="var(--tone)" fill-opacity="0.5" /></g>`,
    )}
  </svg>`;
}
