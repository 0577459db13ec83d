/** The lab before it starts: a room, and the map that three methods draw of it. */
import { html, svg, type TemplateResult } from 'lit';
import { sheet } from '../../ui/poster.ts';

const CELLS = 12;
const SIZE = 11;

/** A cube in the corner of a room, as the middle of a cell sees it: 0 wall, 1 floor, 2 cube. */
function room(column: number, row: number): 0 | 1 | 2 {
  if (column >= 4 && column <= 7 && row >= 5 && row <= 8) return 2;
  return row >= 7 ? 1 : 0;
}

/** The same numbers at every visit: a hash of the cell. */
const noise = (column: number, row: number): number => ((((column + 3) * 7919 + (row + 5) * 104729) % 211) / 211) ** 3;
const onEdge = (column: number, row: number): boolean =>
  [-1, 1].some(
    (step) =>
      (room(column + step, row) === 2) !== (room(column, row) === 2) ||
      (room(column, row + step) === 2) !== (room(column, row) === 2),
  );
const blob = (column: number, row: number): number => Math.exp(-((column - 5.5) ** 2 + (row - 6.5) ** 2) / 9);

const SHADES = [0.12, 0.28, 0.8];

const named = (x: number, title: string, tone: 'ink' | 'violet', level: (column: number, row: number) => number) =>
  svg`${sheet(tone, x, 12, CELLS, SIZE, level)}<text x=${x + CELLS * SIZE} y=${28 + CELLS * SIZE}>${title}</text>`;

export function explainPoster(): TemplateResult {
  return html`<svg
    viewBox="0 0 560 176"
    role="img"
    aria-label="A cube in a room, and three maps of why a network says cube: scattered points, its outline, and one warm spot on it"
  >
    ${named(4, 'image', 'ink', (column, row) => SHADES[room(column, row)])}
    ${named(144, 'saliency', 'violet', (column, row) => Math.min(1, noise(column, row) + (onEdge(column, row) ? 0.35 : 0)))}
    ${named(284, 'integrated gradients', 'violet', (column, row) => (onEdge(column, row) ? 0.55 + noise(column, row) / 2 : noise(column, row) / 6))}
    ${named(424, 'Grad-CAM', 'violet', blob)}
  </svg>`;
}
