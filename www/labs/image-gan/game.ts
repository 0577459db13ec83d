/**
 * The experiment of this lab: two networks, the sheet of what G makes of fixed noise, and what is measured of it. Looking never trains.
 * The sheet moves with the run; neighbours, the walk between samples and the judge's opinion are asked for at rest, or at leisure.
 */
import { EngineError, type Dataset, type ImageGan } from '../../engine/client.ts';
import type { DrawnImages, GanTurn, ImageGanMetrics, ImageGanSettings, Neighbours, Verdict } from '../../engine/types.ts';
import { Trace } from '../../ui/trace.ts';
import type { Action, RunState } from '../../ui/transport.ts';
import { DataExperiment } from '../run/data-experiment.ts';
import { diagnose, spread, type Finding } from './diagnosis.ts';
import { Reel } from './reel.ts';
import { CHANGES, changeBetween, optionsOf, SAMPLES, sourceOf, type Change, type Settings } from './settings.ts';

/** A block of turns takes about so long: the sheet moves a few times a second. */
const BLOCK_MS = 160;
/** The judge is asked when training took so many times as long as its last answer. */
const JUDGE_SHARE = 3;
/** Samples that the judge sees. */
const JUDGED = 512;
/** Images of a walk. */
export const WALK = 9;

export interface Live {
  dataset: Dataset;
  gan: ImageGan;
  settings: ImageGanSettings;
  latent: Float32Array;
  /** Some real images, and the mean distance between two. */
  real: Float32Array;
  spread: number;
}

/** What is asked for at rest. */
export interface Still {
  /** What the neighbours are of. */
  sheet: DrawnImages;
  neighbours: Neighbours;
  walk: DrawnImages;
}

type Place = 'data' | 'training' | 'judge';

const NO_METRICS: ImageGanMetrics = {
  discriminatorSteps: 0,
  generatorSteps: 0,
  discriminatorLoss: 0,
  generatorLoss: 0,
  penalty: 0,
  real: 0,
  fake: 0,
  gradient: 0,
};

export class Game extends DataExperiment<Settings, Place, Change> {
  live: Live | null = null;
  sheet: DrawnImages | null = null;
  still: Still | null = null;
  metrics: ImageGanMetrics = NO_METRICS;
  /** Losses of D and G, mean D on real and on fake, norm of G's gradient. */
  trace = new Trace(5);
  /** Fréchet distances of samples and of held-out images. */
  distances = new Trace(2);
  verdict: Verdict | null = null;
  /** Accuracy of the judge; `null` without one. */
  judge: number | null = null;
  /** How far the judge's training is, 0…1; `null` while there is none. */
  lesson: number | null = null;
  reel = new Reel();
  /** The shot that is looked back at; `null`: the present. */
  shot: number | null = null;
  diversity = 1;
  #stopLesson: AbortController | null = null;
  /** A loss was no number any more: nothing is learnt until the game begins anew. */
  diverged = false;
  /** A run is under way, or the pause has not quite come yet. */
  #active = false;
  /** Time of training since the judge was asked, and of its last answer. */
  #trained = 0;
  #answer = 0;

  get finding(): Finding | null {
    return diagnose({ loss: this.settings.loss, metrics: this.metrics, diversity: this.diversity });
  }

  constructor(settings: Settings) {
    super(settings, CHANGES);
  }

  protected override make(): Promise<void> {
    this.live = null;
    this.judge = null;
    return super.make();
  }

  protected override depthOf(before: Settings, after: Settings): Change {
    return changeBetween(before, after);
  }

  override async update(changes: Partial<Settings>): Promise<void> {
    const before = this.settings;
    await super.update(changes);
    if (before.from !== this.settings.from || before.to !== this.settings.to) await this.#rest();
  }

