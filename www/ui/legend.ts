/** The colour scale that belongs to a picture, with its numbers. */
import { css, html, unsafeCSS, type TemplateResult } from 'lit';
import { cssColor, magnitude, signed, type Scale } from './colors.ts';
import { brief } from './format.ts';

const gradient = (color: (t: number) => string, from: number) =>
  unsafeCSS(`linear-gradient(to right, ${[0, 1, 2, 3, 4].map((i) => color(from + ((1 - from) * i) / 4)).join(', ')})`);

export function legend(scale: Scale, limit: number): TemplateResult | null {
  if (scale === 'gray') return null;
  return html`<div
    class="legend number"
    role="img"
    aria-label="Colour scale from ${scale === 'signed' ? brief(-limit) : 0} to ${brief(limit)}"
  >
    <span>${scale === 'signed' ? brief(-limit) : '0'}</span>
    <span class="ramp ${scale}"></span>
    <span>${scale === 'signed' ? `+${brief(limit)}` : brief(limit)}</span>
  </div>`;
}

export const legendStyles = css`
  .legend {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    font-size: 0.8rem;
    color: var(--ink-soft);
  }
  .ramp {
    width: 96px;
    height: 10px;
    border: 1px solid var(--hairline);
    border-radius: 2px;
  }
  .ramp.signed {
    background: ${gradient((t) => cssColor(signed(t)), -1)};
  }
  .ramp.magnitude {
    background: ${gradient((t) => cssColor(magnitude(t)), 0)};
  }
`;
