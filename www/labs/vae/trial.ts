/**
 * The experiment of this lab: a data set, one variational autoencoder, or two that differ in β and take the same steps, and what is to be
 * seen of them. Looking never trains.
 */
import type { Dataset } from '../../engine/client.ts';
import type { Action, RunState } from '../../ui/transport.ts';
import { Experiment } from '../run/experiment.ts';
import { Remaker } from '../run/remake.ts';
import { Pupil } from './pupil.ts';
import { changeBetween, CHANGES, optionsOf, sourceOf, type Change, type Settings } from './settings.ts';

/** A block of steps should take about this long, so that a pause is felt at once. */
const BLOCK_MS = 60;
/** Between two looks, and between two measurements of the scores, while it trains. */
const LOOK_MS = 800;
const SCORE_MS = 3000;
/** Held-out images that are shown and judged. */
export const IMAGES = 200;

export interface Live {
  dataset: Dataset;
  /** The first held-out images. */
  images: Float32Array;
  labels: Uint32Array;
  pupils: Pupil[];
}

export class Trial extends Experiment<Settings, 'data' | 'networks' | 'training'> {
  live: Live | null = null;
  step = 0;
  readonly #changes = new Remaker(CHANGES, (change) => this.#carryOut(change));
  #loop: Promise<void> = Promise.resolve();
  #lookedAt = 0;
  #scoredAt = 0;

  /** The network that is looked at. */
  get pupil(): Pupil | null {
    const { live, settings } = this;
    return live ? (live.pupils[settings.shown - 1] ?? live.pupils[0]) : null;
  }

  /** The two latents of the plane, as far as there are so many. */
  get plane(): [number, number] {
    const { across, up, latent } = this.settings;
    const first = Math.min(across, latent - 1);
    const second = Math.min(up, latent - 1);
    return second === first ? [first, first === 0 ? Math.min(1, latent - 1) : 0] : [first, second];
  }

  protected override make(): Promise<void> {
    this.live = null;
    return this.#changes.ask('data');
  }

  async update(changes: Partial<Settings>): Promise<void> {
    const before = this.settings;
    this.settings = { ...before, ...changes };
    this.onSettings();
    this.changed();
    const change = changeBetween(before, this.settings);
    await this.#changes.ask(change);
    if (change === 'nothing' && !this.playing) await this.#try('training', () => this.#see());
  }

  async #try(place: 'data' | 'networks' | 'training', work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.clear(place);
    } catch (error) {
      this.report(place, error);
    }
    this.changed();
  }

  async #carryOut(change: Change): Promise<void> {
    if (!this.started) return;
    if (change === 'strength' && this.live) {
      await this.#try('training', () => this.#adjust());
      return;
    }
    this.playing = false;
    this.busy = true;
    this.changed();
    await this.#loop;
    this.busy = true;
    if (change === 'seed' && this.live) await this.#begin(this.settings.seed);
    else await this.#try(change === 'data' ? 'data' : 'networks', () => this.#build(change));
    this.busy = false;
    this.changed();
  }

  async #adjust(): Promise<void> {
    for (const [i, pupil] of (this.live?.pupils ?? []).entries()) {
      pupil.beta = i === 0 ? this.settings.beta : this.settings.against;
      await pupil.model.setStrength(pupil.beta);
      await pupil.model.setLearningRate(this.settings.lr);
    }
  }

  async #build(change: Change): Promise<void> {
    const { live: old, settings, engine } = this;
    const isSame = old !== null && change !== 'data';
    const dataset = isSame ? old.dataset : await engine.dataset(sourceOf(settings), { seed: 1 });
    const indices = Array.from({ length: Math.min(IMAGES, dataset.info.validation) }, (_, i) => i);
    const { pixels, labels } = await dataset.images('validation', indices);
    const betas = [settings.beta, ...(settings.against > 0 ? [settings.against] : [])];
    const pupils: Pupil[] = [];
    for (const beta of betas) pupils.push(new Pupil(await engine.autoencoder(dataset, optionsOf(settings, beta)), beta));
    this.live = { dataset, images: pixels, labels, pupils };
    this.step = this.rate = 0;
    await this.#see();
    if (!old) return;
    for (const pupil of old.pupils) await pupil.model.dispose();
    if (!isSame) await old.dataset.dispose();
  }

  /** Back to the first weights, or with `seed` to others. */
  async #begin(seed?: number): Promise<void> {
    await this.#try('training', async () => {
      for (const pupil of this.live?.pupils ?? []) await pupil.rewind(seed);
      this.step = this.rate = 0;
      await this.#see();
    });
  }

  // --- the run ---

  get run(): RunState {
    const { playing, busy, live, rate, speed, settings, device, step } = this;
    return { playing, blocked: busy || !live, step, stepsPerEpoch: 0, rate, speed, seed: settings.seed, device };
  }

  act(action: Action): void {
    const actions: Record<Action, () => void> = {
      toggle: () => (this.playing ? this.halt() : this.#some(Infinity)),
      step: () => this.#some(1),
      epoch: () => {},
      rewind: () => void this.rewind(),
      seed: () => void this.newSeed(),
    };
    actions[action]();
  }

  /** What is under way comes to its end first. */
  halt(): void {
    if (this.playing) {
      this.busy = true;
      void this.#loop.then(() => {
        this.busy = false;
        this.changed();
      });
    }
    this.playing = false;
    this.changed();
  }

  async rewind(): Promise<void> {
    this.halt();
    await this.#loop;
    await this.#begin();
  }

  #some(steps: number): void {
    if (this.playing || this.busy || !this.live) return;
    this.playing = true;
    this.#loop = this.#drive(steps);
    this.changed();
  }

  async #drive(steps: number): Promise<void> {
    const { live } = this;
    const take = async (most: number) => {
      if (!live) return 0;
      for (const pupil of live.pupils) await pupil.run(most);
      this.step += most;
      this.onStep({ step: this.step, loss: live.pupils[0].last?.loss ?? NaN, accuracy: null });
      return most;
    };
    await this.#try('training', () =>
      this.inBlocks(steps, BLOCK_MS, take, async () => {
        if (performance.now() - this.#lookedAt > LOOK_MS) await this.#see();
      }),
    );
    const diverged = this.problems.training !== undefined;
    this.playing = false;
    if (!diverged) await this.#try('training', () => this.#see());
    this.onDone({ step: this.step, diverged, validation: null });
    this.changed();
  }

  async #see(): Promise<void> {
    const { live, settings, plane } = this;
    if (!live) return;
    const { images, dataset, pupils } = live;
    const size = dataset.info.shape.reduce((a, b) => a * b, 1);
    const at = Math.min(settings.image, images.length / size - 1);
    for (const pupil of pupils) await pupil.see(images, at, size, plane);
    const isTime = !this.playing || performance.now() - this.#scoredAt > SCORE_MS;
    if (settings.data === 'rooms' && this.step > 0 && isTime) {
      for (const pupil of pupils) await pupil.score();
      this.#scoredAt = performance.now();
    }
    this.#lookedAt = performance.now();
    this.changed();
  }
}
