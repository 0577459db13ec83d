/** The path of integrated gradients: from the baseline to the image, step by step, with the running sum beside the score. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { fit } from '../../ui/colors.ts';
import { problemNote, slider } from '../../ui/fields.ts';
import { brief, percent } from '../../ui/format.ts';
import { photograph, type Picture } from '../../ui/paint.ts';
import '../../ui/picture.ts';
import '../../ui/plot.ts';
import type { Line } from '../../ui/plot.ts';
import { follow } from '../../ui/signal.ts';
import { table, tableStyles } from '../../ui/table.ts';
import { controls } from '../../ui/theme.ts';
import { Asked } from './asked.ts';
import type { Subject } from './comparison.ts';
import { courseOf } from './course.ts';
import { optionControls } from './options.ts';
import { Panel } from './panel.ts';

const LINES: readonly Line[] = [{ label: 'score' }, { label: 'running sum', color: '--orange', dashed: true }];

@customElement('vt-explain-path')
export class Path extends Panel {
  @state() private share = 1;
  private readonly asked = new Asked();

  static override styles = [
    controls,
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
    `,
  ];

  constructor() {
    super();
    follow(this, () => [this.asked]);
  }

  protected override willUpdate(): void {
    this.asked.update(this.comparison, 'integrated-gradients');
  }

  /** The image on the way from `baseline`. */
  private onTheWay({ pixels }: Subject, baseline: Float32Array): Float32Array {
    return pixels.map((value, i) => baseline[i] + this.share * (value - baseline[i]));
  }

  protected override render() {
    const { session, comparison, share } = this;
    const { live, settings } = session;
    const { found, problem } = this.asked;
    const method = comparison.all.find(({ id }) => id === 'integrated-gradients');
    if (!live || !method) return null;
    const details = found?.explanation.details[0];
    const course = details && courseOf(details);
    if (!found || !details?.baseline || !course) return problemNote(problem);
    const { subject, explanation } = found;
    const { shape } = live.dataset.info;
    const map: Picture = {
      width: explanation.width,
      height: explanation.height,
      data: explanation.maps,
      channels: 1,
      ...fit(explanation.maps),
      scale: 'signed',
    };
    const step = Math.round(share * (course.alpha.length - 1));
    const start = course.running[0];
    const rows = [
      { title: 'sum of the slopes so far', value: course.running[step] - start },
      { title: 'score here − score of the baseline', value: course.score[step] - start },
    ];
    return html`<p>
        From a baseline without evidence to the image the score moves, up or down. Integrated gradients add up its slope on the way
        and give each pixel its part: the parts of all pixels make the whole difference.
      </p>
      ${slider({
        label: 'α: from the baseline (0) to the image (1)',
        value: share,
        min: 0,
        max: 1,
        step: 0.01,
        live: true,
        onChange: (value) => (this.share = value),
      })}
      <div class="pair">
        <vt-picture
          .picture=${photograph(this.onTheWay(subject, details.baseline), shape)}
          label="On the way, α = ${brief(share)}"
        ></vt-picture>
        <vt-picture
          .picture=${photograph(subject.pixels, shape)}
          .map=${map}
          .opacity=${settings.opacity}
          label="Integrated gradients for class ${this.classText(subject.asked)}"
        ></vt-picture>
      </div>
      ${table(
        'Up to here',
        [
          { title: `up to α = ${brief(share)}`, cell: ({ title }) => title },
          { title: 'score', numeric: true, cell: ({ value }) => brief(value) },
        ],
        rows,
      )}
      <vt-plot
        heading="Score on the way"
        xLabel="α"
        file="path"
        .lines=${LINES}
        .data=${{ x: course.alpha, y: [course.score, course.running] }}
      ></vt-plot>
      <p role="status">
        All pixels together: ${brief(details.total ?? NaN)}. S(x) − S(x′) = ${brief(details.score - start)}.
        ${details.completenessError === null ? '' : `Error ${percent(details.completenessError, 2)}: fewer steps make it larger.`}
      </p>
      ${optionControls(method, settings, (changes) => void comparison.update(changes))} ${problemNote(problem)}`;
  }
}
