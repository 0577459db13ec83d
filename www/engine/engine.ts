import { Autoencoder } from './autoencoder.ts';
import { Connection, type Handle } from './connection.ts';
import { EngineError, throwIfAborted } from './errors.ts';
import { GraphRecorder } from './graph.ts';
import { Dataset, type DatasetOptions } from './dataset.ts';
import { Gan } from './gan.ts';
import { ImageGan } from './image-gan.ts';
import { Model } from './model.ts';
import { Program } from './program.ts';
import type {
  Architecture,
  AutoencoderOptions,
  Cloud,
  DatasetInfo,
  DataSource,
  DeviceChoice,
  DeviceInfo,
  EngineModule,
  ExplainMethodInfo,
  Factorisation,
  GanOptions,
  ImageGanFailure,
  ImageGanOptions,
  Layer,
  LayerProblem,
  ModelSummary,
  Preset,
  Shape,
} from './types.ts';

type Listener<T> = (value: T) => void;

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

  /**
   * GFLOP/s that one core could do in WebAssembly: chains of multiplications and additions in SIMD registers, without a single load.
   * Measured anew with every call, for about 0.2 s. Whatever the engine's device, this is the CPU's.
   */
  simdPeak(): Promise<number> {
    return this.#call('simdPeak');
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

  /** A network that learns a short code for the images of `data`, and to give them back from it. */
  async autoencoder(data: Dataset, options: AutoencoderOptions = {}): Promise<Autoencoder> {
    const connection = this.#connection;
    return new Autoencoder(connection, await this.#call<Handle>('autoencoder', Autoencoder.dataOf(data), options));
  }

  /** Finds A `[m, rank]` and B `[rank, n]` with AB near `x`, of `shape` `[m, n]`, by gradient descent from random values. */
  factorise(
    x: Float32Array,
    shape: readonly [number, number],
    rank: number,
    { steps = 2000, rate = 0.05, seed = 1 }: { steps?: number; rate?: number; seed?: number } = {},
  ): Promise<Factorisation> {
    return this.#call('factorise', x, Uint32Array.from(shape), rank, steps, rate, seed);
  }

  /** A generator against a discriminator of images like those of `data`. */
  async imageGan(data: Dataset, options: ImageGanOptions = {}): Promise<ImageGan> {
    const connection = this.#connection;
    return new ImageGan(connection, await this.#call<Handle>('imageGan', ImageGan.dataOf(data), options));
  }

  /** Options with which an image GAN fails in a classic way. */
  imageGanFailure(failure: ImageGanFailure): Promise<ImageGanOptions> {
    return this.#call('imageGanFailure', failure);
  }

  /** Calls `listener` when the device changes: chosen for a network by `auto`, or a lost GPU, after which everything goes on, on the CPU, with the same weights. Returns a function that ends it. */
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
