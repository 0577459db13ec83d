/** What the lab's state is, and its named set-ups. */
import type { AutoencoderOptions, DataSource } from '../../engine/types.ts';
import { choice, integer, real, type Schema } from '../../ui/state.ts';
import type { LabSettings } from '../run/experiment.ts';
import type { Preset } from '../run/shell.ts';

export type DataName = 'digits' | 'strokes' | 'rooms';
export type Pairs = 'none' | NonNullable<AutoencoderOptions['pairs']>;
export type ShapeName = 'dense' | 'convolutional';

export interface Settings extends LabSettings {
  data: DataName;
  shape: ShapeName;
  latent: number;
  beta: number;
  /** β of a second network that is trained beside the first; 0: there is none. */
  against: number;
  lr: number;
  pairs: Pairs;
  /** Which network is looked at: 1 or 2. */
  shown: number;
  /** The held-out image that is looked at. */
  image: number;
  /** The two latents of the plane. */
  across: number;
  up: number;
}

export const DATA: readonly (readonly [DataName, string])[] = [
  ['digits', 'Digits'],
  ['strokes', 'Strokes'],
  ['rooms', 'Rooms'],
];

export const PAIRS: readonly (readonly [Pairs, string])[] = [
  ['none', 'None: single images'],
  ['one-factor', 'Pairs, the changed factor is told'],
  ['adaptive', 'Pairs, the changed factor is guessed'],
];

/** In the order of the engine's `factors`. */
export const FACTORS = ['floor hue', 'wall hue', 'object hue', 'scale', 'shape', 'orientation'] as const;

export const SCHEMA: Schema<Settings> = {
  v: integer(1, 1, 1),
  seed: integer(7, 0, 4294967295),
  data: choice<DataName>('digits', ['digits', 'strokes', 'rooms']),
  shape: choice<ShapeName>('dense', ['dense', 'convolutional']),
  latent: integer(2, 1, 16),
  beta: real(1, 0.1, 100),
  against: real(0, 0, 100),
  lr: real(0.002, 1e-4, 0.1),
  pairs: choice<Pairs>('none', ['none', 'one-factor', 'adaptive']),
  shown: integer(1, 1, 2),
  image: integer(0, 0, 99),
  across: integer(0, 0, 15),
  up: integer(1, 0, 15),
};

export function sourceOf({ data }: Settings): DataSource {
  switch (data) {
    case 'digits':
      return { kind: 'digits' };
    case 'strokes':
      return { kind: 'strokes', count: 3000 };
    case 'rooms':
      // The six factors alone decide the picture. The reconstruction is summed over the pixels: on 16×16 of them β = 4 would silence
      // every latent.
      return { kind: 'rooms', size: 32, count: 3000, scatter: 0 };
  }
}

/** Of the network with this β. */
export function optionsOf({ data, shape, latent, lr, pairs, seed }: Settings, beta: number): AutoencoderOptions {
  return {
    shape,
    latent,
    hidden: shape === 'convolutional' ? [64] : [128],
    filters: [16, 32],
    regulariser: 'variational',
    strength: beta,
    learningRate: lr,
    seed,
    ...(pairs !== 'none' && data === 'rooms' && { pairs }),
  };
}

/** What has to be made anew after a change. */
export type Change = 'nothing' | 'strength' | 'seed' | 'networks' | 'data';
export const CHANGES: readonly Change[] = ['nothing', 'strength', 'seed', 'networks', 'data'];

const CHANGE_OF: Partial<Record<keyof Settings, Change>> = {
  data: 'data',
  shape: 'networks',
  latent: 'networks',
  pairs: 'networks',
  lr: 'strength',
  beta: 'strength',
  seed: 'seed',
};

export function changeBetween(before: Settings, after: Settings): Change {
  const changed = (Object.keys(after) as (keyof Settings)[]).filter((key) => before[key] !== after[key]);
  const changes = changed.map((key): Change => {
    if (key !== 'against') return CHANGE_OF[key] ?? 'nothing';
    return before.against > 0 === after.against > 0 ? 'strength' : 'networks';
  });
  return changes.reduce((a, b) => (CHANGES.indexOf(a) > CHANGES.indexOf(b) ? a : b), 'nothing');
}

const ROOMS: Partial<Settings> = { data: 'rooms', latent: 8 };

export const PRESETS: readonly Preset<Settings>[] = [
  {
    id: 'digits2',
    title: 'Digits in two numbers',
    text: 'Train, and watch the plane fill: every place of it is an image, and neighbours look alike.',
    settings: {},
    offered: true,
  },
  {
    id: 'beta',
    title: 'β = 1 against β = 4',
    text: 'Two networks on rooms, side by side. The larger β pays in sharpness, and more often gives each latent one meaning.',
    settings: { ...ROOMS, beta: 1, against: 4 },
    offered: true,
  },
  {
    id: 'collapse',
    title: 'Posterior collapse',
    text: 'With β = 40 it is cheapest to say nothing: the KL goes to 0, all latents are silent, every image is the same.',
    settings: { latent: 4, beta: 40 },
    offered: true,
  },
  {
    id: 'pairs',
    title: 'A hint from pairs',
    text: 'The network sees two rooms that differ in one factor. That little is enough to tell the factors apart.',
    settings: { ...ROOMS, pairs: 'one-factor' },
    offered: true,
  },
  {
    id: 'strokes',
    title: 'Strokes with ten latents',
    text: 'More latents than needed: which does the network use, and which fall silent?',
    settings: { data: 'strokes', latent: 10 },
    offered: false,
  },
];
