import type { Connection, Handle } from './connection.ts';
import { EngineError, throwIfAborted } from './errors.ts';
import { Dataset, type LabelledImages, type MaskedImages, masked } from './dataset.ts';
import type { Engine } from './engine.ts';
import { Remote } from './remote.ts';
import { Trainer, type TrainerPosition } from './trainer.ts';
import type {
  AttackOptions,
  AttackResult,
  ExplainMethod,
  ExplainSettings,
  Explanation,
  MeasureReport,
  MeasureSettings,
  ModelSummary,
  Named,
  Prediction,
  RunResult,
  Split,
  StepMetric,
  TrainOptions,
  Shape,
} from './types.ts';

/** Options of `model.train`. Without: Adam, rate 0.003, batches of 32, seed 1. */
export interface TrainingOptions extends Partial<TrainOptions> {
  /** 5. */
  epochs?: number;
  /** After each block of steps. */
  onProgress?: (progress: TrainingProgress) => void;
  /** Stops between two blocks of steps; the promise is rejected with code `cancelled`, the weights stay as they are. */
  signal?: AbortSignal;
}

export interface TrainingProgress {
  /** Steps done, and how many there will be. */
  step: number;
  steps: number;
  /** Of the steps since the last call. */
  metrics: StepMetric[];
}

export interface TrainingResult {
  trainer: Trainer;
  metrics: StepMetric[];
  divergence: RunResult['divergence'];
}

export interface ExplainOptions extends ExplainSettings {
  /** The class to explain, per image. The predicted one. */
  classes?: Uint32Array | number[];
  /** After each piece of a long list of images. */
  onProgress?: (progress: { done: number; of: number }) => void;
  /** Stops between two pieces; the promise is rejected with code `cancelled`. */
  signal?: AbortSignal;
}

export interface MeasureOptions extends MeasureSettings {
  /** Of a data set. `validation`. */
  split?: Split;
  /** Of a data set: how many images, from the beginning of the split, or which. 20. */
  images?: number | readonly number[];
  /** After each image. */
  onProgress?: (progress: { done: number; of: number }) => void;
  /** Stops between two images, with a report of those that are done, or without one the rejection `cancelled`. */
  signal?: AbortSignal;
}

export interface RobustnessOptions extends Omit<AttackOptions, 'epsilon'> {
  /** Radii, each 0…1. */
  epsilons: number[];
  /** `validation`. */
  split?: Split;
  /** At most so many images, from the beginning of the split. All. */
  limit?: number;
  onProgress?: (progress: { done: number; of: number }) => void;
  signal?: AbortSignal;
}

/** A network with its weights. Made by `engine.model`. */
export class Model extends Remote {
  readonly summary: ModelSummary;
  readonly #engine: Engine;
  readonly #connection: Connection;

  /** @internal */
  constructor(engine: Engine, connection: Connection, handle: Handle, summary: ModelSummary) {
    super(connection, handle);
    this.#engine = engine;
    this.#connection = connection;
    this.summary = summary;
  }

  /**
   * A trainer for this model: the weights begin anew from `options.seed`, and every later call on the model sees those that the trainer
   * has reached. A second trainer takes the model over from the first.
   */
  async trainer(data: Dataset, options: Partial<TrainOptions> = {}): Promise<Trainer> {
    const handle = await this.call<Handle>('trainer', Remote.handleOf(data), options);
    return new Trainer(this.#connection, handle, await this.#connection.call<TrainerPosition>(handle, 'position', []));
  }

  /** Trains for some epochs, in one call. `data` as plain arrays is split like any data set. */
  async train(data: Dataset | LabelledImages, options: TrainingOptions = {}): Promise<TrainingResult> {
    const { epochs = 5, onProgress, signal, ...settings } = options;
    throwIfAborted(signal);
    const own = data instanceof Dataset ? null : await this.#fromArrays(data, settings.seed);
    const trainer = await this.trainer(own ?? (data as Dataset), settings);
    await own?.dispose();
    const steps = Math.round(epochs * trainer.stepsPerEpoch);
    const all: StepMetric[] = [];
    let divergence: RunResult['divergence'] = null;
    while (trainer.step < steps && !divergence) {
      throwIfAborted(signal);
      const run = await trainer.run(Math.min(10, steps - trainer.step));
      all.push(...run.metrics);
      divergence = run.divergence;
      onProgress?.({ step: trainer.step, steps, metrics: run.metrics });
    }
    return { trainer, metrics: all, divergence };
  }

  async #fromArrays({ images, labels }: LabelledImages, seed?: number): Promise<Dataset> {
    const shape = await this.call<Shape>('input');
    return this.#engine.dataset({ kind: 'arrays', images, labels, shape }, seed === undefined ? {} : { seed });
  }

  /** Logits and probabilities of `n` images; without `n`, of as many as there are. */
  predict(images: Float32Array, n?: number): Promise<Prediction> {
    return this.call('predict', images, n);
  }

  /** What every layer makes of one image, in evaluation mode: one entry per layer, in order, its shape without the batch. */
  activations(image: Float32Array): Promise<Named[]> {
    return this.call('activations', image);
  }

