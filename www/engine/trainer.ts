import type { Connection, Handle } from './connection.ts';
import { Remote } from './remote.ts';
import type { Checkpoint, Evaluation, RunResult, Split } from './types.ts';

/** Where a trainer stands. */
export interface TrainerPosition {
  step: number;
  stepsPerEpoch: number;
}

/** A training run: a model, a data set, an optimiser and a position. Made by `model.trainer`. */
export class Trainer extends Remote {
  #position: TrainerPosition;

  /** @internal */
  constructor(connection: Connection, handle: Handle, position: TrainerPosition) {
    super(connection, handle);
    this.#position = position;
  }

  /** Steps done since the initial weights. */
  get step(): number {
    return this.#position.step;
  }

  /** Whole epochs done. */
  get epoch(): number {
    return Math.floor(this.step / this.stepsPerEpoch);
  }

  get stepsPerEpoch(): number {
    return this.#position.stepsPerEpoch;
  }

  async #moved<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } finally {
      this.#position = await this.call<TrainerPosition>('position').catch(() => this.#position);
    }
  }

  /** Does `steps` steps. Where the loss stops being finite it ends early, back at the last good checkpoint. */
  run(steps: number): Promise<RunResult> {
    return this.#moved(this.call('run', steps));
  }

  /** Loss, accuracy and predictions over a whole split, in evaluation mode. */
  evaluate(split: Split): Promise<Evaluation> {
    return this.call('evaluate', split);
  }

  /** Back to step 0 with the same initial weights; the learning rate stays as it was last set. */
  rewind(): Promise<void> {
    return this.#moved(this.call('rewind'));
  }

  /** Back to step 0 with initial weights, batch order and dropout from `seed`. */
  newSeed(seed: number): Promise<void> {
    return this.#moved(this.call('newSeed', seed));
  }

  /** From the next step on. Greater than 0. */
  setLearningRate(rate: number): Promise<void> {
    return this.call('setLearningRate', rate);
  }

  /** Everything needed to continue from here, bit for bit on the same device. */
  checkpoint(): Promise<Checkpoint> {
    return this.call('checkpoint');
  }

  /** Back to `checkpoint`, which must come from the same architecture, batch size and optimiser. */
  restore(checkpoint: Checkpoint): Promise<void> {
    return this.#moved(this.call('restore', checkpoint));
  }
}
