/** LIME by hand: switch segments off and on; the network and the linear model that stands in for it answer side by side. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { EngineError } from '../../engine/client.ts';
import { fit } from '../../ui/colors.ts';
import { check, disclosure, problemNote } from '../../ui/fields.ts';
import { brief, percent } from '../../ui/format.ts';
import { legend, legendStyles } from '../../ui/legend.ts';
import { photograph, type Picture } from '../../ui/paint.ts';
import '../../ui/picture.ts';
import type { Point } from '../../ui/picture.ts';
import { follow } from '../../ui/signal.ts';
import { table, tableStyles } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import { Asked, type Found } from './asked.ts';
import { optionControls } from './options.ts';
import { Panel } from './panel.ts';
import { masked, predicted, strongest, type Surrogate } from './switchboard.ts';

const LISTED = 8;

/** The image as the network sees it with the segments in `off` hidden. */
function seen({ subject, explanation }: Found, off: ReadonlySet<number>): Float32Array {
  const { surrogate, baseline } = explanation.details[0];
  return surrogate && baseline ? masked(subject.pixels, surrogate.segments, off, baseline) : subject.pixels;
}

@customElement('vt-explain-segments')
export class Segments extends Panel {
  @state() private off: ReadonlySet<number> = new Set();
  @state() private score: number | null = null;
  @state() private probability = 0;
  private readonly asked = new Asked();
  /** The answer that `off` belongs to. */
  private shown: Found | null = null;
  private problem = '';

  static override styles = [
    controls,
    legendStyles,
    tableStyles,
    css`
      :host {
        display: grid;
        gap: 16px;
      }
      .pair {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 12px;
      }
      vt-picture {
        cursor: pointer;
      }
      .list {
        display: grid;
        gap: 4px;
        border: 0;
        margin: 0;
        padding: 0;
      }
      legend {
        padding: 0 0 4px;
      }
    `,
  ];

  constructor() {
    super();
    follow(this, () => [this.asked]);
  }

  protected override willUpdate(): void {
    this.asked.update(this.comparison, 'lime');
    const { found } = this.asked;
    if (found === this.shown) return;
    this.shown = found;
    this.score = null;
    this.switch(new Set());
  }

  private switch(off: ReadonlySet<number>): void {
    this.off = off;
    void this.predict(off);
  }

  private async predict(off: ReadonlySet<number>): Promise<void> {
    const { shown } = this;
    const { live } = this.session;
    if (!live || !shown) return;
    const { asked } = shown.subject;
    try {
      const { logits, probabilities } = await live.model.predict(seen(shown, off), 1);
      if (off !== this.off) return;
      this.score = logits[asked];
      this.probability = probabilities[asked];
      this.problem = '';
    } catch (error) {
      this.problem = EngineError.from(error).message;
    }
  }

  private toggle(segment: number): void {
    const off = new Set(this.off);
    if (!off.delete(segment)) off.add(segment);
    this.switch(off);
  }

  private board(found: Found, surrogate: Surrogate) {
    const { subject, explanation } = found;
    const { off, session } = this;
    const shape = session.live?.dataset.info.shape ?? [1, 1, 1];
    const { width, height, maps } = explanation;
    const map: Picture = { width, height, data: maps, channels: 1, ...fit(maps), scale: 'signed' };
    const pick = ({ detail: { x, y } }: CustomEvent<Point>) => this.toggle(surrogate.segments[y * width + x]);
    const order = strongest(surrogate);
    const against = order.filter((segment) => surrogate.weights[segment] <= 0);
    const rows = [
      { who: 'the network', score: this.score, text: ` (${percent(this.probability)})` },
      { who: 'the linear model', score: predicted(surrogate, off), text: '' },
    ];
    return html`<div class="pair">
        <figure>
          <vt-picture
            .picture=${photograph(seen(found, off), shape)}
            label="What the network sees, ${off.size} segments off"
            @pick=${pick}
          ></vt-picture>
          <figcaption class="soft">what the network sees</figcaption>
        </figure>
        <figure>
          <vt-picture
            .picture=${photograph(subject.pixels, shape)}
            .map=${map}
            .opacity=${session.settings.opacity}
            label="LIME for class ${this.classText(subject.asked)}"
            @pick=${pick}
          ></vt-picture>
          <figcaption class="soft">weights of the segments</figcaption>
        </figure>
      </div>
      ${legend('signed', map.limit)}
      ${table(
        'Score with these segments',
        [
          { title: `S for ${this.classText(subject.asked)}, with ${off.size} segments off`, cell: ({ who }) => who },
          {
            title: 'score',
            numeric: true,
            cell: ({ score, text }) => (score === null ? '…' : `${brief(score)}${text}`),
          },
        ],
        rows,
      )}
      <div class="row">
        <button @click=${() => this.switch(new Set())}>All on</button>
        <button @click=${() => this.switch(new Set(order))}>All off</button>
        <button @click=${() => this.switch(new Set(against))}>Only those for the class</button>
      </div>
      <fieldset class="list">
        <legend class="soft">The strongest of ${order.length} segments</legend>
        ${order.slice(0, LISTED).map((segment) =>
          check({
            label: `Segment ${segment + 1}: ${surrogate.weights[segment] > 0 ? '+' : ''}${brief(surrogate.weights[segment])}`,
            value: !off.has(segment),
            onChange: () => this.toggle(segment),
          }),
        )}
      </fieldset>`;
  }

  protected override render() {
    const { comparison, session, shown } = this;
    const method = comparison.all.find(({ id }) => id === 'lime');
    const surrogate = shown?.explanation.details[0]?.surrogate;
    if (!method) return null;
    return html`<p>
        LIME cuts the image into segments, hides some of them at random many times, and fits a linear model to what the network
        says. Be LIME yourself: click a segment, or move with the arrow keys and press Enter.
      </p>
      ${problemNote(this.problem || this.asked.problem)}
      ${shown && surrogate ? this.board(shown, surrogate) : html`<p class="soft" role="status">Fitting the linear model …</p>`}
      ${
        surrogate
          ? html`<p>
              R² of the fit: <strong>${brief(surrogate.r2)}</strong>.
              ${surrogate.r2 < 0.5 ? 'The network is far from linear here: do not trust the weights.' : 'Where it is far from 1, the two disagree.'}
            </p>`
          : null
      }
      ${disclosure(
        'Settings of LIME',
        optionControls(method, session.settings, (changes) => void comparison.update(changes)),
      )}`;
  }
}
