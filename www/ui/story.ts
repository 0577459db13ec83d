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
                  html`<li>
                    <button aria-pressed=${experiment.id === chosen} @click=${() => run(experiment.id)}>
                      <strong>${experiment.title}</strong><span>${experiment.text}</span>
                    </button>
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
  .experiments button {
    display: grid;
    gap: 2px;
    width: 100%;
    height: 100%;
    align-content: start;
    text-align: left;
    white-space: normal;
    padding: 8px 12px;
    border-color: var(--hairline);
    line-height: 1.4;
  }
  .experiments button span {
    font-size: 0.87rem;
    color: var(--ink-soft);
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
