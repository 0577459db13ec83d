/** The lab before it starts: a map against the object, and bars with intervals. */
import { html, svg, type TemplateResult } from 'lit';
import { sheet } from '../../ui/poster.ts';

const CELLS = 12;
const SIZE = 11;
const WIDTH = 190;

/** Pixel ROC-AUC as the lab measures it with its defaults: mean over 30 rooms and 95 % interval. */
const BARS = [
  { title: 'Grad-CAM', mean: 0.97, low: 0.959, high: 0.98 },
  { title: 'saliency', mean: 0.878, low: 0.858, high: 0.899 },
  { title: 'occlusion', mean: 0.704, low: 0.623, high: 0.785 },
];

const blob = (column: number, row: number): number => Math.exp(-((column - 6.6) ** 2 + (row - 5.6) ** 2) / 9);

export function measurePoster(): TemplateResult {
  const x = (value: number) => 330 + value * WIDTH;
  return html`<svg
    viewBox="0 0 560 176"
    role="img"
    aria-label="A map with the outline of the object over it, and three bars with confidence intervals"
  >
    ${sheet('violet', 6, 20, CELLS, SIZE, blob)}
    <rect
      x=${6 + 4 * SIZE}
      y=${20 + 4 * SIZE}
      width=${4 * SIZE}
      height=${4 * SIZE}
      fill="none"
      stroke="var(--ink)"
      stroke-width="2"
    />
    <path class="arrow" d="M152 88h26" />
    ${BARS.map(({ title, mean, low, high }, i) => {
      const y = 52 + i * 40;
      const whisker = `M${x(low)} ${y}H${x(high)}M${x(low)} ${y - 5}v10M${x(high)} ${y - 5}v10`;
      return svg`<text x="320" y=${y + 4}>${title}</text>
        <rect x=${x(0)} y=${y - 8} width=${mean * WIDTH} height="16" fill="var(--violet)" fill-opacity="0.45" />
        <path d=${whisker} stroke="var(--ink)" fill="none" stroke-width="1.5" />`;
    })}
  </svg>`;
}
