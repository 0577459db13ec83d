/**
 * The engine as a program sees it: networks are built, trained, explained and attacked in a worker; here are only typed promises.
 *
 * Images are `Float32Array`s in NCHW order with pixels in 0…1, labels are `Uint32Array`s. Arguments are copied, results belong to the
 * caller. Calls on one engine are carried out in the order in which they were made. Every failure is an `EngineError`.
 * `README.md` beside this file lists methods, defaults, ranges and errors in tables.
 */

import { Connection, type Handle } from './connection.ts';
import { EngineError, throwIfAborted } from './errors.ts';
import { GraphRecorder } from './graph.ts';
import type {
  Architecture,
  AttackOptions,
  AttackResult,
  Checkpoint,
  Cloud,
  Coverage,
  DatasetInfo,
  DataSource,
  DeviceChoice,
  DeviceInfo,
  EngineModule,
  Evaluation,
  ExplainMethod,
  ExplainMethodInfo,
  ExplainSettings,
  Explanation,
  GanMetrics,
  GanOptions,
  GanTurn,
  GanView,
  Layer,
  LayerProblem,
  MeasureReport,
  MeasureSettings,
  ModelSummary,
  Named,
  Prediction,
  Preset,
  RunResult,
  Split,
  StepMetric,
  TrainOptions,
} from './types.ts';

export { EngineError } from './errors.ts';
export type { BinaryFunction, GraphNode, GraphRecorder, UnaryFunction } from './graph.ts';
export type * from './types.ts';

/** Row-major values; numbers are converted to what the graph declares. */
export type Values = Float32Array | Uint32Array | number[];

/** A value of a program. */
export interface Tensor {
  shape: number[];
  data: Float32Array | Uint32Array;
}

type Listener<T> = (value: T) => void;
type Shape = [number, number, number];

/** Images and their labels as plain arrays. */
export interface LabelledImages {
  /** `[n, C, H, W]`, 0…1. */
  images: Float32Array;
  labels: Uint32Array;
}

export interface DatasetOptions {
  /** For `arrays`: part of each class held out for validation, 0 ≤ f < 1. 0.2. Other sources come with a validation part. */
  validationFraction?: number;
  /** What is drawn (`rooms`, `strokes`) or held out (`arrays`, `files` without a test part). 0. */
  seed?: number;
}

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

/** Images whose object is known. */
export interface MaskedImages extends LabelledImages {
  /** `[n, H, W]`, the share of each pixel that the object covers, 0…1. */
  masks: Float32Array;
}

export interface MeasureOptions extends MeasureSettings {
  /** Of a data set. `validation`. */
  split?: Split;
  /** Of a data set: how many images, from the beginning of the split, or which. 20. */
  images?: number | readonly number[];
  /** After each image. */
  onProgress?: (progress: { done: number; of: number }) => void;
  /** Stops between two images; the promise is rejected with code `cancelled`. */
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

/** Something that lives in the worker. */
abstract class Remote {
  readonly #connection: Connection;
  /** Its address in the worker. */
  readonly #handle: Handle;
  #disposed = false;

  constructor(connection: Connection, handle: Handle) {
    this.#connection = connection;
    this.#handle = handle;
  }

  protected call<T>(method: string, ...args: unknown[]): Promise<T> {
    if (this.#disposed) return Promise.reject(new EngineError('disposed', 'this object was disposed of; make a new one'));
    return this.#connection.call<T>(this.#handle, method, args);
  }

  /** For handles as arguments. */
  protected static handleOf(object: Remote): Handle {
    return object.#handle;
  }

  /** Frees its memory in the worker, after the calls that came before. Handles that nobody disposes of live as long as the engine. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#connection.release(this.#handle).catch(() => {}); // with the worker gone, so is this object
  }
}

/** The engine: one worker, one device. Begin with `Engine.create()`. */
export class Engine {
  readonly #device: DeviceChoice;
  readonly #module: EngineModule;
  #connection!: Connection;
  #root!: Promise<Handle>;
  #disposed = false;
  readonly #deviceListeners = new Set<Listener<DeviceInfo>>();
  readonly #restartListeners = new Set<Listener<EngineError>>();

  private constructor(device: DeviceChoice, module: EngineModule) {
    this.#device = device;
    this.#module = module;
    this.#connect();
  }

  /**
   * Starts a worker, loads the engine into it and chooses a device. `auto` never fails for want of a GPU; `gpu` and `gpu-software` are
   * rejected with code `device` where there is none.
   */
  static async create({
    device = 'auto',
    module = 'full',
    signal,
  }: { device?: DeviceChoice; module?: EngineModule; signal?: AbortSignal } = {}): Promise<Engine> {
    throwIfAborted(signal);
    const engine = new Engine(device, module);
    const abort = (): void => engine.dispose(new EngineError('cancelled', 'stopped', undefined, { cause: signal?.reason }));
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await engine.#root;
      return engine;
    } catch (error) {
      engine.dispose();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  #connect(): void {
    this.#connection = new Connection(
      (info) => this.#deviceListeners.forEach((listener) => listener(info)),
      (error) => this.#crashed(error),
    );
    this.#root = this.#connection.start(this.#device, this.#module);
    this.#root.catch(() => {});
  }

  /** A fault of the engine itself after a good start: a fresh worker takes over. One that cannot even start is not tried again. */
  async #crashed(error: EngineError): Promise<void> {
    const started = await this.#root.then(
      () => true,
      () => false,
    );
    if (this.#disposed || !started) return;
    this.#connect();
    this.#restartListeners.forEach((listener) => listener(error));
  }

