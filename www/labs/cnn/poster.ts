/** The lab before it starts: a digit, the sheets of two layers, ten bars. */
import { svg, html, type TemplateResult } from 'lit';
import { sheet } from '../../ui/poster.ts';

/** A real 3 of the UCI digits, 0…16 per pixel. */
const DIGIT = [
  [0, 0, 7, 15, 13, 1, 0, 0],
  [0, 8, 13, 6, 15, 4, 0, 0],
  [0, 2, 1, 13, 13, 0, 0, 0],
  [0, 0, 2, 15, 11, 1, 0, 0],
  [0, 0, 0, 1, 12, 12, 1, 0],
  [0, 0, 0, 0, 1, 10, 8, 0],
  [0, 0, 8, 4, 5, 14, 9, 0],
  [0, 0, 7, 13, 13, 9, 0, 0],
];

const BARS = [0.02, 0.01, 0.06, 1, 0.01, 0.12, 0.01, 0.03, 0.09, 0.05];

const edge = (x: number, y: number, dx: number, dy: number): number => {
  const at = (column: number, row: number) => DIGIT[row]?.[column] ?? 0;
  return Math.max(0, (at(x + dx, y + dy) - at(x - dx, y - dy)) / 16);
};

export function cnnPoster(): TemplateResult {
  const directions = [
    [1, 0],
    [-1, 1],
    [0, 1],
    [0, -1],
  ];
  return html`<svg
    viewBox="0 0 560 176"
    role="img"
    aria-label="A handwritten 3, the maps of two layers, and ten bars of which the one for 3 is longest"
  >
    ${sheet('ink', 8, 36, 8, 13, (column, row) => DIGIT[row][column] / 16)}
    <path class="arrow" d="M122 88h26" />
    ${directions.map(([dx, dy], i) => sheet('violet', 160 + i * 16, 20 + i * 16, 8, 10, (column, row) => edge(column, row, dx, dy)))}
    <path class="arrow" d="M300 88h26" />
    ${directions.map(([dx, dy], i) =>
      sheet('violet', 338 + i * 12, 42 + i * 12, 4, 13, (column, row) =>
        Math.max(
          edge(column * 2, row * 2, dx, dy),
          edge(column * 2 + 1, row * 2 + 1, dx, dy),
          edge(column * 2 + 1, row * 2, dx, dy),
        ),
      ),
    )}
    <path class="arrow" d="M432 88h14" />
    <g class="blue">
      ${BARS.map((value, i) => svg`<rect x="478" y=${12 + i * 15.5} width=${Math.max(value * 70, 1)} height="9" fill="var(--tone)" />`)}
      ${BARS.map((_, i) => svg`<text x="466" y=${20.5 + i * 15.5}>${i}</text>`)}
    </g>
  </svg>`;
}
