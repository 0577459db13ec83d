/** Compare: for each image, what the network says of it and the map of every chosen method, in common colours. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { extent } from '../../ui/colors.ts';
import { problemNote, slider } from '../../ui/fields.ts';
import { brief, count, percent } from '../../ui/format.ts';
import { legend, legendStyles } from '../../ui/legend.ts';
import { photograph, type Picture } from '../../ui/paint.ts';
import '../../ui/picture.ts';
import { controls } from '../../ui/theme.ts';
import type { Result, Subject } from './comparison.ts';
import { Panel } from './panel.ts';

@customElement('vt-explain-compare')
export class Compare extends Panel {
  static override styles = [
    controls,
    legendStyles,
    css`
      :host {
        display: grid;
        gap: 22px;
        align-content: start;
      }
      .maps {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(100px, 1fr));
        gap: 16px 12px;
        list-style: none;
      }
      .maps > li {
        display: grid;
        gap: 3px;
        align-content: start;
        min-width: 0;
      }
      /* The value read out under a picture must not hide a name. */
      .title,
      .name {
        display: flex;
        align-items: end;
        min-height: calc(2.5em + 4px);
        padding: 2px 0;
        font-size: 0.9rem;
        line-height: 1.25;
      }
      .name {
        justify-self: start;
        border: 0;
        background: none;
        white-space: normal;
        text-align: left;
        text-decoration: underline;
        text-decoration-color: var(--outline);
        text-underline-offset: 3px;
      }
      .name[aria-pressed='true'] {
        box-shadow: none;
        font-weight: 600;
        text-decoration-color: var(--ink);
        text-decoration-thickness: 2px;
      }
      .keys {
        justify-content: space-between;
        gap: 10px 24px;
      }
      .keys .field {
        flex: 0 1 320px;
      }
    `,
  ];

  /** The strongest value that the method has for any of the images: its maps share one scale. */
  private limit({ answers }: Result): number {
    const strongest = answers.flatMap(({ maps }) => extent(maps).map(Math.abs));
    return Math.max(...strongest) || 1;
  }

  private map(result: Result, subject: Subject, i: number) {
    const { live, settings } = this.session;
    const { method, problem } = result;
    const answer = result.answers[i];
    const chosen = this.comparison.closest?.method === method;
    const name = html`<button
      class="name"
      aria-pressed=${chosen}
      title="Look at this method closely"
      @click=${() => this.session.update({ method: method.id, view: 'method' })}
    >
      ${method.title}
    </button>`;
    if (!live || !answer) return html`<li>${name}${problem ? html`<p class="soft">${problem}</p>` : null}</li>`;
    const { maps, width, height, note } = answer;
    const scale = method.signed ? 'signed' : 'magnitude';
    const limit = this.limit(result);
    const map: Picture = { width, height, data: maps, channels: 1, scale, limit };
    return html`<li>
      ${name}
      <vt-picture
        .picture=${photograph(subject.pixels, live.dataset.info.shape)}
        .map=${map}
        .opacity=${settings.opacity}
        label="${method.title} for class ${this.classText(subject.asked)}, image ${subject.index}"
      ></vt-picture>
      <span class="soft number">full colour ${scale === 'signed' ? '±' : ''}${brief(limit)}</span>
      ${note ? html`<p class="soft">${note}</p>` : null}
    </li>`;
  }

  private strip(subject: Subject, i: number) {
    const { live, evaluatedAt } = this.session;
    if (!live) return null;
    const { index, predicted, label, probabilities, asked, logits } = subject;
    const isRight = predicted === label;
    const answer = `${this.classText(predicted)}, ${percent(probabilities[predicted])}`;
    const verdict = isRight ? `✓ ${answer}` : `✗ ${answer}: it is ${this.classText(label)}`;
    return html`<section class="stack" aria-label="Image ${index}">
      <div>
        <h3>Image ${count(index)}: ${verdict}</h3>
        <p class="soft">
          Maps say why it would say <strong>${this.classText(asked)}</strong>: S = ${brief(logits[asked])}, probability
          ${percent(probabilities[asked])}.${evaluatedAt === 0 ? ' The network is untrained: these maps explain a guess.' : ''}
        </p>
      </div>
      <ul class="maps">
        <li>
          <span class="title">The image</span>
          <vt-picture .picture=${photograph(subject.pixels, live.dataset.info.shape)} label="Image ${index}"></vt-picture>
        </li>
        ${this.comparison.results.map((result) => this.map(result, subject, i))}
      </ul>
    </section>`;
  }

  protected override render() {
    const { session, comparison } = this;
    const { settings, problems, playing } = session;
    const signed = comparison.results.some(({ method }) => method.signed);
    return html`<div class="row keys">
        ${slider({
          label: 'Opacity of the maps',
          value: settings.opacity,
          min: 0,
          max: 1,
          step: 0.05,
          live: true,
          onChange: (opacity) => void session.update({ opacity }),
        })}
        <div class="stack">
          ${legend('magnitude', 1)} ${signed ? legend('signed', 1) : null}
          <span class="soft">1: the method’s strongest value in view</span>
        </div>
      </div>
      ${problemNote(problems.inside)} ${playing ? html`<p class="soft" role="status">While it trains, the maps wait.</p>` : null}
      ${comparison.subjects.map((subject, i) => this.strip(subject, i))}
      ${settings.methods.length === 0 ? html`<p class="soft">Choose one or more methods under “Methods, side by side”.</p>` : null}`;
  }
}
