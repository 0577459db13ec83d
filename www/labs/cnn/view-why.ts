/** Why: saliency (V1) and Grad-CAM (V5) for any class, the latter at any layer. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { extent } from '../../ui/colors.ts';
import { choose, segmented, slider } from '../../ui/fields.ts';
import '../../ui/formula.ts';
import { legend, legendStyles } from '../../ui/legend.ts';
import { photograph, type Picture } from '../../ui/paint.ts';
import '../../ui/picture.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';
import type { WhyMethod } from './settings.ts';

interface Method {
  title: string;
  tex: string;
  answers: string;
}

const METHODS: Record<WhyMethod, Method> = {
  saliency: {
    title: 'Saliency',
    tex: String.raw`M_{ij} = \max_{k}\left|\frac{\partial S_c}{\partial x_{kij}}\right|`,
    answers:
      'Which pixels, changed a little, would change the score of this class most? It says how sensitive, not in which direction.',
  },
  'grad-cam': {
    title: 'Grad-CAM',
    tex: String.raw`M = \mathrm{ReLU}\Big(\sum_k \alpha_k A^k\Big),\quad \alpha_k = \frac{1}{HW}\sum_{i,j}\frac{\partial S_c}{\partial A^k_{ij}}`,
    answers: 'In which region does this layer find evidence for this class? Coarse, because the layer’s maps are.',
  },
};

@customElement('vt-cnn-view-why')
export class WhyView extends Panel {
  @state() private opacity = 0.7;

  static override styles = [
    controls,
    legendStyles,
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
      .pair select {
        width: 100%;
      }
      vt-picture {
        max-width: 300px;
      }
    `,
  ];

  private map() {
    const { explanation, subject } = this.inspector;
    const { live, settings } = this.session;
    if (!explanation || !subject || !live) return null;
    const { width, height, maps, note } = explanation;
    const limit = extent(maps)[1] || 1;
    const map: Picture = { width, height, data: maps, channels: 1, scale: 'magnitude', limit };
    return html`<vt-picture
        .picture=${photograph(subject.pixels, live.dataset.info.shape)}
        .map=${map}
        .opacity=${this.opacity}
        label="${METHODS[settings.method].title} for class ${this.classText(explanation.classes[0])}"
      ></vt-picture>
      ${legend('magnitude', limit)} ${note ? html`<p class="soft">${note}</p>` : null}
      ${slider({
        label: 'Opacity of the map',
        value: this.opacity,
        min: 0,
        max: 1,
        step: 0.05,
        live: true,
        onChange: (opacity) => (this.opacity = opacity),
      })}`;
  }

  protected override render() {
    const { settings, live } = this.session;
    const { inspector } = this;
    if (!live) return null;
    const classes = live.dataset.info.classes;
    const method = METHODS[settings.method];
    return html`${segmented<WhyMethod>({
        label: 'Method',
        value: settings.method,
        options: [
          ['saliency', 'Saliency'],
          ['grad-cam', 'Grad-CAM'],
        ],
        onChange: (value) => void this.session.update({ method: value }).then(() => inspector.refresh()),
      })}
      <p>${method.answers}</p>
      <div class="pair">
        ${choose({
          label: 'Class',
          value: String(inspector.explainedClass),
          options: [
            ['-1', `its answer, ${this.classText(inspector.predicted)}`],
            ...classes.map((name, i) => [String(i), name] as const),
          ],
          onChange: (value) => {
            inspector.explainedClass = Number(value);
            void inspector.refresh();
          },
        })}
        ${
          settings.method === 'grad-cam'
            ? choose({
                label: 'Layer',
                value: inspector.chosenCamLayer,
                options: inspector.mapLayers.map((name) => [name, name] as const),
                onChange: (name) => {
                  inspector.camLayer = name;
                  void inspector.refresh();
                },
              })
            : null
        }
      </div>
      ${this.map()}
      <vt-formula tex=${method.tex}></vt-formula>`;
  }
}
