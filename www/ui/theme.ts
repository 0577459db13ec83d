/** Style sheets that many elements adopt, and the way from a token to a colour for a canvas. */
import { css, unsafeCSS } from 'lit';
import tokensText from './tokens.css?inline';

/** For the outermost element of a lab. */
export const tokens = unsafeCSS(tokensText);

/** Native controls, set once and adopted by every shadow root that has controls. */
export const controls = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    font: 15px/1.5 var(--font);
    color: var(--ink);
    font-variant-numeric: tabular-nums;
  }
  h2,
  h3,
  p,
  figure,
  ul,
  ol,
  dl {
    margin: 0;
    padding: 0;
  }
  h2 {
    font-size: 1.2rem;
    font-weight: 600;
    letter-spacing: -0.01em;
    line-height: 1.25;
  }
  h3 {
    font-size: 0.95rem;
    font-weight: 600;
    line-height: 1.3;
  }
  p {
    max-width: 68ch;
    text-wrap: pretty;
  }
  .soft {
    color: var(--ink-soft);
    font-size: 0.87rem;
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  button,
  select,
  input,
  textarea {
    font: inherit;
    font-size: 0.9rem;
    color: inherit;
  }
  button,
  select,
  input[type='number'],
  input[type='text'] {
    min-height: 32px;
    border: 1px solid var(--outline);
    border-radius: var(--radius);
    background: var(--paper-raised);
    padding: 3px 10px;
  }
  button {
    cursor: pointer;
    white-space: nowrap;
  }
  button:hover:not(:disabled) {
    background: var(--paper-sunken);
  }
  button:disabled,
  select:disabled,
  input:disabled {
    color: var(--ink-soft);
    border-color: var(--hairline);
    cursor: default;
  }
  button.primary {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--paper);
    font-weight: 600;
  }
  button.primary:hover:not(:disabled) {
    background: var(--ink-soft);
  }
  button.primary:disabled {
    background: var(--hairline);
    border-color: var(--hairline);
    color: var(--ink-soft);
  }
  button.plain {
    border-color: transparent;
    background: none;
    padding: 3px 6px;
  }
  button.plain:hover:not(:disabled) {
    background: var(--paper-sunken);
  }
  button[aria-pressed='true'],
  button[aria-selected='true'] {
    border-color: var(--ink);
    box-shadow: inset 0 0 0 1px var(--ink);
  }
  select {
    padding-right: 4px;
    max-width: 100%;
  }
  input[type='range'] {
    accent-color: var(--ink);
    min-width: 0;
    height: 24px;
    margin: 0;
  }
  input[type='checkbox'],
  input[type='radio'] {
    accent-color: var(--ink);
    width: 16px;
    height: 16px;
    margin: 0;
  }
  :focus-visible {
    outline: 2px solid var(--ink);
    outline-offset: 2px;
  }
  summary {
    cursor: pointer;
    min-height: 28px;
  }
  code {
    font-family: var(--mono);
    font-size: 0.86em;
  }
  a {
    color: inherit;
    text-underline-offset: 2px;
  }
  .field {
    display: grid;
    gap: 3px;
    min-width: 0;
  }
  .field > label,
  .field > .label {
    font-size: 0.87rem;
    color: var(--ink-soft);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .stack {
    display: grid;
    gap: 14px;
    min-width: 0;
  }
  .stack > * {
    min-width: 0;
  }
  .slider {
    display: grid;
    grid-template-columns: minmax(60px, 1fr) 92px;
    gap: 10px;
    align-items: center;
  }
  .slider input[type='number'] {
    width: 100%;
    padding: 3px 6px;
  }
  .problem {
    color: var(--alert);
    font-size: 0.87rem;
    border-left: 2px solid var(--alert);
    padding: 1px 0 1px 8px;
    overflow-wrap: anywhere;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (pointer: coarse) {
    button,
    select,
    input[type='number'] {
      min-height: 40px;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    button,
    summary {
      transition: background-color 120ms;
    }
  }
`;

/** A token's colour as the browser computes it here and now, for canvases, which know no custom properties. */
export function resolveColor(host: Element, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  probe.hidden = true;
  (host.shadowRoot ?? host).append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

/** Fired at the window when a theme was chosen by hand, for canvases that have to be drawn anew. */
export const THEME_EVENT = 'vitrine-theme';
