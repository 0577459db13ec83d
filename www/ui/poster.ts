/** How posters are drawn, in the catalogue and in a lab that has not started. */
import { css, svg } from 'lit';

/** A map of `cells`×`cells` values, 0…1, in cells of `size`, its corner at (`x`, `y`); `tone` is a class of `posterStyles`. */
export function sheet(
  tone: 'ink' | 'violet' | 'blue',
  x: number,
  y: number,
  cells: number,
  size: number,
  level: (column: number, row: number) => number,
) {
  const side = cells * size;
  const all = Array.from({ length: cells * cells }, (_, i) => [i % cells, Math.floor(i / cells)]);
  return svg`<g class=${tone} transform="translate(${x} ${y})">
    <rect class="ground" x="-0.5" y="-0.5" width=${side + 1} height=${side + 1} />
    ${all.map(
      ([column, row]) =>
        svg`<rect x=${column * size} y=${row * size} width=${size + 0.2} height=${size + 0.2} fill="var(--tone)" fill-opacity=${level(column, row).toFixed(2)} />`,
    )}
  </g>`;
}

export const posterStyles = css`
  .poster svg {
    display: block;
    width: 100%;
    height: auto;
  }
  .poster .ink {
    --tone: var(--ink);
  }
  .poster .violet {
    --tone: var(--violet);
  }
  .poster .blue {
    --tone: var(--blue);
  }
  .poster .ground {
    fill: var(--paper);
    stroke: var(--hairline);
  }
  .poster .arrow {
    stroke: var(--outline);
    fill: none;
  }
  .poster text {
    font-size: 10px;
    fill: var(--ink-soft);
    text-anchor: end;
    font-family: var(--font);
  }
`;
