/** The rating sheet: one image, the maps under letters, three marks for each and a choice; before that, what the criteria mean. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { extent } from '../../ui/colors.ts';
import { problemNote, slider } from '../../ui/fields.ts';
import { photograph, type Picture } from '../../ui/paint.ts';
import '../../ui/picture.ts';
import { controls } from '../../ui/theme.ts';
import { DISC, EXAMPLES } from './examples.ts';
import { Panel } from './panel.ts';
import { completeRaters, CRITERIA, HIGHEST, type Criterion } from './ratings.ts';
import type { Page } from './study.ts';

const LETTERS = 'ABCD';
const MARKS = Array.from({ length: HIGHEST }, (_, i) => i + 1);

@customElement('vt-rate-sheet')
export class Sheet extends Panel {
  @state() private opacity = 0.7;
  /** "Next" was pressed too early. */
  @state() private asked = false;
  private shown: Page | null = null;

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 20px;
        align-content: start;
      }
      .maps,
      .examples {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(134px, 1fr));
        gap: 22px 16px;
        list-style: none;
      }
      .maps > li,
      .examples > li {
        display: grid;
        gap: 8px;
        align-content: start;
        min-width: 0;
      }
      .pair {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 8px;
      }
      h3:focus {
        outline: none;
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        min-width: 0;
      }
      legend {
        padding: 0;
        font-size: 0.87rem;
        color: var(--ink-soft);
      }
      .marks {
        display: grid;
        grid-template-columns: repeat(5, minmax(24px, 36px));
      }
      .marks label {
        display: grid;
        justify-items: center;
        gap: 2px;
        padding: 4px 0;
        font-size: 0.8rem;
      }
      .best label {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 28px;
      }
    `,
  ];

  /** A new page is read from its top. */
  protected override updated(): void {
    const { page } = this.study;
    if (page === this.shown) return;
    this.shown = page;
    if (page) this.renderRoot.querySelector<HTMLElement>('h3')?.focus();
  }

  private likert(letter: string, method: string, { id, title, text }: (typeof CRITERIA)[number]) {
    const chosen = this.study.drafts[method]?.[id];
    return html`<fieldset>
      <legend title=${text}>${title}</legend>
      <div class="marks">
        ${MARKS.map(
          (mark) =>
            html`<label
              ><input
                type="radio"
                name="${method} ${id}"
                aria-label="Map ${letter}, ${title.toLowerCase()}: ${mark} of ${HIGHEST}"
                .checked=${chosen === mark}
                @change=${() => this.study.mark(method, id, mark)}
              />${mark}</label
            >`,
        )}
      </div>
    </fieldset>`;
  }

  private map(page: Page, i: number, image: Picture) {
    const { method, map } = page.maps[i];
    const letter = LETTERS[i];
    const [low, high] = extent(map);
    const limit = Math.max(-low, high) || 1;
    // Strength alone: a signed scale would tell signed methods apart.
    const picture: Picture = { ...image, data: map.map(Math.abs), channels: 1, scale: 'magnitude', limit };
    return html`<li>
      <h3>Map ${letter}</h3>
      <vt-picture .picture=${image} .map=${picture} .opacity=${this.opacity} label="Map ${letter}"></vt-picture>
      ${CRITERIA.map((criterion) => this.likert(letter, method.id, criterion))}
    </li>`;
  }

  private next(): void {
    this.asked = this.study.missing > 0;
    this.study.next();
  }

  private page(page: Page) {
    const { study, session } = this;
    const { live } = session;
    if (!live) return null;
    const { shape, classes } = live.dataset.info;
    const image = photograph(page.pixels, shape);
    const isLast = study.position === study.pages.length - 1;
    return html`<div role="status">
        <h3 tabindex="-1">Image ${study.position + 1} of ${study.pages.length}</h3>
        <p>
          The network says <strong>${classes[page.answer]}</strong>, and it is right. Where did it look? 1: not at all, 5: fully.
        </p>
      </div>
      ${slider({
        label: 'Opacity of the maps',
        value: this.opacity,
        min: 0,
        max: 1,
        step: 0.05,
        live: true,
        onChange: (opacity) => (this.opacity = opacity),
      })}
      <ul class="maps">
        <li>
          <h3>The image</h3>
          <vt-picture .picture=${image} label="The image"></vt-picture>
          ${CRITERIA.map(({ title, text }) => html`<p class="soft"><strong>${title}.</strong> ${text}</p>`)}
        </li>
        ${page.maps.map((_, i) => this.map(page, i, image))}
      </ul>
      <fieldset class="best">
        <legend>Which map explains the answer best?</legend>
        <div class="row">
          ${page.maps.map(
            ({ method }, i) =>
              html`<label
                ><input
                  type="radio"
                  name="best"
                  .checked=${study.best === method.id}
                  @change=${() => study.chooseBest(method.id)}
                />Map ${LETTERS[i]}</label
              >`,
          )}
        </div>
      </fieldset>
      ${problemNote(this.asked && study.missing > 0 ? `Still to answer on this page: ${study.missing}.` : '')}
      <div class="row">
        <button ?disabled=${study.position === 0} @click=${() => study.back()}>Back</button>
        <button class="primary" @click=${this.next}>${isLast ? 'Finish' : 'Next image'}</button>
      </div>`;
  }

  private example(id: Criterion, title: string, text: string) {
    const { high, low } = EXAMPLES[id];
    return html`<li>
      <h3>${title}</h3>
      <p class="soft">${text}</p>
      <div class="pair">
        <figure>
          <vt-picture .picture=${DISC} .map=${high} .opacity=${0.75} label="${title}: a map to be marked high"></vt-picture>
          <figcaption class="soft">${HIGHEST}</figcaption>
        </figure>
        <figure>
          <vt-picture .picture=${DISC} .map=${low} .opacity=${0.75} label="${title}: a map to be marked low"></vt-picture>
          <figcaption class="soft">1</figcaption>
        </figure>
      </div>
    </li>`;
  }

  private invitation(): string {
    return completeRaters(this.study.own).length < 2 ? 'A second rater makes agreement measurable.' : '';
  }

  private introduction() {
    const { study } = this;
    const finished = study.pages.length > 0;
    return html`${
        finished
          ? html`<p role="status"><strong>Done, ${study.rater}.</strong> The results are open. ${this.invitation()}</p>`
          : null
      }
      <p>
        A rater sees each image with several maps, under letters and in another order every time, and marks every map from 1 to
        ${HIGHEST} by three criteria:
      </p>
      <ul class="examples">
        ${CRITERIA.map(({ id, title, text }) => this.example(id, title, text))}
      </ul>
      <p class="soft">
        A map that people like need not be faithful: the network may have looked elsewhere. What a rating measures is what a map
        does for its reader.
      </p>`;
  }

  protected override render() {
    const { page } = this.study;
    return page ? this.page(page) : this.introduction();
  }
}
