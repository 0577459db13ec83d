/** Set up: which network and its training, which images, which question, which methods. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { check, choose } from '../../ui/fields.ts';
import { count, percent } from '../../ui/format.ts';
import '../../ui/images.ts';
import type { Tile } from '../../ui/images.ts';
import { photograph } from '../../ui/paint.ts';
import { controls } from '../../ui/theme.ts';
import { imageOf } from '../run/maps.ts';
import { recipeChoice } from '../run/recipe-choice.ts';
import { trainCard } from '../run/train-card.ts';
import { Panel } from './panel.ts';
import { ANY, ITS_ANSWER, THE_TRUTH, type Settings } from './settings.ts';

const MOST_TILES = 10;

@customElement('vt-explain-setup')
export class Setup extends Panel {
  @state() private recognised: readonly Tile[] = [];
  @state() private misread: readonly Tile[] = [];
  /** The evaluation that the tiles are of. */
  private shown: unknown = null;

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
      .pick input {
        width: 84px;
      }
    `,
  ];

  protected override willUpdate(): void {
    const { evaluation, playing } = this.session;
    if (playing || evaluation === this.shown) return;
    this.shown = evaluation;
    void this.fetchTiles().catch((error: unknown) => this.session.report('inside', error));
  }

  private async fetchTiles(): Promise<void> {
    const { live } = this.session;
    if (!live) return;
    const { shape } = live.dataset.info;
    const size = shape[0] * shape[1] * shape[2];
    const tiles = async (indices: number[], text: (i: number) => string): Promise<Tile[]> => {
      if (indices.length === 0) return [];
      const { pixels } = await live.dataset.images('validation', indices);
      return indices.map((_, i) => ({ picture: photograph(imageOf(pixels, i, size), shape), label: text(i) }));
    };
    const right = this.rightOnes;
    const wrong = this.comparison.mistakes.slice(0, MOST_TILES);
    const labels = this.session.evaluation?.labels ?? [];
    this.recognised = await tiles(right, (i) => `Image ${right[i]}: ${this.classText(labels[right[i]])}`);
    this.misread = await tiles(
      wrong.map(({ index }) => index),
      (i) => {
        const { index, truth, predicted, confidence } = wrong[i];
        return `Image ${index}: ${this.classText(truth)}, taken for ${this.classText(predicted)} with ${percent(confidence)}`;
      },
    );
  }

  private get rightOnes(): number[] {
    return this.comparison.recognised.slice(0, MOST_TILES);
  }

  private network() {
    const { session, comparison } = this;
    const fresh = { image: ANY, mistake: ANY, question: ITS_ANSWER, layer: '' };
    return html`<section class="stack" aria-label="Network">
      <h3>A network</h3>
      ${recipeChoice(session, (changes) => comparison.update({ ...changes, ...fresh }))}
      ${trainCard(session, session.settings.epochs)}
    </section>`;
  }

  private images() {
    const { comparison, session } = this;
    const [chosen, misread] = comparison.subjects;
    const last = (session.live?.dataset.info.validation ?? 1) - 1;
    const go = (image: number) => comparison.update({ image: Math.min(Math.max(image, 0), last) });
    const trained = session.evaluatedAt > 0;
    return html`<section class="stack" aria-label="Images">
      <h3>An image</h3>
      <div class="row pick" role="group" aria-label="Choose a held-out image">
        <button aria-label="Previous image" ?disabled=${!chosen || chosen.index <= 0} @click=${() => go(chosen.index - 1)}>
          ←
        </button>
        <input
          type="number"
          aria-label="Image number"
          min="0"
          max=${last}
          .value=${String(chosen?.index ?? 0)}
          @change=${(event: Event) => go((event.target as HTMLInputElement).valueAsNumber || 0)}
        />
        <button aria-label="Next image" ?disabled=${!chosen || chosen.index >= last} @click=${() => go(chosen.index + 1)}>→</button>
        <span class="soft">of ${count(last + 1)} held out</span>
      </div>
      <p class="soft">${trained ? '✓ Recognised, by class' : 'Guessed rightly, by chance'}</p>
      <vt-images
        label="Recognised images"
        size="44"
        .tiles=${this.recognised}
        .chosen=${this.rightOnes.indexOf(chosen?.index ?? -1)}
        @choose=${(event: CustomEvent<number>) => go(this.rightOnes[event.detail])}
      ></vt-images>
      ${
        trained
          ? html`<p class="soft">
                ${this.misread.length > 0 ? '✗ Misread, the surest first. The chosen one stands beside.' : 'It misreads none of them.'}
              </p>
              <vt-images
                label="Misread images"
                size="44"
                .tiles=${this.misread}
                .chosen=${comparison.mistakes.findIndex(({ index }) => index === misread?.index)}
                @choose=${(event: CustomEvent<number>) => comparison.update({ mistake: comparison.mistakes[event.detail].index })}
              ></vt-images>`
          : null
      }
    </section>`;
  }

  private question() {
    const { comparison, session } = this;
    const classes = session.live?.dataset.info.classes ?? [];
    return html`<section class="stack" aria-label="Question">
      <h3>A question</h3>
      ${choose({
        label: 'Why would it say …',
        value: String(session.settings.question),
        options: [
          [String(ITS_ANSWER), 'its own answer'],
          [String(THE_TRUTH), 'the truth'],
          ...classes.map((name, i) => [String(i), name] as const),
        ],
        onChange: (question) => comparison.update({ question: Number(question) }),
      })}
      ${choose({
        label: 'Layer, for methods that look at one',
        value: comparison.layer,
        options: [['', 'the last that a convolution made'], ...comparison.layers.map((name) => [name, name] as const)],
        onChange: (layer) => comparison.update({ layer }),
      })}
    </section>`;
  }

  private methods() {
    const { methods } = this.session.settings;
    const toggle = (id: string, on: boolean): Partial<Settings> => ({
      methods: this.comparison.all.map((method): string => method.id).filter((each) => (each === id ? on : methods.includes(each))),
    });
    return html`<fieldset>
      <legend>Methods, side by side</legend>
      ${this.comparison.all.map(({ id, title }) =>
        check({ label: title, value: methods.includes(id), onChange: (on) => void this.comparison.update(toggle(id, on)) }),
      )}
    </fieldset>`;
  }

  protected override render() {
    return [this.network(), this.images(), this.question(), this.methods()];
  }
}
