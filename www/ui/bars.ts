/** Class probabilities as bars: blue, the likeliest marked, the true one ticked. */
import { css, html, type TemplateResult } from 'lit';
import { percent } from './format.ts';
import { styles } from './styles.ts';

export function probabilityBars(probabilities: Float32Array, classes: readonly string[], truth: number | null): TemplateResult {
  const best = probabilities.indexOf(Math.max(...probabilities));
  return html`<ul class="bars" aria-label="Probability of each class">
    ${classes.map((name, i) => {
      const mark = i === truth ? '✓' : i === best ? '✗' : '';
      return html`<li class=${i === best ? 'best' : ''}>
        <span class="name">${name}</span>
        <span class="track"><span class="bar" ${styles({ width: `${(probabilities[i] ?? 0) * 100}%` })}></span></span>
        <span class="value">${percent(probabilities[i] ?? 0)}</span>
        <span class="mark" title=${i === truth ? 'the truth' : ''}>${truth === null ? '' : mark}</span>
      </li>`;
    })}
  </ul>`;
}

export const barStyles = css`
  .bars {
    list-style: none;
    display: grid;
    gap: 2px;
    font-size: 0.8rem;
  }
  .bars li {
    display: grid;
    grid-template-columns: minmax(16px, auto) minmax(40px, 1fr) 58px 14px;
    gap: 8px;
    align-items: center;
    line-height: 1.4;
  }
  .bars .name {
    max-width: 92px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .bars .track {
    height: 9px;
    background: var(--paper-sunken);
  }
  .bars .bar {
    display: block;
    height: 100%;
    background: var(--blue);
  }
  .bars .value {
    text-align: right;
    white-space: nowrap;
    color: var(--ink-soft);
    font-variant-numeric: tabular-nums;
  }
  .bars .best .name,
  .bars .best .value {
    font-weight: 600;
    color: var(--ink);
  }
`;
