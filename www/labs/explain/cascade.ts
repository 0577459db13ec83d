/**
 * The model-randomisation test (Adebayo et al. 2018, "Sanity checks for saliency maps"): the weights of the last layer are replaced by
 * random ones, then those of the one before as well, and so on down to the first. A map that explains the network must change with it.
 * The trained network stays as it is; a twin of it is randomised.
 */
import { throwIfAborted } from '../../engine/errors.ts';
import type { Checkpoint, ExplainMethodInfo, ExplainSettings } from '../../engine/types.ts';
import { ask } from '../run/ask.ts';
import type { Live, Session } from '../run/session.ts';
import { trainOptionsOf } from '../run/settings.ts';
import type { Subject } from './comparison.ts';
import { rankCorrelation } from './rank.ts';
import type { Settings } from './settings.ts';

export interface Course {
  method: ExplainMethodInfo;
  /** Of the shown image, one per stage; the first is the trained network's. */
  maps: readonly Float32Array[];
  /** Rank correlation with the first map, signs aside, mean over all images; `null` where all maps are constant. */
  likeness: readonly (number | null)[];
}

export interface Cascade {
  shown: Subject;
  /** How many images `likeness` is the mean of. */
  images: number;
  /** What is random at each stage: nothing, the last layer, the last two, … */
  stages: readonly string[];
  courses: readonly Course[];
}

/** `trained` with the states of `layers` from `random`. */
export function mixed(trained: Checkpoint, random: Checkpoint, layers: readonly string[]): Checkpoint {
  const fromRandom = ({ name }: { name: string }) => layers.some((layer) => name.startsWith(`model/${layer}/`));
  const others = new Map(random.states.map((state) => [state.name, state]));
  return { ...trained, states: trained.states.map((state) => (fromRandom(state) ? (others.get(state.name) ?? state) : state)) };
}

/** Correlation of two lists of maps of `size` values by strength, whatever the signs: mean over the maps that are not constant. */
export function likeness(a: Float32Array, b: Float32Array, size: number): number | null {
  const each: number[] = [];
  for (let start = 0; start < a.length; start += size) {
    const [first, second] = [a, b].map((maps) => maps.subarray(start, start + size).map(Math.abs));
    const correlation = rankCorrelation(first, second);
    if (correlation !== null) each.push(correlation);
  }
  return each.length > 0 ? each.reduce((sum, value) => sum + value, 0) / each.length : null;
}

interface Order {
  session: Session<Settings>;
  live: Live;
  shown: Subject;
  /** Validation images for the mean, beside the shown one. */
  others: readonly number[];
  methods: readonly ExplainMethodInfo[];
  methodSettings: ExplainSettings;
  onProgress: (share: number) => void;
  signal: AbortSignal;
}

export async function cascade(order: Order): Promise<Cascade> {
  const { session, live, shown, others, methods, methodSettings, onProgress, signal } = order;
  const layers = live.model.summary.layers.filter(({ parameters }) => parameters > 0).map(({ name }) => name);
  const indices = [shown.index, ...others.filter((index) => index !== shown.index)];
  const { pixels, labels } = await live.dataset.images('validation', indices);
  const classes = [shown.asked, ...labels.slice(1)];
  const options = trainOptionsOf({ ...session.settings, seed: (session.settings.seed + 1) % 2 ** 32 });
  const twin = await session.engine.model(live.architecture, { seed: options.seed });
  try {
    const trainer = await twin.trainer(live.dataset, options);
    const [trained, random] = [await live.trainer.checkpoint(), await trainer.checkpoint()];
    const maps = methods.map((): Float32Array[] => []);
    for (let stage = 0; stage <= layers.length; stage++) {
      await trainer.restore(mixed(trained, random, layers.slice(layers.length - stage)));
      for (const [i, method] of methods.entries()) {
        throwIfAborted(signal);
        maps[i].push((await ask(twin, method, pixels, classes, methodSettings)).maps);
        onProgress((stage * methods.length + i + 1) / ((layers.length + 1) * methods.length));
      }
    }
    const [, height, width] = live.dataset.info.shape;
    const size = height * width;
    const courses = methods.map((method, i) => ({
      method,
      maps: maps[i].map((all) => all.slice(0, size)),
      likeness: maps[i].map((all) => likeness(maps[i][0], all, size)),
    }));
    return { shown, images: indices.length, stages: ['nothing', ...layers.toReversed()], courses };
  } finally {
    await twin.dispose();
  }
}
