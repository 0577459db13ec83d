/** The lab before it starts: a map against the object, and bars with intervals. */
import { html, svg, type TemplateResult } from 'lit';

const CELLS = 12;
const SIZE = 11;
const BARS = [
  { title: 'Grad-CAM', mean: 0.86, half: 0.05 },
  { title: 'integrated gradients', mean: 0.71, half: 0.06 },
  { title: 'saliency', mean: 0.64, half: 0.08 },
];
const WIDTH = 190;

const blob = (column: number, row: number): number => Math.exp(-((column - 6.6) ** 2 + (row - 5.6) ** 2) / 9);

export function measurePoster(): TemplateResult {
  const side = CELLS * SIZE;
  const all = Array.from({ length: CELLS * CELLS }, (_, i) => [i % CELLS, Math.floor(i / CELLS)]);
  return html`<svg
    viewBox="0 0 560 176"
    role="img"
    aria-label="A map with the outline of the object over it, and three bars with confidence intervals"
  >
    <g class="violet" transform="translate(6 20)">
      <rect class="ground" x="-0.5" y="-0.5" width=${side + 1} height=${side + 1} />
      ${all.map(
        ([column, row]) =>
          svg`<rect x=${column * SIZE} y=${row * SIZE} width=${SIZE + 0.2} height=${SIZE + 0.2} fill="var(--tone)" fill-opacity=${blob(column, row).toFixed(2)} />`,
      )}
      <rect x=${4 * SIZE} y=${4 * SIZE} width=${4 * SIZE} height=${4 * SIZE} fill="none" stroke="var(--ink)" stroke-width="2" />
    </g>
    <path class="arrow" d="M152 88h26" />
    ${BARS.map(({ title, mean, half }, i) => {
      const y = 52 + i * 40;
      const [low, high] = [mean - half, mean + half].map((value) => 330 + value * WIDTH);
      return svg`<text x="320" y=${y + 4}>${title}</text>
        <rect class="violet" x="330" y=${y - 8} width=${mean * WIDTH} height="16" fill="var(--violet)" fill-opacity="0.45" />
        <path d="M${low} ${y}H${high}M${low} ${y - 5}v10M${high} ${y - 5}v10" stroke="var(--ink)" fill="none" stroke-width="1.5" />`;
    })}
  </svg>`;
}
