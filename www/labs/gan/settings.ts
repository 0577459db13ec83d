/** What the lab's state is, and its named set-ups. */
import type { Cloud, GanOptions, GanTurn } from '../../engine/types.ts';
import { choice, flag, integer, real, type Schema } from '../../ui/state.ts';
import type { LabSettings } from '../run/experiment.ts';
import type { Preset } from '../run/shell.ts';
import collapse from './collapse.json';
import { coordinates, dotsField, DRAWINGS, SIGMA, type Dot } from './drawing.ts';

export type CloudName = Extract<Cloud, string> | 'drawn';
export type LossName = NonNullable<GanOptions['loss']>;
/** What lies under the points. */
export type Ground = 'd' | 'best' | 'none';

export interface Settings extends LabSettings {
  data: CloudName;
  /** Used where `data` is `drawn`. */
  dots: Dot[];
  loss: LossName;
  latent: number;
  /** Units of a hidden layer, and how many layers; the same in both networks. */
  width: number;
  depth: number;
  batch: number;
  /** Learning rates of D and G, and more; 0, or −1 where 0 means something: as the engine has it for the loss. */
  dlr: number;
  glr: number;
  half: number;
  penalty: number;
  dsteps: number;
  /** Memory of the averaged generator. */
  average: number;
  /** Whose turn it is when the run goes on. */
  turn: GanTurn;
  ground: Ground;
  real: boolean;
  fake: boolean;
  arrows: boolean;
  grid: boolean;
}

export const CLOUDS: readonly (readonly [CloudName, string])[] = [
  ['ring', 'Ring of 8'],
  ['grid', '5×5 grid'],
  ['line', 'Line'],
  ['moons', 'Two moons'],
  ['disjoint', 'Two bars apart'],
  ['drawn', 'Drawn by hand'],
  ['gaussian', 'One bell, on the line'],
  ['two-gaussians', 'Two bells, on the line'],
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
  data: choice<CloudName>('ring', ids(CLOUDS)),
  dots: dotsField,
  loss: choice<LossName>('non-saturating', ids(LOSSES)),
  latent: integer(2, 1, 16),
  width: integer(64, 4, 128),
  depth: integer(2, 1, 3),
  batch: integer(256, 16, 512),
  dlr: real(0, 0, 1),
  glr: real(0, 0, 1),
  half: integer(-1, -1, 1000000),
  penalty: real(-1, -1, 100),
  dsteps: integer(0, 0, 20),
  average: real(-1, -1, 0.9999),
  turn: choice<GanTurn>('both', ids(TURNS)),
  ground: choice<Ground>('d', ['d', 'best', 'none']),
  real: flag(true),
  fake: flag(true),
  arrows: flag(true),
  grid: flag(false),
};

/** The state's distribution as the engine takes it. A drawing of nothing is the first ready-made one. */
export function cloudOf({ data, dots }: Settings): Cloud {
  if (data !== 'drawn') return data;
  return { points: coordinates(dots.length > 0 ? dots : DRAWINGS['Spiral']), dims: 2, sigma: SIGMA };
}

export function optionsOf(settings: Settings): GanOptions {
  const { loss, latent, width, depth, batch, dlr, glr, half, penalty, dsteps, average, seed } = settings;
  return {
    loss,
    latent,
    hidden: Array.from({ length: depth }, () => width),
    batch,
    seed,
    ...(dlr > 0 && { discriminatorRate: dlr }),
    ...(glr > 0 && { generatorRate: glr }),
    ...(half >= 0 && { halfLife: half }),
    ...(penalty >= 0 && { penalty }),
    ...(average >= 0 && { average }),
    ...(dsteps > 0 && { discriminatorSteps: dsteps }),
  };
}

/** Settings that the two networks, or what they are to learn, are made of. */
const MADE_OF: readonly (keyof Settings)[] = [
  'data',
  'dots',
  'loss',
  'latent',
  'width',
  'depth',
  'batch',
  'half',
  'penalty',
  'dsteps',
  'average',
];

const differ = (keys: readonly (keyof Settings)[], a: Settings, b: Settings): boolean =>
  keys.some((key) => SCHEMA[key].format(a[key] as never) !== SCHEMA[key].format(b[key] as never));

/** What has to be made anew after a change. */
export type Change = 'nothing' | 'rates' | 'seed' | 'game';

export function changeBetween(before: Settings, after: Settings): Change {
  if (differ(MADE_OF, before, after)) return 'game';
  // The engine's own rate can only be had back with a new game.
  if ((['dlr', 'glr'] as const).some((key) => before[key] > 0 && after[key] === 0)) return 'game';
  if (before.seed !== after.seed) return 'seed';
  return differ(['dlr', 'glr'], before, after) ? 'rates' : 'nothing';
}

export const PRESETS: readonly Preset<Settings>[] = [
  {
    id: 'ring',
    title: 'Eight modes',
    text: 'Train, and watch orange find blue. The surface turns white where D can no longer tell: D(x) = ½.',
    settings: {},
    offered: true,
  },
  {
    id: 'collapse',
    title: 'Mode collapse',
    text: 'G learns five times faster than D, without penalty. In some 300 steps all fakes crowd at one mode; D follows, they run on. Count the modes.',
    settings: {
      latent: collapse.latent,
      dlr: collapse.discriminatorRate,
      glr: collapse.generatorRate,
      half: collapse.halfLife,
      penalty: collapse.penalty,
      average: collapse.average,
    },
    offered: true,
  },
  {
    id: 'vanishing',
    title: 'No gradient for G',
    text: 'Minimax loss against a D that is sure of itself: fakes get short arrows, and G stays lost. Then choose the non-saturating loss.',
    settings: { data: 'disjoint', loss: 'minimax', dlr: 0.01, half: 0, penalty: 0, dsteps: 10 },
    offered: true,
  },
  {
    id: 'strong',
    title: 'Too strong a discriminator',
    text: 'Twenty steps of D for one of G, no penalty. D is always right, its surface has cliffs, and G is thrown about.',
    settings: { dlr: 0.02, half: 0, penalty: 0, dsteps: 20, average: 0 },
    offered: true,
  },
  {
    id: 'wasserstein',
    title: 'Wasserstein with penalty',
    text: 'D is no longer a judge but a slope: it scores, and the penalty keeps its slope near 1. Arrows never vanish.',
    settings: { loss: 'wasserstein-gp' },
    offered: false,
  },
  {
    id: 'line',
    title: 'On the line: D beside the best D',
    text: 'For points on a line the best possible D can be drawn: p/(p + q). Here only D learns: watch it meet the dashed curve. Then let both learn.',
    settings: { data: 'two-gaussians', ground: 'best', turn: 'discriminator' },
    free: ['turn'],
    offered: true,
  },
  {
    id: 'grid',
    title: 'Twenty-five modes',
    text: 'Five by five. How many does G find, and which does it drop?',
    settings: { data: 'grid', width: 128 },
    offered: false,
  },
  {
    id: 'draw',
    title: 'Draw your own',
    text: 'Draw a shape, and let G learn it.',
    settings: { data: 'drawn' },
    offered: false,
  },
];
