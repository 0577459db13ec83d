/** The lab before it starts: a digit, a narrow waist, and the digit again, a little blurred. */
import { html, svg, type TemplateResult } from 'lit';
import { sheet } from '../../ui/poster.ts';

const CELLS = 12;
const SIZE = 11;

/** A three as the middle of a cell sees it, 0…1; `blur` widens the pen. */
function three(column: number, row: number, blur: number): number {
  const arc = (cx: number, cy: number, radius: number) =>
    column >= cx - 1 ? Math.abs(Math.hypot(column - cx, row - cy) - radius) : Infinity;
  const distance = Math.min(arc(5.2, 3.6, 2.2), arc(5.2, 7.9, 2.3));
  return Math.max(0, Math.min(1, (1.3 + blur - distance) / (0.8 + 1.6 * blur)));
}

export function autoencoderPoster(): TemplateResult {
  const bars = [0.85, 0.3];
  return html`<svg
    viewBox="0 0 560 176"
    role="img"
    aria-label="A handwritten three, squeezed into two numbers, and a softer three drawn from these"
  >
    ${sheet('ink', 24, 12, CELLS, SIZE, (column, row) => three(column, row, 0))}
    <path class="arrow" d="M172 24 L262 68 M172 132 L262 88" />
    ${bars.map(
      (level, i) => svg`<g class="violet"><rect class="ground" x=${268 + i * 16} y="56" width="11" height="44" />
        <rect x=${268 + i * 16} y=${100 - 44 * level} width="11" height=${44 * level} fill="var(--tone)" /></g>`,
    )}
    <path class="arrow" d="M302 68 L392 24 M302 88 L392 132" />
    ${sheet('violet', 404, 12, CELLS, SIZE, (column, row) => three(column, row, 0.8))}
    <text x="156" y="160">image</text>
    <text x="308" y="160">two numbers</text>
    <text x="536" y="160">image again</text>
  </svg>`;
}
