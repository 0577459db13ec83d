/** Before anything is measured: one core that does a few things at once beside a card that does many, when it has been told to. */
import { css, html, svg, type TemplateResult } from 'lit';

/** Numbers that a SIMD unit takes at a time, and the squares that stand for a card's units. */
const LANES = 4;
const UNITS = { columns: 14, rows: 8 };

export function devicesPicture(): TemplateResult {
  return html`<svg
    class="devices"
    viewBox="0 0 360 168"
    role="img"
    aria-label="A CPU core multiplies four numbers at a time, at once. A GPU has many more units, but each task has to be sent to it first."
  >
    <text class="name" x="76" y="18">CPU core</text>
    ${Array.from({ length: LANES }, (_, i) => svg`<rect class="lane" x="36" y=${34 + i * 24} width="80" height="16" />`)}
    <text x="76" y="156">4 at a time, at once</text>
    <text class="name" x="262" y="18">GPU</text>
    <path class="send" d="M128 80h42" marker-end="url(#send)" />
    <text x="147" y="70">send</text>
    ${Array.from({ length: UNITS.columns * UNITS.rows }, (_, i) => {
      const [column, row] = [i % UNITS.columns, Math.floor(i / UNITS.columns)];
      return svg`<rect class="unit" x=${180 + column * 12} y=${33 + row * 12.5} width="9" height="9" />`;
    })}
    <text x="262" y="156">thousands, once sent</text>
    <defs>
      <marker id="send" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse">
        <path class="tip" d="M0 0L8 4L0 8z" />
      </marker>
    </defs>
  </svg>`;
}

export const devicesStyles = css`
  .devices {
    display: block;
    width: 100%;
    max-width: 460px;
    height: auto;
  }
  .devices text {
    font: 13px var(--font);
    fill: var(--ink-soft);
    text-anchor: middle;
  }
  .devices .name {
    font-size: 15px;
    font-weight: 600;
    fill: var(--ink);
  }
  .devices .lane,
  .devices .unit {
    fill: var(--violet);
    fill-opacity: 0.5;
  }
  .devices .send {
    fill: none;
    stroke: var(--outline);
    stroke-width: 1.5;
    stroke-dasharray: 5 4;
  }
  .devices .tip {
    fill: var(--outline);
  }
`;
