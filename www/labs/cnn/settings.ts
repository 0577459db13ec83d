/** Everything that makes a run of this lab what it is, and its named set-ups. */
import type { AttackOptions, DataSource, DeviceChoice, ExplainMethod, Layer, TrainOptions } from '../../engine/types.ts';
import { choice, flag, integer, real, type Schema } from '../../ui/state.ts';
import { layersField } from './layers.ts';

export type DataName = 'digits' | 'rooms' | 'strokes' | 'files';
export type NetworkName = 'lenet-5' | 'small-vgg' | 'gap-cnn' | 'resnet-8' | 'resnet-20' | 'mini-inception' | 'custom';
export type OptimizerName = TrainOptions['optimizer']['type'];
export type ScheduleName = NonNullable<TrainOptions['schedule']>['type'];
export type ClipName = 'none' | 'norm' | 'value';
export type View = 'layers' | 'why' | 'fool' | 'draw';

export interface Settings {
  /** Version of this schema; another one is not read. */
  v: number;
  data: DataName;
  /** Images that a procedural data set draws. */
  count: number;
  /** Share held out for validation. */
  held: number;
  /** Which images are held out, and which ones a procedural data set draws. */
  split: number;
  /** Initial weights, order of the batches, dropout. */
  seed: number;
  net: NetworkName;
  /** Used where `net` is `custom`. */
  layers: Layer[];
  opt: OptimizerName;
  lr: number;
  batch: number;
  decay: number;
  schedule: ScheduleName;
  /** Steps of the schedule: cosine's length, warm-up's length, or the distance between two drops. */
  every: number;
  clip: ClipName;
  limit: number;
  /** Which part of "Look inside" is open. */
  view: View;
  /** Chosen validation image. */
  image: number;
  method: ExplainMethod;
  attack: AttackOptions['method'];
  norm: AttackOptions['norm'];
  eps: number;
  steps: number;
  random: boolean;
  /** Class that a targeted attack aims at; −1: any wrong one. */
  target: number;
}

