/** Watch: the diagram, single steps and slow motion, the board and what it shows. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { check, problemNote, segmented } from '../../ui/fields.ts';
import { brief } from '../../ui/format.ts';
import { controls } from '../../ui/theme.ts';
import './board.ts';
import './diagram.ts';
import type { Look } from './game.ts';
import { SUB_STEPS } from './iteration.ts';
import { lessonOf, spreadOf } from './lesson.ts';
import { Panel } from './panel.ts';
import { isProbability, meanLength } from './theory.ts';

const SECONDS = 2.5;

@customElement('vt-gan-watch')
export class Watch extends Panel {
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 18px;
        align-content: start;
      }
      .slow {
        border-left: 3px solid var(--ink);
        padding-left: 12px;
        display: grid;
        gap: 6px;
        min-height: 8.5em;
        align-content: start;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        font-size: 0.87rem;
        color: var(--ink-soft);
      }
      .legend b {
        font-weight: 400;
      }
      .real b {
        color: var(--blue);
      }
      .fake b {
        color: var(--orange);
      }
      .ramp {
        display: inline-block;
        width: 74px;
        height: 10px;
        margin: 0 4px;
        border: 1px solid var(--hairline);
        background: linear-gradient(to right, var(--orange), var(--paper), var(--blue));
      }
      .lesson {
        border-left: 3px solid var(--orange);
        padding: 2px 0 2px 12px;
      }
    `,
  ];

  private steps() {
    const { game } = this;
    const idle = !game.playing && !game.busy && !game.walking && !game.run.blocked;
    return html`<div class="row" role="group" aria-label="Single steps">
      <button ?disabled=${!idle} @click=${() => game.stepOf('discriminator')}>Step D</button>
      <button ?disabled=${!idle} @click=${() => game.stepOf('generator')}>Step G</button>
      <button ?disabled=${!idle} @click=${() => game.walk()}>${game.stage === null ? 'Slow motion' : 'Next sub-step'}</button>
      ${
        game.stage === null
          ? null
          : html`<button ?disabled=${!idle || game.stage === 0 || SUB_STEPS[game.stage].learns} @click=${() => game.walk(-1)}>
                Back
              </button>
              ${
                game.walking
                  ? html`<button @click=${() => game.halt()}>Pause the walk</button>`
                  : html`<button ?disabled=${!idle} @click=${() => game.walkOn(SECONDS)}>Walk by itself</button>`
              }
              <button class="plain" @click=${() => game.leave()}>Leave slow motion</button>`
      }
    </div>`;
  }

  private slow() {
    const { subStep, stage } = this.game;
    if (!subStep || stage === null) return null;
    return html`<div class="slow" role="status">
      <h3>${stage + 1} of ${SUB_STEPS.length}: ${subStep.title}</h3>
      <p class="soft">${subStep.network === 'discriminator' ? 'D’s turn; G is held still.' : 'G’s turn; D is held still.'}</p>
      <p>${subStep.text}</p>
      ${this.numbers()}
    </div>`;
  }

  /** What the last update changed. */
  private numbers() {
    const { before, look, subStep, reading } = this.game;
    if (!subStep?.learns || !before || !look) {
      const isLoss = subStep?.parts.includes('d-loss') || subStep?.parts.includes('g-loss');
      if (!isLoss || !reading) return null;
      const { real, fake, generator } = reading.terms;
      return html`<p class="number">
        ${
          subStep?.network === 'discriminator'
            ? `Real points cost it ${brief(real)}, fakes ${brief(fake)}.`
            : `It costs G ${brief(generator)}; an arrow is ${brief(this.arrowLength())} long on average.`
        }
      </p>`;
    }
    const mean = ({ view }: Look, of: 'realScore' | 'fakeScore') => view[of].reduce((a, b) => a + b, 0) / view[of].length;
    const change = (of: 'realScore' | 'fakeScore') => `${brief(mean(before, of))} → ${brief(mean(look, of))}`;
    return html`<p class="number">
      Mean score of fakes
      ${change('fakeScore')}${subStep.network === 'discriminator' ? `, of real points ${change('realScore')}` : ''}.
    </p>`;
  }

  /** What is to be learnt from the board just now. */
  private lesson() {
    const { reading, metrics, settings, live, look } = this.game;
    if (!reading || !live || !look) return null;
    const { dims } = live.frame;
    const spread = spreadOf(look.view.fake, dims) / spreadOf(look.view.real, dims);
    const lesson = lessonOf({ loss: settings.loss, metrics, coverage: reading.coverage, spread });
    return html`<div class="lesson" role="status">
      <h3>${lesson.title}</h3>
      <p>${lesson.text}</p>
    </div>`;
  }

  private arrowLength(): number {
    const { look, live } = this.game;
    return look && live ? meanLength(look.view.arrow, live.frame.dims) : 0;
  }

  private legend() {
    const { settings, live } = this.game;
    const [low, high] = isProbability(settings.loss) || settings.loss === 'least-squares' ? ['0', '1'] : ['low', 'high'];
    return html`<p class="legend">
      <span class="real"><b aria-hidden="true">●</b> real</span>
      <span class="fake"><b aria-hidden="true">◆</b> generated</span>
      ${
        live?.frame.dims === 1
          ? html`<span>solid: D(x), dashed: best D</span>`
          : html`<span class="number"
              >score ${low}<span class="ramp" role="img" aria-label="from orange over paper to blue"></span>${high}</span
            >`
      }
      <span class="number">arrows: ${brief(this.arrowLength())} long on average</span>
    </p>`;
  }

  private shown() {
    const { settings, live } = this.game;
    const isPlane = live?.frame.dims !== 1;
    return html`<div class="stack" role="group" aria-label="What the board shows">
      ${segmented({
        label: isPlane ? 'Ground' : 'Curves',
        value: settings.ground,
        options: [
          ['d', 'D(x)'],
          ['best', isPlane ? 'the best D' : 'D(x) and the best D'],
          ['none', 'none'],
        ],
        onChange: (ground) => this.set({ ground }),
      })}
      <div class="row">
        ${check({ label: 'real', value: settings.real, onChange: (real) => this.set({ real }) })}
        ${check({ label: 'generated', value: settings.fake, onChange: (fake) => this.set({ fake }) })}
        ${check({ label: 'arrows', value: settings.arrows, onChange: (arrows) => this.set({ arrows }) })}
        ${check({
          label: 'latent grid',
          value: settings.grid,
          disabled: !isPlane || settings.latent !== 2,
          onChange: (grid) => this.set({ grid }),
        })}
      </div>
      ${
        settings.grid && isPlane
          ? settings.latent === 2
            ? html`<p class="soft">
                The grid is G’s latent plane, bent by G. Each cell holds as many fakes as any other: where cells are small, fakes
                are dense.
              </p>`
            : html`<p class="soft">The latent grid is for two latent numbers.</p>`
          : null
      }
    </div>`;
  }

  protected override render() {
    const { game, omitted } = this;
    return html`
      ${this.shows('diagram') ? html`<vt-gan-diagram .game=${game} .omitted=${omitted}></vt-gan-diagram>` : null}
      <div>
        ${this.legend()}
        <vt-gan-board .game=${game}></vt-gan-board>
      </div>
      ${this.steps()} ${problemNote(game.problems.training)}
      ${
        game.diverged
          ? html`<div class="row"><button @click=${() => game.retrySlower()}>A tenth of both rates, from the start</button></div>`
          : null
      }
      ${game.stage === null ? this.lesson() : this.slow()} ${this.shown()}
    `;
  }
}
