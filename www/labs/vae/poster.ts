/** The lab before it starts: an image, two numbers with error bars, the image again; one number turned. */
import { html, svg, type TemplateResult } from 'lit';
import { sheet } from '../../ui/poster.ts';

/** A ring whose hole closes as `turn` grows, in 8×8 cells. */
const ring = (turn: number) => (column: number, row: number) => {
  const distance = Math.hypot((column - 3.5) / (0.75 + 0.25 * turn), row - 3.5);
  return Math.exp(-((distance - 2.6 + 1.2 * turn) ** 2) / 0.9);
};

export function vaePoster(): TemplateResult {
  const number = (y: number, at: number) => svg`<path class="arrow" d="M150 ${y}h84" />
    <path d="M${at - 16} ${y}h32M${at - 16} ${y - 5}v10M${at + 16} ${y - 5}v10" stroke="var(--violet)" fill="none" stroke-width="2" />
    <circle cx=${at} cy=${y} r="5" fill="var(--violet)" />`;
  return html`<svg
    viewBox="0 0 560 176"
    role="img"
    aria-label="An image becomes two numbers with error bars and is drawn again; below, one of the numbers turned from low to high changes the image"
  >
    ${sheet('ink', 8, 12, 8, 10, ring(0))}
    <path class="arrow" d="M100 52h34" />
    ${number(36, 180)} ${number(68, 206)}
    <path class="arrow" d="M250 52h34" />
    ${sheet('violet', 300, 12, 8, 10, ring(0.12))}
    ${[0, 1, 2, 3, 4, 5, 6].map((i) => sheet('violet', 8 + i * 78, 110, 8, 7, ring((i - 1) / 5)))}
  </svg>`;
}
