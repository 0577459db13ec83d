/** Set up: data, network, training. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { DatasetInfo } from '../../engine/types.ts';
import '../../ui/file-drop.ts';
import type { DroppedFile } from '../../ui/file-drop.ts';
import { choose, disclosure, problemNote, slider } from '../../ui/fields.ts';
import { count, shapeText } from '../../ui/format.ts';
import { controls } from '../../ui/theme.ts';
import type { ClipName, DataName, NetworkName, OptimizerName, ScheduleName } from '../run/settings.ts';
import './layer-editor.ts';
import { Panel } from './panel.ts';
import type { Settings } from './settings.ts';

const DATA: readonly (readonly [DataName, string])[] = [
  ['digits', 'Handwritten digits, 8×8'],
  ['strokes', 'Drawn digits, 28×28'],
  ['rooms', 'Rooms: which shape?'],
  ['files', 'My own files (IDX)'],
];

const NETWORKS: readonly (readonly [NetworkName, string])[] = [
  ['lenet-5', 'LeNet-5'],
  ['small-vgg', 'Small VGG'],
  ['gap-cnn', 'GAP-CNN'],
  ['resnet-8', 'ResNet-8'],
  ['resnet-20', 'ResNet-20'],
  ['mini-inception', 'Mini-Inception'],
  ['custom', 'My own'],
];

const OPTIMIZERS: readonly (readonly [OptimizerName, string])[] = [
  ['sgd', 'SGD'],
  ['momentum', 'Momentum'],
  ['nesterov', 'Nesterov'],
  ['rmsprop', 'RMSProp'],
  ['adam', 'Adam'],
  ['adamw', 'AdamW'],
];

const SCHEDULES: readonly (readonly [ScheduleName, string])[] = [
  ['constant', 'constant'],
  ['step', 'halved every …'],
  ['cosine', 'cosine over …'],
  ['warm-up', 'warm-up over …'],
];

const CLIPS: readonly (readonly [ClipName, string])[] = [
  ['none', 'none'],
  ['norm', 'by norm'],
  ['value', 'by value'],
];

@customElement('vt-cnn-setup')
export class Setup extends Panel {
  @state() private asked = false;

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 26px;
        align-content: start;
      }
      .pair {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 12px;
      }
      .pair select {
        width: 100%;
      }
      .inside {
        padding-top: 8px;
      }
    `,
  ];

  private set(changes: Partial<Settings>): void {
    void this.session.update(changes);
  }

  private data() {
    const { settings, problems, live } = this.session;
    const info = live?.dataset.info;
    return html`<section class="stack" aria-label="Data">
      <h3>Data</h3>
      ${choose({
        label: 'Images',
        value: settings.data,
        options: DATA,
        onChange: (data) => (data === 'files' && this.session.files.length === 0 ? this.askForFiles() : this.set({ data })),
      })}
      ${problemNote(problems.data)} ${this.asked || settings.data === 'files' ? this.drop() : null}
      ${info ? html`<p class="soft">${describe(info)}</p>` : null}
      ${disclosure('Split', [
        slider({
          label: 'Share held out for validation',
          value: settings.held,
          min: 0.05,
          max: 0.5,
          step: 0.05,
          onChange: (held) => this.set({ held }),
        }),
        slider({ label: 'Split number', value: settings.split, min: 0, max: 99, onChange: (split) => this.set({ split }) }),
        settings.data === 'rooms' || settings.data === 'strokes'
          ? slider({
              label: 'Images to draw',
              value: settings.count,
              min: 100,
              max: 20000,
              step: 100,
              onChange: (images) => this.set({ count: images }),
            })
          : null,
      ])}
    </section>`;
  }

  private askForFiles(): void {
    this.asked = true;
  }

  private drop() {
    return html`<vt-file-drop
      label="Drop IDX files here, or choose them"
      hint="Images and labels as in MNIST, plain or .gz. They stay in this page."
      @files=${(event: CustomEvent<DroppedFile[]>) => this.session.open(event.detail)}
    ></vt-file-drop>`;
  }

  private network() {
    const { settings } = this.session;
    return html`<section class="stack" aria-label="Network">
      <h3>Network</h3>
      ${choose({
        label: 'Architecture',
        value: settings.net,
        options: NETWORKS,
        onChange: (net) => this.set(net === 'custom' ? { net, layers: this.session.draft } : { net, layers: [] }),
      })}
      <vt-cnn-layers .session=${this.session} .inspector=${this.inspector}></vt-cnn-layers>
    </section>`;
  }

  private training() {
    const { settings, problems } = this.session;
    return html`<section class="stack" aria-label="Training">
      <h3>Training</h3>
      ${slider({
        label: 'Learning rate',
        value: settings.lr,
        min: 0.00001,
        max: 100,
        logarithmic: true,
        onChange: (lr) => this.set({ lr }),
        problem: problems.training,
      })}
      <div class="pair">
        ${choose({ label: 'Optimiser', value: settings.opt, options: OPTIMIZERS, onChange: (opt) => this.set({ opt }) })}
        ${choose({
          label: 'Batch',
          value: String(settings.batch),
          options: [...new Set([1, 8, 16, 32, 64, 128, 256, settings.batch])]
            .sort((a, b) => a - b)
            .map((size) => [String(size), `${size} images`] as const),
          onChange: (batch) => this.set({ batch: Number(batch) }),
        })}
      </div>
      ${disclosure('Weight decay, schedule, clipping', [
        slider({
          label: 'Weight decay',
          value: settings.decay,
          min: 0,
          max: 0.1,
          step: 0.001,
          onChange: (decay) => this.set({ decay }),
        }),
        choose({
          label: 'Learning-rate schedule',
          value: settings.schedule,
          options: SCHEDULES,
          onChange: (schedule) => this.set({ schedule }),
        }),
        settings.schedule === 'constant'
          ? null
          : slider({
              label: 'Schedule, in steps',
              value: settings.every,
              min: 10,
              max: 20000,
              step: 10,
              onChange: (every) => this.set({ every }),
            }),
        choose({ label: 'Gradient clipping', value: settings.clip, options: CLIPS, onChange: (clip) => this.set({ clip }) }),
        settings.clip === 'none'
          ? null
          : slider({
              label: 'Clipping limit',
              value: settings.limit,
              min: 0.001,
              max: 100,
              logarithmic: true,
              onChange: (limit) => this.set({ limit }),
            }),
      ])}
      <p class="soft">The learning rate may change in mid-run. Any other change starts the run again from step 0.</p>
    </section>`;
  }

  protected override render() {
    return [
      this.shows('data') ? this.data() : null,
      this.shows('layers') ? this.network() : null,
      this.shows('training') ? this.training() : null,
    ];
  }
}

function describe({ title, source, shape, classes, train, validation }: DatasetInfo): string {
  const parts = [
    `${count(train)} images to train on`,
    `${count(validation)} held out`,
    `${classes.length} classes`,
    shapeText(shape),
  ];
  return `${title}: ${parts.join(', ')}. ${source}`;
}
