/** The lab before it starts: noise, and what becomes of it. */
import { html, svg, type TemplateResult } from 'lit';
import { sheet } from '../../ui/poster.ts';

/** A 3, seven cells by seven. */
const THREE = ['0111110', '0000011', '0000011', '0011110', '0000011', '0000011', '0111110'];
/** Something like noise, the same always. */
const noise = (column: number, row: number): number => ((column * 37 + row * 59 + column * row * 13) % 17) / 17;
const digit = (column: number, row: number): number => (THREE[row]![column] === '1' ? 0.95 : 0.04);

export function imageGanPoster(): TemplateResult {
  const stages = [0, 0.35, 0.7, 1];
  return html`<svg
    viewBox="0 0 560 176"
    role="img"
    aria-label="The same noise, becoming a digit in four stages; a discriminator that asks: real?"
  >
    ${stages.map(
      (
        share,
        i,
      ) => svg`${sheet('ink', 20 + i * 116, 46, 7, 12, (column, row) => (1 - share) * noise(column, row) + share * digit(column, row))}
        <path class="arrow" d="M${109 + i * 116} 88h22" />`,
    )}
    <rect class="ground" x="488" y="66" width="52" height="44" rx="5" />
    <text x="518" y="92">D</text>
    <text x="104" y="150">noise</text>
    <text x="452" y="150">step 500</text>
  </svg>`;
}
