/**
 * The experiment: one data set, and autoencoders that take their steps on it in turns, a block each, so that their curves can be compared
 * step by step. Looking never trains.
 */
import type { Autoencoder, Dataset } from '../../engine/client.ts';
import type { Action, RunState } from '../../ui/transport.ts';
import { DataExperiment } from '../run/data-experiment.ts';
import { depthOfChange, DEPTHS, kindsOf, optionsOf, sourceOf, type Depth, type Kind, type Settings } from './settings.ts';

/** A round of all autoencoders should take about this long, so that a pause is felt at once. */
const ROUND_MS = 80;
/** Steps between two looks at held-out images, and how many of these. */
const LOOK_EVERY = 25;
const LOOKED_AT = 128;

/** Where a message belongs: beside the control that caused it. */
export type Place = 'data' | 'network' | 'training' | 'inside';

export interface Coder extends Kind {
  coder: Autoencoder;
  parameters: number;
  /** Mean squared error per pixel on held-out images, at `Experiment.looks`. */
  errors: number[];
  /** What its code cost at the last step: Σ|h|, Σ‖∇h‖² or the KL divergence; 0 where nothing is asked. */
  penalty: number;
}

export interface Held {
  pixels: Float32Array;
  labels: Uint32Array;
  size: number;
}

export class Coding extends DataExperiment<Settings, Place, Depth> {
  dataset: Dataset | null = null;
  coders: Coder[] = [];
  /** The first held-out images. */
  held: Held | null = null;
  /** Steps at which held-out images were looked at. */
  looks: number[] = [];
  step = 0;
  /** Changes whenever weights do. */
  version = 0;
  diverged: string | null = null;

  constructor(settings: Settings) {
    super(settings, DEPTHS);
  }

  protected override make(): Promise<void> {
    this.coders = [];
    this.dataset = null;
    return super.make();
  }

  protected override depthOf(before: Settings, after: Settings): Depth {
    return depthOfChange(before, after);
  }

  protected override async retune(): Promise<void> {
    try {
      for (const { coder, variational } of this.coders) {
        await coder.setLearningRate(this.settings.lr);
        if (!variational) await coder.setStrength(this.settings.strength);
      }
      this.clear('training');
    } catch (error) {
      this.report('training', error);
    }
  }

  protected override async remake(depth: Depth): Promise<void> {
    const old = { dataset: this.dataset, coders: this.coders };
    const { settings } = this;
    let place: Place = 'data';
    try {
      this.requireFiles();
      const dataset = depth === 'data' || !old.dataset ? await this.engine.dataset(sourceOf(settings, this.files)) : old.dataset;
      place = 'network';
      const coders: Coder[] = [];
      for (const kind of kindsOf(settings)) {
        const batch = Math.min(settings.batch, dataset.info.train);
        const coder = await this.engine.autoencoder(dataset, { ...optionsOf(settings, kind), batch });
        const { parameters } = await coder.cost();
        coders.push({ ...kind, coder, parameters, errors: [], penalty: 0 });
      }
      const count = Math.min(LOOKED_AT, dataset.info.validation);
      const { pixels, labels } = await dataset.images(
        'validation',
        Array.from({ length: count }, (_, i) => i),
      );
      this.problems = {};
      [this.dataset, this.coders] = [dataset, coders];
      this.held = { pixels, labels, size: dataset.info.shape.reduce((a, b) => a * b) };
      await this.#forget();
      await Promise.all(old.coders.map(({ coder }) => coder.dispose()));
      if (old.dataset && old.dataset !== dataset) await old.dataset.dispose();
    } catch (error) {
      this.report(place, error);
    }
  }

  /** Back at step 0. */
  async #forget(): Promise<void> {
    this.looks = [];
    this.step = 0;
    this.rate = 0;
    this.diverged = null;
    this.coders.forEach((each) => Object.assign(each, { errors: [], penalty: 0 }));
    await this.#look();
  }

  // --- the run ---

  get stepsPerEpoch(): number {
    return this.dataset
      ? Math.max(1, Math.floor(this.dataset.info.train / Math.min(this.settings.batch, this.dataset.info.train)))
      : 0;
  }

  get run(): RunState {
    const { playing, rate, speed, settings, device, step, stepsPerEpoch } = this;
    const blocked = this.busy || this.coders.length === 0 || this.diverged !== null;
    return { playing, blocked, step, stepsPerEpoch, rate, speed, seed: settings.seed, device };
  }

  act(action: Action): void {
    const actions: Record<Action, () => void> = {
      toggle: () => (this.playing ? this.stop() : this.train(Infinity)),
      step: () => this.train(1),
      epoch: () => this.train(this.stepsPerEpoch - (this.step % this.stepsPerEpoch)),
      rewind: () => void this.rewind(),
      seed: () => void this.newSeed(),
    };
    actions[action]();
  }

  stop(): void {
    this.playing = false;
    this.changed();
  }

  train(steps: number): void {
    if (this.playing || this.run.blocked) return;
    this.playing = true;
    this.running = this.#drive(steps);
    this.changed();
  }

  async #drive(steps: number): Promise<void> {
    const { coders } = this;
    const take = async (most: number) => {
      if (coders !== this.coders || this.diverged) return 0;
      const wanted = Math.min(most, LOOK_EVERY - (this.step % LOOK_EVERY));
      for (const each of coders) await this.#turn(each, wanted);
      this.step += wanted;
      this.version += 1;
      return wanted;
    };
    try {
      await this.inBlocks(steps, ROUND_MS, take, async () => {
        if (this.step % LOOK_EVERY === 0) await this.#look();
      });
      if (coders === this.coders && this.looks.at(-1) !== this.step) await this.#look();
    } catch (error) {
      this.report('training', error);
    }
    this.playing = false;
    this.onDone({ step: this.step, diverged: this.diverged !== null, validation: null });
    this.changed();
  }

  async #turn(each: Coder, steps: number): Promise<void> {
    const run = await each.coder.run(steps);
    const last = run.steps.at(-1);
    if (last) {
      each.penalty = last.penalty;
      this.onStep({ step: last.step, loss: last.loss, accuracy: NaN });
    }
    if (run.diverged !== null)
      this.diverged = `The loss of the one with ${each.title} was no number any more at step ${run.diverged}. Take a smaller learning rate and rewind.`;
  }

  /** How well the held-out images come back, now. */
  async #look(): Promise<void> {
    if (!this.held) return;
    for (const each of this.coders) {
      const { mse } = await each.coder.reconstruct(this.held.pixels);
      each.errors.push(mse.reduce((sum, value) => sum + value, 0) / mse.length);
    }
    this.looks.push(this.step);
    this.version += 1;
    this.changed();
  }

  /** Back to step 0 and the same first weights. */
  async rewind(): Promise<void> {
    this.playing = false;
    await this.running;
    try {
      for (const { coder } of this.coders) await coder.rewind();
      await this.#forget();
      this.clear('training');
    } catch (error) {
      this.report('training', error);
    }
    this.changed();
  }

  async retrySlower(): Promise<void> {
    await this.update({ lr: Number((this.settings.lr / 10).toPrecision(2)) });
    await this.rewind();
  }

  // --- looking ---

  /** The held-out image `i`. */
  image(i: number): Float32Array {
    const { pixels, size } = this.held!;
    return pixels.slice(i * size, (i + 1) * size);
  }

  className(label: number): string {
    return this.dataset?.info.classes[label] ?? String(label);
  }
}
