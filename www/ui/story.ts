/** The story strip: what there is to learn, and experiments that set everything in one click. */
import { css, html, type TemplateResult } from 'lit';

export interface Experiment {
  id: string;
  title: string;
  text: string;
}

export function story(
  title: string,
  text: string,
  experiments: readonly Experiment[],
  chosen: string,
  run: (id: string) => void,
): TemplateResult {
  return html`<section class="story" aria-label="Introduction">
    <div>
      <h2>${title}</h2>
      <p>${text}</p>
    </div>
    ${
      experiments.length === 0
        ? null
        : html`<div class="experiments">
            <h3>Try this</h3>
            <ul>
              ${experiments.map(
                (experiment) =>
                  html`<li class=${experiment.id === chosen ? 'chosen' : ''}>
                    <button aria-pressed=${experiment.id === chosen} @click=${() => run(experiment.id)}>${experiment.title}</button>
                    <p>${experiment.text}</p>
                  </li>`,
              )}
            </ul>
          </div>`
    }
  </section>`;
}

export const storyStyles = css`
  .story {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 18px;
    padding-bottom: 18px;
  }
  .story h2 {
    font-size: 1.5rem;
    margin-bottom: 6px;
  }
  .experiments h3 {
    color: var(--ink-soft);
    font-weight: 500;
    margin-bottom: 6px;
  }
  .experiments ul {
    list-style: none;
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
    gap: 10px;
  }
  /* The whole card is the button; its text stays outside, so that the button's name is short. */
  .experiments li {
    position: relative;
    border: 1px solid var(--hairline);
    border-radius: var(--radius);
    background: var(--paper-raised);
    padding: 8px 12px;
  }
  .experiments li:hover {
    border-color: var(--outline);
  }
  .experiments li.chosen {
    border-color: var(--ink);
    box-shadow: inset 0 0 0 1px var(--ink);
  }
  .experiments button {
    position: static;
    min-height: 0;
    border: 0;
    padding: 0;
    background: none;
    font-weight: 600;
    white-space: normal;
    text-align: left;
  }
  .experiments button:hover:not(:disabled) {
    background: none;
  }
  .experiments button[aria-pressed='true'] {
    box-shadow: none;
  }
  .experiments button::after {
    content: '';
    position: absolute;
    inset: 0;
    border-radius: var(--radius);
  }
  .experiments button:focus-visible {
    outline: none;
  }
  .experiments button:focus-visible::after {
    outline: 2px solid var(--ink);
    outline-offset: 2px;
  }
  .experiments p {
    font-size: 0.87rem;
    line-height: 1.4;
    color: var(--ink-soft);
  }
  /* Side by side, so that what there is to see begins higher. */
  @container (min-width: 1040px) {
    .story:has(.experiments) {
      grid-template-columns: minmax(0, 340px) minmax(0, 1fr);
      gap: 40px;
    }
  }
  @container (max-width: 700px) {
    .experiments ul {
      display: flex;
      overflow-x: auto;
      padding: 2px;
      scroll-snap-type: x proximity;
    }
    .experiments li {
      flex: 0 0 240px;
      scroll-snap-align: start;
    }
  }
`;