  /** All parameters and running statistics: `conv1/weight`, `conv1/bias`, `norm1/mean`, … */
  weights(): Promise<Named[]> {
    return this.call('weights');
  }

  /** Mean cross-entropy, and its gradients in all parameters and in the pixels, over one batch in evaluation mode. Changes nothing. */
  gradients(images: Float32Array, labels: Uint32Array): Promise<{ loss: number; gradients: Named[]; input: Float32Array }> {
    return this.call('gradients', images, labels);
  }

  /** One map per image that says where the evidence for a class lies. */
  async explain(method: ExplainMethod, images: Float32Array, options: ExplainOptions = {}): Promise<Explanation> {
    const { classes, onProgress, signal, ...settings } = options;
    const asked = classes && Uint32Array.from(classes);
    const explain = (from: number, to?: number, size = 1) =>
      this.call<Explanation>('explain', method, images.slice(from * size, to && to * size), asked?.slice(from, to), settings);
    if (!onProgress && !signal) return explain(0);
    const size = (await this.call<Shape>('input')).reduce((product, side) => product * side);
    const of = Math.ceil(images.length / size);
    if (of * size !== images.length || (asked && asked.length !== of)) return explain(0); // the engine says what is wrong
    const versions = (await this.#engine.explainMethods()).some((info) => info.id === method && info.versions);
    const piece = versions ? 1 : 16;
    const parts: Explanation[] = [];
    for (let start = 0; start < of || start === 0; start += piece) {
      throwIfAborted(signal);
      const done = Math.min(start + piece, of);
      parts.push(await explain(start, done, size));
      onProgress?.({ done, of });
    }
    return joined(parts);
  }

  /**
   * Compares methods of explanation on images whose object is known. All maps answer for the image's label. The weights must stay as they
   * are meanwhile.
   */
  async measure(data: Dataset | MaskedImages, options: MeasureOptions): Promise<MeasureReport> {
    const { split = 'validation', images = 20, onProgress, signal, ...settings } = options;
    throwIfAborted(signal);
    const set = data instanceof Dataset ? await masked(data, split, images) : data;
    const of = set.labels.length;
    if (of === 0) throw new EngineError('option', 'images: there is none to measure');
    const measurement = await this.call<Handle>('measurement', settings);
    const ask = <T>(method: string, ...args: unknown[]) => this.#connection.call<T>(measurement, method, args);
    try {
      const [image, plane] = [set.images.length / of, set.masks.length / of];
      for (let i = 0; i < of; i++) {
        if (i > 0 && signal?.aborted) break;
        throwIfAborted(signal);
        const one = (values: Float32Array, size: number) => values.slice(i * size, (i + 1) * size);
        await ask<void>('run', one(set.images, image), set.labels.slice(i, i + 1), one(set.masks, plane));
        onProgress?.({ done: i + 1, of });
      }
      return await ask<MeasureReport>('report');
    } finally {
      await this.#connection.release(measurement).catch(() => {});
    }
  }

  /** Changes images within a small ball so that the model errs; `labels` are the true classes. */
  attack(images: Float32Array, labels: Uint32Array, options: AttackOptions): Promise<AttackResult> {
    return this.call('attack', images, labels, options);
  }

  /** Accuracy under attack for each of `epsilons`, 0…1. */
  async robustness(data: Dataset, options: RobustnessOptions): Promise<number[]> {
    const { epsilons, split = 'validation', limit = Infinity, onProgress, signal, ...attack } = options;
    const piece = 64;
    const of = Math.min(limit, data.info[split]);
    const correct = epsilons.map(() => 0);
    for (let start = 0; start < of; start += piece) {
      throwIfAborted(signal);
      const done = Math.min(start + piece, of);
      const settings = { ...attack, epsilon: 0 };
      const accuracies = await this.call<Float32Array>('robustness', Remote.handleOf(data), split, start, done, epsilons, settings);
      accuracies.forEach((accuracy, i) => (correct[i]! += accuracy * (done - start)));
      onProgress?.({ done, of });
    }
    return correct.map((count) => (of > 0 ? Math.round(count) / of : 0));
  }
}

/** Explanations of pieces of a list of images, as one. */
function joined(parts: Explanation[]): Explanation {
  const first = parts[0]!;
  const all = <T>(of: (part: Explanation) => T) => parts.map(of);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const maps = new Float32Array(sum(all((part) => part.maps.length)));
  parts.reduce((at, part) => (maps.set(part.maps, at), at + part.maps.length), 0);
  return {
    ...first,
    maps,
    classes: Uint32Array.from(parts.flatMap(({ classes }) => [...classes])),
    note: parts.find(({ note }) => note)?.note ?? null,
    details: parts.flatMap(({ details }) => details),
    cost: {
      forward: sum(all(({ cost }) => cost.forward)),
      milliseconds: sum(all(({ cost }) => cost.milliseconds)),
      backward: sum(all(({ cost }) => cost.backward)),
      bytes: Math.max(...all(({ cost }) => cost.bytes)),
    },
  };
}