export const SCHEMA: Schema<Settings> = {
  v: integer(1, 1, 1),
  data: choice<DataName>('digits', ['digits', 'rooms', 'strokes', 'files']),
  count: integer(2000, 100, 20000),
  held: real(0.2, 0.05, 0.5),
  split: integer(0, 0, 4294967295),
  seed: integer(7, 0, 4294967295),
  net: choice<NetworkName>('lenet-5', ['lenet-5', 'small-vgg', 'gap-cnn', 'resnet-8', 'resnet-20', 'mini-inception', 'custom']),
  layers: layersField,
  opt: choice<OptimizerName>('adam', ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adamw']),
  lr: real(0.002, 1e-6, 100),
  batch: integer(32, 1, 1024),
  decay: real(0, 0, 1),
  schedule: choice<ScheduleName>('constant', ['constant', 'step', 'cosine', 'warm-up']),
  every: integer(1000, 1, 1000000),
  clip: choice<ClipName>('none', ['none', 'norm', 'value']),
  limit: real(1, 1e-4, 1000),
  view: choice<View>('layers', ['layers', 'why', 'fool', 'draw']),
  image: integer(4, 0, 1000000),
  method: choice<ExplainMethod>('saliency', ['saliency', 'grad-cam']),
  attack: choice<AttackOptions['method']>('fgsm', ['fgsm', 'pgd', 'noise']),
  norm: choice<AttackOptions['norm']>('linf', ['linf', 'l2']),
  eps: real(0.1, 0, 10),
  steps: integer(10, 1, 100),
  random: flag(true),
  target: integer(-1, -1, 999),
};

export interface Preset {
  id: string;
  title: string;
  /** What to do and what to look for. */
  text: string;
  settings: Partial<Settings>;
  /** Offered in the story strip. */
  offered: boolean;
}

/** What `preset="…"` and "Try this" stand for. */
export const PRESETS: readonly Preset[] = [
  {
    id: 'lenet-digits',
    title: 'Learn ten digits',
    text: 'LeNet-5 on real handwriting. Press Train and watch the first filters turn into edges.',
    settings: {},
    offered: true,
  },
  {
    id: 'gap-rooms',
    title: 'Where does it look?',
    text: 'A network without dense layers names the shape in a room. Train, then open Why: Grad-CAM should find the object.',
    settings: { data: 'rooms', net: 'gap-cnn', lr: 0.003, view: 'why', method: 'grad-cam' },
    offered: true,
  },
  {
    id: 'fool-digits',
    title: 'Fool it',
    text: 'Train LeNet-5 for five epochs, then move ε: a change too faint to see makes it read another digit.',
    settings: { view: 'fool', attack: 'fgsm', eps: 0.1 },
    offered: true,
  },
  {
    id: 'diverge',
    title: 'Break it',
    text: 'A learning rate a thousand times too large: the numbers overflow, the run stops and says where they went first.',
    settings: { net: 'small-vgg', opt: 'sgd', lr: 50 },
    offered: true,
  },
  {
    id: 'resnet-strokes',
    title: 'A residual network',
    text: 'ResNet-8 on drawn digits of 28×28 pixels.',
    settings: { data: 'strokes', net: 'resnet-8', lr: 0.003 },
    offered: false,
  },
];

export function sourceOf(settings: Settings, files: { name: string; bytes: Uint8Array }[]): DataSource {
  switch (settings.data) {
    case 'digits':
      return { kind: 'digits' };
    case 'rooms':
      return { kind: 'rooms', size: 32, count: settings.count, factor: 'shape' };
    case 'strokes':
      return { kind: 'strokes', count: settings.count };
    case 'files':
      return { kind: 'files', files };
  }
}

export function trainOptionsOf(settings: Settings): TrainOptions {
  const { every, limit } = settings;
  const schedules: Record<ScheduleName, NonNullable<TrainOptions['schedule']>> = {
    constant: { type: 'constant' },
    step: { type: 'step', every, factor: 0.5 },
    cosine: { type: 'cosine', steps: every },
    'warm-up': { type: 'warm-up', steps: every },
  };
  const options: TrainOptions = {
    batchSize: settings.batch,
    optimizer: { type: settings.opt },
    learningRate: settings.lr,
    schedule: schedules[settings.schedule],
    weightDecay: settings.decay,
    seed: settings.seed,
  };
  return settings.clip === 'none' ? options : { ...options, clip: { type: settings.clip, limit } };
}

/** How much has to be made anew after a change, from nothing to everything. */
export type Depth = 'nothing' | 'rate' | 'run' | 'network' | 'data';
const DEPTHS: readonly Depth[] = ['nothing', 'rate', 'run', 'network', 'data'];

const DEPTH_OF: Partial<Record<keyof Settings, Depth>> = {
  data: 'data',
  count: 'data',
  held: 'data',
  split: 'data',
  seed: 'run',
  net: 'network',
  layers: 'network',
  opt: 'run',
  batch: 'run',
  decay: 'run',
  schedule: 'run',
  every: 'run',
  clip: 'run',
  limit: 'run',
  lr: 'rate',
};

export const deeper = (a: Depth, b: Depth): Depth => (DEPTHS.indexOf(a) > DEPTHS.indexOf(b) ? a : b);

export function depthOfChange(before: Settings, after: Settings): Depth {
  const changed = (Object.keys(after) as (keyof Settings)[]).filter((key) => !sameValue(key, before, after));
  return changed.map((key) => DEPTH_OF[key] ?? 'nothing').reduce(deeper, 'nothing');
}

const sameValue = (key: keyof Settings, a: Settings, b: Settings): boolean =>
  key === 'layers' ? layersField.format(a.layers) === layersField.format(b.layers) : a[key] === b[key];

export const DEVICES: readonly DeviceChoice[] = ['auto', 'cpu', 'gpu', 'gpu-software'];
