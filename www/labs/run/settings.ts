/** What a training run depends on, as every lab that trains has it in its settings, and what the engine is told of it. */
import type { DataSource, Layer, TrainOptions } from '../../engine/types.ts';
import { choice, integer, real, type Schema } from '../../ui/state.ts';
import { layersField } from './layers.ts';

export type DataName = 'digits' | 'rooms' | 'strokes' | 'files';
export type NetworkName = 'lenet-5' | 'small-vgg' | 'gap-cnn' | 'resnet-8' | 'resnet-20' | 'mini-inception' | 'custom';
export type OptimizerName = TrainOptions['optimizer']['type'];
export type ScheduleName = NonNullable<TrainOptions['schedule']>['type'];
export type ClipName = 'none' | 'norm' | 'value';

export interface RunSettings {
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
}

export const RUN_SCHEMA: Schema<RunSettings> = {
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
};

export function sourceOf(settings: RunSettings, files: { name: string; bytes: Uint8Array }[]): DataSource {
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

export function trainOptionsOf(settings: RunSettings): TrainOptions {
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
export const DEPTHS: readonly Depth[] = ['nothing', 'rate', 'run', 'network', 'data'];

const DEPTH_OF: Partial<Record<keyof RunSettings, Depth>> = {
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

const deeper = (a: Depth, b: Depth): Depth => (DEPTHS.indexOf(a) > DEPTHS.indexOf(b) ? a : b);

/** Settings that a lab adds to these never make a run anew. */
export function depthOfChange(before: RunSettings, after: RunSettings): Depth {
  const changed = (Object.keys(after) as (keyof RunSettings)[]).filter((key) => !sameValue(key, before, after));
  return changed.map((key) => DEPTH_OF[key] ?? 'nothing').reduce(deeper, 'nothing');
}

const sameValue = (key: keyof RunSettings, a: RunSettings, b: RunSettings): boolean =>
  key === 'layers' ? layersField.format(a.layers) === layersField.format(b.layers) : a[key] === b[key];