  protected override async retune(): Promise<void> {
    await this.#try('training', async () => {
      const { dlr, glr } = this.settings;
      await this.live?.gan.setLearningRates(dlr, glr);
    });
  }

  protected override async remake(change: Change): Promise<void> {
    this.stopLesson();
    const isMade = await this.#try('data', () => (change === 'seed' && this.live ? this.#reseed() : this.#begin(change)));
    if (isMade) await this.#afresh();
  }

  /** Says where `work` failed; whether it did not. */
  async #try(place: Place, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      this.clear(place);
      return true;
    } catch (error) {
      this.report(place, error);
      return false;
    }
  }

  async #reseed(): Promise<void> {
    const { live } = this;
    if (!live) return;
    await live.gan.rewind(this.settings.seed);
    this.live = { ...live, latent: await live.gan.noise(SAMPLES) };
  }

  async #begin(change: Change): Promise<void> {
    const { settings, live: old } = this;
    this.requireFiles();
    const isNew = change === 'data' || !old;
    const dataset = isNew ? await this.engine.dataset(sourceOf(settings, this.files)) : old.dataset;
    try {
      const gan = await this.engine.imageGan(dataset, optionsOf(settings));
      const [all, latent] = await Promise.all([gan.options(), gan.noise(SAMPLES)]);
      const some = Array.from({ length: Math.min(100, dataset.info.train) }, (_, i) => i);
      const real = await dataset.images('train', some);
      const size = dataset.info.shape.reduce((product, side) => product * side);
      if (isNew) this.judge = null;
      else await gan.shareJudge(old.gan);
      this.live = { dataset, gan, settings: all, latent, real: real.pixels, spread: spread(real.pixels, size) };
    } catch (error) {
      if (isNew) await dataset.dispose();
      throw error;
    }
    await old?.gan.dispose();
    if (isNew) await old?.dataset.dispose();
  }

  /** Nothing has been learnt yet, and that is shown. */
  async #afresh(): Promise<void> {
    this.trace = new Trace(5);
    this.distances = new Trace(2);
    this.reel = new Reel();
    this.metrics = NO_METRICS;
    this.verdict = this.shot = null;
    this.diverged = false;
    this.rate = this.#trained = 0;
    await this.#try('training', async () => {
      await this.#see();
      await this.#ask(true);
    });
    await this.#rest();
  }

  // --- the run ---

  get run(): RunState {
    const { playing, busy, live, lesson, rate, speed, settings, device, metrics } = this;
    return {
      playing,
      blocked: busy || !live || this.diverged || lesson !== null || (this.#active && !playing),
      step: this.#step(metrics),
      stepsPerEpoch: 0,
      rate,
      speed,
      seed: settings.seed,
      device,
    };
  }

  #step({ discriminatorSteps, generatorSteps }: ImageGanMetrics): number {
    return Math.max(Math.ceil(discriminatorSteps / (this.live?.settings.discriminatorSteps ?? 1)), generatorSteps);
  }

  act(action: Action): void {
    const actions: Record<Action, () => void> = {
      toggle: () => (this.playing ? this.halt() : this.#some(Infinity, this.settings.turn)),
      step: () => this.#some(1, this.settings.turn),
      epoch: () => {},
      rewind: () => void this.rewind(),
      seed: () => void this.newSeed(),
    };
    actions[action]();
  }

  halt(): void {
    this.playing = false;
    this.changed();
  }

  /** One step of `turn`, whatever the setting is. */
  stepOf(turn: GanTurn): void {
    this.#some(1, turn);
  }

  /** Back to the first weights: those of the same seed. */
  rewind(): Promise<void> {
    return this.carryOut('seed');
  }

  /** After a divergence: a tenth of both rates, and from the start. */
  async retrySlower(): Promise<void> {
    const { dlr, glr } = this.settings;
    const tenth = (rate: number) => Number((rate / 10).toPrecision(3));
    await this.update({ dlr: tenth(dlr), glr: tenth(glr) });
    await this.rewind();
  }

  #some(turns: number, turn: GanTurn): void {
    if (this.playing || this.run.blocked) return;
    this.shot = null;
    this.playing = this.#active = true;
    this.running = this.#drive(turns, turn);
    this.changed();
  }

  async #drive(turns: number, turn: GanTurn): Promise<void> {
    const { live } = this;
    const take = async (most: number) => {
      if (!live) return 0;
      const began = performance.now();
      this.#note(await live.gan.run(turn, most));
      this.#trained += performance.now() - began;
      return most;
    };
    await this.#try('training', () =>
      this.inBlocks(turns, BLOCK_MS, take, async () => {
        await this.#see();
        await this.#ask(false);
      }),
    );
    this.playing = false;
    await this.#try('judge', () => this.#ask(true));
    await this.#rest();
    this.#active = false;
    this.onDone({ step: this.run.step, diverged: this.diverged, validation: null });
    this.changed();
  }

  #note(metrics: ImageGanMetrics): void {
    this.metrics = metrics;
    const { discriminatorLoss, generatorLoss, real, fake, gradient } = metrics;
    const { step } = this.run;
    this.trace.add(step, [discriminatorLoss, generatorLoss, real, fake, gradient]);
    if (![discriminatorLoss, generatorLoss].every(Number.isFinite)) {
      this.diverged = true;
      const message = `At step ${step} a loss is no longer a number: the run diverged. Choose smaller learning rates, then rewind.`;
      throw new EngineError('run', message);
    }
    this.onStep({ step, loss: generatorLoss, accuracy: null });
  }

  /** The sheet as it is now. */
  async #see(): Promise<void> {
    const { live } = this;
    if (!live) return;
    this.sheet = await live.gan.generate(live.latent);
    this.diversity = live.spread > 0 ? spread(this.sheet.images, this.sheet.images.length / SAMPLES) / live.spread : 1;
    this.reel.add(this.run.step, this.sheet.images);
  }

  /** The judge's opinion; not `always` only if there was enough training since. */
  async #ask(always: boolean): Promise<void> {
    const { live } = this;
    if (!live || this.judge === null || this.problems.training) return;
    if (!always && !(this.settings.judged && this.#trained > JUDGE_SHARE * this.#answer)) return;
    const began = performance.now();
    this.verdict = await live.gan.judge(JUDGED);
    this.distances.add(this.run.step, [this.verdict.distance, this.verdict.heldOut ?? NaN]);
    this.#trained = 0;
    this.#answer = performance.now() - began;
  }

  /** What is shown only at rest. */
  async #rest(): Promise<void> {
    const { live, sheet, settings } = this;
    if (!live || !sheet || this.playing || this.problems.training) return;
    await this.#try('training', async () => {
      const { latent } = live.settings;
      const vector = (number: number) => live.latent.slice((number - 1) * latent, number * latent);
      const [neighbours, walk] = await Promise.all([
        live.gan.nearest(sheet.images),
        live.gan.interpolate(vector(settings.from), vector(settings.to), WALK),
      ]);
      this.still = { sheet, neighbours, walk };
    });
    this.changed();
  }

  // --- the judge ---

  async teach(): Promise<void> {
    const { live } = this;
    if (!live || this.playing || this.run.blocked) return;
    this.#stopLesson = new AbortController();
    this.lesson = 0;
    this.changed();
    await this.#try('judge', async () => {
      const onProgress = ({ done, of }: { done: number; of: number }) => {
        this.lesson = done / of;
        this.changed();
      };
      this.judge = await live.gan.trainJudge({ onProgress, signal: this.#stopLesson!.signal });
      await this.#ask(true);
    });
    this.#stopLesson = this.lesson = null;
    this.changed();
  }

  stopLesson(): void {
    this.#stopLesson?.abort();
  }
}