  async #call<T>(method: string, ...args: unknown[]): Promise<T> {
    const connection = this.#connection;
    return connection.call<T>(await this.#root, method, args);
  }

  /** The device in use. */
  info(): Promise<DeviceInfo> {
    return this.#call('info');
  }

  /** Ready-made architectures. */
  presets(): Promise<Preset[]> {
    return this.#call('presets');
  }

  /** The preset `id` for images of `shape` and so many classes. */
  preset(id: string, shape: Shape, classes: number): Promise<Architecture> {
    return this.#call('preset', id, shape, classes);
  }

  /** Shapes, parameters and multiply–accumulates per layer, or what stands in the way. Makes no weights; cheap enough for every keystroke. */
  describe(architecture: Architecture): Promise<{ summary: ModelSummary | null; problem: LayerProblem | null }> {
    return this.#call('describe', architecture);
  }

  /** The explanation methods of `model.explain`, and what to tell about them. */
  explainMethods(): Promise<ExplainMethodInfo[]> {
    return this.#call('explainMethods');
  }

  /** Draws, reads or takes over a data set. */
  async dataset(source: DataSource, { validationFraction = 0.2, seed = 0 }: DatasetOptions = {}): Promise<Dataset> {
    const connection = this.#connection;
    const handle = await this.#call<Handle>('dataset', source, { validationFraction, seed });
    return new Dataset(connection, handle, await connection.call<DatasetInfo>(handle, 'info', []));
  }

  /** A network with fresh weights; from layers alone with `input`, the shape of one image. */
  model(architecture: Architecture, options?: { seed?: number }): Promise<Model>;
  model(layers: Layer[], options: { input: Shape; seed?: number }): Promise<Model>;
  async model(what: Architecture | Layer[], { input, seed = 0 }: { input?: Shape; seed?: number } = {}): Promise<Model> {
    const connection = this.#connection;
    const handle = await this.#call<Handle>('model', Array.isArray(what) ? { input, layers: what } : what, seed);
    return new Model(this, connection, handle, await connection.call<ModelSummary>(handle, 'summary', []));
  }

