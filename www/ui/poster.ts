/** How posters are drawn, in the catalogue and in a lab that has not started. */
import { css } from 'lit';

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
