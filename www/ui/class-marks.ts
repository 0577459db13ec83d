/** Classes on a map: a letter or digit for each point, and the key to them. */
import { css, html, type TemplateResult } from 'lit';
import { colourOf, glyphs } from './scatter.ts';
import { styles } from './styles.ts';

/** Draws the mark of each point; `places` are pixels, `edge` is the colour around a mark. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  places: readonly (readonly [number, number])[],
  labels: ArrayLike<number>,
  classes: readonly string[],
  edge: string,
): void {
  const names = glyphs(classes);
  const isDark = lightness(edge) < 0.5;
  context.font = '600 12px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 3;
  context.strokeStyle = edge;
  places.forEach(([x, y], i) => {
    const label = labels[i]!;
    context.strokeText(names[label] ?? '', x, y);
    context.fillStyle = colourOf(label, isDark);
    context.fillText(names[label] ?? '', x, y);
  });
}

/** 0…1, of a colour as the browser computes it: `rgb(…)`. */
function lightness(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}

export function classKey(classes: readonly string[]): TemplateResult {
  const names = glyphs(classes);
  return html`<div class="key" role="list" aria-label="Classes">
    ${classes.map(
      (name, i) =>
        html`<span role="listitem"
          ><b ${styles({ '--colour': `light-dark(${colourOf(i)}, ${colourOf(i, true)})` })}>${names[i]}</b>
          ${names[i] === name ? '' : name}</span
        >`,
    )}
  </div>`;
}

export const keyStyles = css`
  .key {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
    font-size: 0.8rem;
    color: var(--ink-soft);
  }
  .key b {
    color: var(--ink);
    border-bottom: 3px solid var(--colour);
  }
`;
