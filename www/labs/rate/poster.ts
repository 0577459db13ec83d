/** The lab before it starts: two maps under letters, and marks from one to five. */
import { html, svg, type TemplateResult } from 'lit';
import { sheet } from '../../ui/poster.ts';

const CELLS = 10;
const SIZE = 12;
const MARKS = [
  { title: 'coherence', a: 2, b: 5 },
  { title: 'completeness', a: 3, b: 4 },
  { title: 'precision', a: 4, b: 2 },
];

const distance = (column: number, row: number): number => Math.hypot(column - 4.5, row - 5);
const scattered = (column: number, row: number): number =>
  distance(column, row) < 4.5 ? (((column * 31 + row * 17 + 5) % 23) / 23) ** 2 : 0.04;
const smooth = (column: number, row: number): number => Math.exp(-(distance(column, row) ** 2) / 10);

const lettered = (x: number, letter: string, level: (column: number, row: number) => number) =>
  svg`${sheet('violet', x, 28, CELLS, SIZE, level)}<text x=${x + 10} y="20">${letter}</text>`;

const marks = (x: number, y: number, chosen: number) =>
  [1, 2, 3, 4, 5].map(
    (mark) =>
      svg`<circle cx=${x + mark * 16} cy=${y} r="5" fill=${mark === chosen ? 'var(--ink)' : 'none'} stroke="var(--outline)" />`,
  );

export function ratePoster(): TemplateResult {
  return html`<svg
    viewBox="0 0 560 176"
    role="img"
    aria-label="Two maps, A scattered and B smooth, with marks from one to five for three criteria"
  >
    ${lettered(4, 'A', scattered)} ${lettered(146, 'B', smooth)}
    <text x="388" y="36">A</text>
    <text x="496" y="36">B</text>
    ${MARKS.map(
      ({ title, a, b }, i) =>
        svg`<text x="350" y=${72 + i * 32}>${title}</text>${marks(350, 68 + i * 32, a)}${marks(458, 68 + i * 32, b)}`,
    )}
  </svg>`;
}
