/** Set up: the network, what is rated, who rates. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { check, problemNote, slider } from '../../ui/fields.ts';
import { controls } from '../../ui/theme.ts';
import { recipeChoice } from '../run/recipe-choice.ts';
import { trainCard } from '../run/train-card.ts';
import { Panel } from './panel.ts';
import { LONGEST_NAME } from './ratings.ts';

const FEWEST = 2;
const MOST = 4;

@customElement('vt-rate-setup')
export class Setup extends Panel {
  @state() private name = '';

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 26px;
        align-content: start;
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        min-width: 0;
        display: grid;
        gap: 6px;
      }
      legend {
        padding: 0;
        font-size: 0.87rem;
        color: var(--ink-soft);
      }
    `,
  ];

  private toggle(id: string, on: boolean): void {
    const { methods } = this.session.settings;
    const chosen = this.study.all.map((method): string => method.id).filter((each) => (each === id ? on : methods.includes(each)));
    void this.session.update({ methods: chosen });
  }

  private what() {
    const { settings } = this.session;
    const count = this.study.methods.length;
    return html`<section class="stack" aria-label="What is rated">
      <h3>What is rated</h3>
      <fieldset>
        <legend>Methods, two to four</legend>
        ${this.study.all.map(({ id, title }) => {
          const value = settings.methods.includes(id);
          return check({
            label: title,
            value,
            disabled: (value && count <= FEWEST) || (!value && count >= MOST),
            onChange: (on) => this.toggle(id, on),
          });
        })}
      </fieldset>
      ${slider({ label: 'Images', value: settings.images, min: 1, max: 20, onChange: (images) => void this.session.update({ images }) })}
      <p class="soft">Another choice is another study, with ratings of its own.</p>
    </section>`;
  }

  private who() {
    const { study, session } = this;
    const name = this.name.trim();
    const ready =
      session.evaluatedAt > 0 && !session.playing && !session.busy && !study.preparing && study.methods.length >= FEWEST;
    return html`<form
      class="stack"
      aria-label="Rater"
      @submit=${(event: Event) => {
        event.preventDefault();
        if (name && ready) void study.begin(name);
      }}
    >
      <h3>Who rates</h3>
      <div class="field">
        <label for="rater">Name or pseudonym</label>
        <input
          id="rater"
          type="text"
          autocomplete="off"
          maxlength=${LONGEST_NAME}
          .value=${this.name}
          @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)}
        />
      </div>
      <div class="row">
        <button type="submit" class=${ready && !study.underWay ? 'primary' : ''} ?disabled=${!ready || !name}>
          ${study.preparing ? 'Drawing the maps …' : 'Begin to rate'}
        </button>
      </div>
      <p class="soft">Ratings stay in this browser. They are kept under this name and go nowhere.</p>
    </form>`;
  }

  protected override render() {
    const { session } = this;
    return html`<section class="stack" aria-label="Network">
        <h3>A network</h3>
        ${recipeChoice(session, (changes) => session.update(changes))} ${trainCard(session, session.settings.epochs)}
      </section>
      ${this.what()} ${this.who()} ${problemNote(session.problems.inside)}`;
  }
}