  /** A computation of one's own: `build` writes it down once, `run` carries it out as often as wanted. */
  async program(build: (graph: GraphRecorder) => void): Promise<Program> {
    const graph = new GraphRecorder();
    build(graph);
    const connection = this.#connection;
    return new Program(connection, await this.#call<Handle>('program', graph.instructions));
  }

  /** A generator against a discriminator, on the line or the plane. */
  async gan(cloud: Cloud, options: GanOptions = {}): Promise<Gan> {
    const connection = this.#connection;
    return new Gan(connection, await this.#call<Handle>('gan', cloud, options));
  }

  /** Calls `listener` when the device changes: a lost GPU, after which everything goes on, on the CPU, with the same weights. Returns a function that ends it. */
  onDeviceChange(listener: Listener<DeviceInfo>): () => void {
    this.#deviceListeners.add(listener);
    return () => this.#deviceListeners.delete(listener);
  }

  /** Calls `listener` when a bug made a fresh worker necessary; all earlier handles are then rejected with code `bug`. Returns a function that ends it. */
  onRestart(listener: Listener<EngineError>): () => void {
    this.#restartListeners.add(listener);
    return () => this.#restartListeners.delete(listener);
  }

  /** For tests: lets the GPU be lost, as by a driver reset. Nothing happens on the CPU. */
  simulateDeviceLoss(): Promise<void> {
    return this.#call('simulateDeviceLoss');
  }

  /** Ends the worker. Waiting calls, and all later ones, are rejected with `reason`. */
  dispose(reason: EngineError = new EngineError('disposed', 'the engine was disposed of')): void {
    this.#disposed = true;
    this.#connection.close(reason);
  }
}

/** A data set in the worker, split for training and validation. Made by `engine.dataset`. */
export class Dataset extends Remote {
  readonly info: DatasetInfo;

  /** @internal */
  constructor(connection: Connection, handle: Handle, info: DatasetInfo) {
    super(connection, handle);
    this.info = info;
  }

  /** The images of `split` at `indices`. */
  images(split: Split, indices: Uint32Array | number[]): Promise<{ pixels: Float32Array; labels: Uint32Array }> {
    return this.call('images', split, Uint32Array.from(indices));
  }

  /** Where the object is in these images, `[n, H, W]`: the share of each pixel that it covers, 0…1. Only where `info.masks`. */
  masks(split: Split, indices: Uint32Array | number[]): Promise<Float32Array> {
    return this.call('masks', split, Uint32Array.from(indices));
  }
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
    const piece = 16;
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

/** Images of `split`, the first `chosen` or those at `chosen`, with their masks. */
async function masked(data: Dataset, split: Split, chosen: number | readonly number[]): Promise<MaskedImages> {
  const first = (count: number) => Array.from({ length: Math.min(count, data.info[split]) }, (_, i) => i);
  const indices = typeof chosen === 'number' ? first(chosen) : [...chosen];
  const { pixels, labels } = await data.images(split, indices);
  return { images: pixels, labels, masks: await data.masks(split, indices) };
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
      backward: sum(all(({ cost }) => cost.backward)),
      bytes: Math.max(...all(({ cost }) => cost.bytes)),
    },
  };
}

/** Two networks that play against each other. Made by `engine.gan`. */
export class Gan extends Remote {
  /** @internal */
  constructor(connection: Connection, handle: Handle) {
    super(connection, handle);
  }

  /** Takes `steps` turns: of D, of G, or of both, one after the other. */
  run(turn: GanTurn = 'both', steps = 1): Promise<GanMetrics> {
    return this.call('run', turn, steps);
  }

  /** A batch of real and fake points; always the same latent and real ones. */
  view(): Promise<GanView> {
    return this.call('view');
  }

  /** D(x) at `points`, `[n, dims]`. */
  surface(points: Float32Array): Promise<Float32Array> {
    return this.call('surface', points);
  }

  /** `n` samples, `[n, dims]`, of the averaged generator. */
  samples(n: number): Promise<Float32Array> {
    return this.call('samples', n);
  }

  /** D*(x) = p/(p + q) at `points`, with a kernel estimate of q from `fakes`. */
  optimal(fakes: Float32Array, points: Float32Array): Promise<Float32Array> {
    return this.call('optimal', fakes, points);
  }

  /** The distribution that is to be learnt: its centres `[n, dims]` and the noise around each. */
  cloud(): Promise<{ centres: Float32Array; dims: number; sigma: number }> {
    return this.call('cloud');
  }

  /** Which modes `samples` cover, and how well. */
  coverage(samples: Float32Array): Promise<Coverage> {
    return this.call('coverage', samples);
  }

  /** From now on. */
  setLearningRates(discriminator: number, generator: number): Promise<void> {
    return this.call('setLearningRates', discriminator, generator);
  }

  /** Back to the first weights; with `seed`, to other ones. */
  rewind(seed?: number): Promise<void> {
    return this.call('rewind', seed);
  }
}

/** Where a trainer stands. */
interface TrainerPosition {
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

/** A compiled computation with its own states. Made by `engine.program`. */
export class Program extends Remote {
  /**
   * Runs `steps` times with the same inputs, given by name as row-major values, and returns the outputs of the last run. Updates of
   * states take effect after each.
   */
  run(inputs: Record<string, Values> = {}, { steps = 1 }: { steps?: number } = {}): Promise<Record<string, Tensor>> {
    return this.call('run', inputs, steps);
  }

  /** Sets the state `name`; every state begins with zeros. */
  setState(name: string, values: Values): Promise<void> {
    return this.call('setState', name, values);
  }

  /** A copy of the state `name`. */
  state(name: string): Promise<Tensor> {
    return this.call('state', name);
  }
}
