/** The lab before it starts: a ring of real points, fakes on their way to it, arrows. */
import { html, svg, type TemplateResult } from 'lit';

const TURN = Math.PI / 4;
const place = (i: number, radius: number, turn = 0) =>
  [Math.cos(i * TURN + turn) * radius, Math.sin(i * TURN + turn) * radius] as const;

export function ganPoster(): TemplateResult {
  const real = Array.from({ length: 8 }, (_, i) => place(i, 66));
  const fakes = Array.from({ length: 8 }, (_, i) => place(i, 34 + 5 * (i % 3), 0.24));
  const box = (x: number, name: string) => svg`<rect class="ground" x=${x} y="66" width="64" height="44" rx="5" />
    <text x=${x + 36} y="92">${name}</text>`;
  return html`<svg
    viewBox="0 0 560 176"
    role="img"
    aria-label="Noise, a generator, fakes that move towards a ring of real points, a discriminator"
  >
    ${box(6, 'noise')}
    <path class="arrow" d="M74 88h22" />
    ${box(100, 'G')}
    <path class="arrow" d="M168 88h26" />
    <g transform="translate(280 88)">
      <circle r="66" fill="none" stroke="var(--hairline)" />
      ${real.map(([x, y]) => svg`<circle cx=${x} cy=${y} r="6" fill="var(--blue)" />`)}
      ${fakes.map(([x, y], i) => {
        const [toX, toY] = [x + (real[i][0] - x) * 0.6, y + (real[i][1] - y) * 0.6];
        return svg`<path d="M${x} ${y}L${toX} ${toY}" stroke="var(--ink)" />
          <path d="M${x - 6} ${y}l6 -6l6 6l-6 6z" fill="var(--orange)" />`;
      })}
    </g>
    <path class="arrow" d="M364 88h26" />
    ${box(394, 'D')}
    <path class="arrow" d="M462 88h14" />
    <g class="blue">
      <text x="548" y="66">real?</text>
      <rect class="ground" x="484" y="78" width="64" height="14" />
      <rect x="484" y="78" width="32" height="14" fill="var(--tone)" />
      <text x="548" y="110">½</text>
    </g>
  </svg>`;
}
