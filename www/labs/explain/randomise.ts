/** Is it about this network? The model-randomisation test, stage by stage. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { EngineError } from '../../engine/client.ts';
import { fit } from '../../ui/colors.ts';
import { problemNote, progress, slider } from '../../ui/fields.ts';
import { brief } from '../../ui/format.ts';
import { photograph, type Picture } from '../../ui/paint.ts';
import '../../ui/picture.ts';
import '../../ui/plot.ts';
import { controls } from '../../ui/theme.ts';
import { cascade, type Cascade, type Course } from './cascade.ts';
import { linesOf } from '../../ui/lines.ts';
import { Panel } from './panel.ts';

/** Images for the mean likeness, beside the shown one. */
const OTHERS = 8;

@customElement('vt-explain-randomise')
export class Randomise extends Panel {
  @state() private found: Cascade | null = null;
  @state() private stage = 0;
  @state() private share: number | null = null;
  @state() private problem = '';
  private stop: AbortController | null = null;

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 16px;
      }
      .maps {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(96px, 1fr));
        gap: 12px;
        list-style: none;
      }
      .maps li {
        font-size: 0.87rem;
        line-height: 1.3;
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.abort();
  }

  private async run(): Promise<void> {
    const { comparison, session } = this;
    const { live } = session;
    const shown = comparison.subjects[0];
    if (!live || !shown) return;
    this.stop = new AbortController();
    this.share = 0;
    this.problem = '';
    try {
      this.found = await cascade({
        session,
        live,
        shown,
        others: comparison.recognised.slice(0, OTHERS),
        methods: comparison.methods,
        methodSettings: comparison.methodSettings,
        onProgress: (share) => (this.share = share),
        signal: this.stop.signal,
      });
      this.stage = 0;
    } catch (error) {
      const { code, message } = EngineError.from(error);
      if (code !== 'cancelled' && code !== 'disposed') this.problem = message;
    }
    this.share = null;
  }

  private map(course: Course, image: Picture) {
    const data = course.maps[this.stage];
    const map: Picture = { width: image.width, height: image.height, data, channels: 1, ...fit(data) };
    const likeness = course.likeness[this.stage];
    return html`<li>
      <vt-picture
        .picture=${image}
        .map=${map}
        .opacity=${this.session.settings.opacity}
        label="${course.method.title}, ${this.stageText}"
      ></vt-picture>
      ${course.method.title}<br />
      <span class="soft number">${likeness === null ? 'constant' : `likeness ${brief(likeness)}`}</span>
    </li>`;
  }

  private get stageText(): string {
    const { stages } = this.found ?? { stages: [] };
    if (this.stage === 0) return 'the trained network';
    return this.stage === stages.length - 1
      ? `all layers random, down to ${stages[this.stage]}`
      : `random from ${stages[this.stage]} to the end`;
  }

  private outcome({ shown, images, stages, courses }: Cascade) {
    const { live } = this.session;
    if (!live) return null;
    const image = photograph(shown.pixels, live.dataset.info.shape);
    const data = {
      x: stages.map((_, i) => i),
      y: courses.map(({ likeness }) => [...likeness]),
    };
    return html`${slider({
        label: 'Layers with random weights, from the last',
        value: this.stage,
        min: 0,
        max: stages.length - 1,
        live: true,
        onChange: (stage) => (this.stage = Math.round(stage)),
      })}
      <p role="status">Image ${shown.index}: ${this.stageText}.</p>
      <ul class="maps">
        ${courses.map((course) => this.map(course, image))}
      </ul>
      <vt-plot
        heading="Likeness to the first map"
        xLabel="random layers"
        file="randomisation"
        .lines=${linesOf(courses.map(({ method }) => method.title))}
        .data=${data}
      ></vt-plot>
      <p class="soft">
        Likeness: rank correlation of the two maps’ strengths, 1 for the same order of pixels, 0 for none in common; mean over
        ${images} images. A line that stays high although most of the network is random belongs to a method that draws the image
        rather than what the network has learned.
      </p>`;
  }

  protected override render() {
    const { session, comparison, share, found } = this;
    const idle = session.live !== null && !session.playing && !session.busy && comparison.methods.length > 0;
    return html`<p>
        Replace the weights by random ones, from the last layer down to the first. The network then knows nothing: a map that
        explains it must change.
      </p>
      ${
        share === null
          ? html`<div class="row">
              <button class=${found ? '' : 'primary'} ?disabled=${!idle} @click=${this.run}>
                Randomise a copy, layer by layer
              </button>
            </div>`
          : progress('Randomising a copy', share, () => this.stop?.abort())
      }
      ${problemNote(this.problem)} ${found ? this.outcome(found) : null}`;
  }
}
