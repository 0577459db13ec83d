/** What the lab's state is, and its named set-ups. */
import type { DataSource, GanTurn, ImageGanOptions } from '../../engine/types.ts';
import { choice, flag, integer, real, type Schema } from '../../ui/state.ts';
import type { LabSettings } from '../run/experiment.ts';
import type { Preset } from '../run/shell.ts';

export type DataName = 'digits' | 'strokes' | 'files';
export type LossName = NonNullable<ImageGanOptions['loss']>;

export interface Settings extends LabSettings {
  data: DataName;
  /** Images that are drawn for `strokes`. */
  count: number;
  loss: LossName;
  latent: number;
  /** Filters of D's first convolution. */
  width: number;
  batch: number;
  /** Learning rates of D and G. */
  dlr: number;
  glr: number;
  /** −1: as the engine has it for the loss. */
  penalty: number;
  /** 0: as the engine has it for the loss. */
  dsteps: number;
  /** Whose turn it is when the run goes on. */
  turn: GanTurn;
  /** Whether a trained judge is asked while the run goes on. */
  judged: boolean;
  /** The chosen sample, and where the walk between samples begins and ends; counted from 1. */
  sample: number;
  from: number;
  to: number;
}

/** Samples on the sheet. */
export const SAMPLES = 36;

export const DATA: readonly (readonly [DataName, string])[] = [
  ['digits', 'Handwritten digits, 8×8'],
  ['strokes', 'Drawn digits, 28×28'],
  ['files', 'My own files (IDX)'],
];

export const LOSSES: readonly (readonly [LossName, string])[] = [
  ['non-saturating', 'Non-saturating'],
  ['minimax', 'Minimax'],
  ['least-squares', 'Least squares'],
  ['wasserstein-gp', 'Wasserstein, gradient penalty'],
];

export const TURNS: readonly (readonly [GanTurn, string])[] = [
  ['both', 'Both'],
  ['discriminator', 'D only'],
  ['generator', 'G only'],
];

const ids = <T extends string>(list: readonly (readonly [T, string])[]): T[] => list.map(([id]) => id);

export const SCHEMA: Schema<Settings> = {
  v: integer(1, 1, 1),
  seed: integer(7, 0, 4294967295),
  data: choice<DataName>('digits', ids(DATA)),
  count: integer(2000, 100, 20000),
  loss: choice<LossName>('non-saturating', ids(LOSSES)),
  latent: integer(32, 1, 128),
  width: integer(16, 2, 64),
  batch: integer(64, 2, 256),
  dlr: real(0.001, 1e-6, 1),
  glr: real(0.001, 1e-6, 1),
  penalty: real(-1, -1, 1000),
  dsteps: integer(0, 0, 20),
  turn: choice<GanTurn>('both', ids(TURNS)),
  judged: flag(true),
  sample: integer(1, 1, SAMPLES),
  from: integer(1, 1, SAMPLES),
  to: integer(2, 1, SAMPLES),
};

export function sourceOf({ data, count }: Settings, files: { name: string; bytes: Uint8Array }[]): DataSource {
  switch (data) {
    case 'digits':
      return { kind: 'digits' };
    case 'strokes':
      return { kind: 'strokes', count };
    case 'files':
      return { kind: 'files', files };
  }
}

export function optionsOf({ loss, latent, width, batch, dlr, glr, penalty, dsteps, seed }: Settings): ImageGanOptions {
  return {
    loss,
    latent,
    width,
    batch,
    discriminatorRate: dlr,
    generatorRate: glr,
    seed,
    ...(penalty >= 0 && { penalty }),
    ...(dsteps > 0 && { discriminatorSteps: dsteps }),
  };
}

/** What has to be made anew after a change, the least first. */
export const CHANGES = ['nothing', 'rates', 'seed', 'game', 'data'] as const;
export type Change = (typeof CHANGES)[number];

export function changeBetween(before: Settings, after: Settings): Change {
  const differ = (keys: readonly (keyof Settings)[]) => keys.some((key) => before[key] !== after[key]);
  if (differ(['data']) || (after.data === 'strokes' && differ(['count']))) return 'data';
  if (differ(['loss', 'latent', 'width', 'batch', 'penalty', 'dsteps'])) return 'game';
  if (differ(['seed'])) return 'seed';
  return differ(['dlr', 'glr']) ? 'rates' : 'nothing';
}

export const PRESETS: readonly Preset<Settings>[] = [
  {
    id: 'digits',
    title: 'From noise to digits',
    text: 'Train some 500 steps. Each square keeps its noise: only G changes. Then look back over the sheet, step by step.',
    settings: {},
    offered: true,
  },
  {
    id: 'mode-collapse',
    title: 'Mode collapse',
    text: 'G learns a hundred times faster than D. All squares show one image, then another, and another: G runs, D follows.',
    settings: { dlr: 0.0001, glr: 0.01 },
    offered: true,
  },
  {
    id: 'vanishing-gradient',
    title: 'No gradient for G',
    text: 'Minimax loss, and D learns five times for each step of G. Watch G’s gradient fall to nothing. Then choose the non-saturating loss.',
    settings: { loss: 'minimax', dlr: 0.002, glr: 0.0002, dsteps: 5 },
    offered: true,
  },
  {
    id: 'strong-discriminator',
    title: 'Too strong a discriminator',
    text: 'D learns ten times for each step of G, and in big steps. It is always right, G’s loss explodes, and the sheet stays poor.',
    settings: { dlr: 0.02, glr: 0.0002, dsteps: 10 },
    offered: true,
  },
  {
    id: 'wasserstein',
    title: 'Wasserstein with penalty',
    text: 'D scores instead of judging, and a penalty keeps its slope near 1. Slower per step, steadier over many.',
    settings: { loss: 'wasserstein-gp' },
    offered: false,
  },
  {
    id: 'strokes',
    title: 'Larger images',
    text: 'Digits drawn on 28×28 pixels: the networks of MNIST. A step takes longer.',
    settings: { data: 'strokes' },
    offered: true,
  },
];
