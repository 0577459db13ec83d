import type { Connection, Handle } from './connection.ts';
import type { Dataset } from './dataset.ts';
import { throwIfAborted } from './errors.ts';
import { FineTuning } from './fine-tuning.ts';
import { Remote } from './remote.ts';
import type {
  AutoencoderCost,
  AutoencoderRun,
  Disentanglement,
  FewLabels,
  FineTuneOptions,
  LatentSummary,
  Principal,
  Probe,
  SampleOptions,
  Split,
  Walk,
} from './types.ts';

export interface FewLabelsOptions {
  /** Labelled training images of each class, 1…100. 10. */
  perClass?: number;
  /** How often it is measured, each time with other labelled images. 5. */
  repeats?: number;
  /** Of the two networks. 300. */
  steps?: number;
  /** Of the first repetition; each further one has the next. 1. */
  seed?: number;
  /** After each block of steps. */
  onProgress?: (progress: { done: number; of: number }) => void;
  /** Stops between two blocks of steps; the promise is rejected with code `cancelled`. */
  signal?: AbortSignal;
}

/** Steps of a `FineTuning` between two chances to stop. */
const BLOCK = 25;

/** An encoder, a decoder and the training images. Made by `engine.autoencoder`. */
export class Autoencoder extends Remote {
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection, handle: Handle) {
    super(connection, handle);
    this.#connection = connection;
  }

  /** @internal */
  static dataOf(data: Dataset): Handle {
    return Remote.handleOf(data);
  }

  /** Trains `steps` steps. */
  run(steps = 1): Promise<AutoencoderRun> {
    return this.call('run', steps);
  }

  /** Codes of `images`, `[n, latent]`; of a variational one μ, with σ as `deviations`. */
  encode(images: Float32Array): Promise<{ codes: Float32Array; deviations: Float32Array | null }> {
    return this.call('encode', images);
  }

  /** The image of each code. */
  decode(codes: Float32Array): Promise<Float32Array> {
    return this.call('decode', codes);
  }

  /** `images` through the code and back; per image the reconstruction loss, and the mean squared error per pixel. */
  reconstruct(images: Float32Array): Promise<{ images: Float32Array; errors: Float32Array; mse: Float32Array }> {
    return this.call('reconstruct', images);
  }

  /** `n` images from random codes. */
  sample(n: number, options: SampleOptions = {}): Promise<Walk> {
    return this.call('sample', n, options);
  }

  /** `n` images on the straight line between the codes of two images, both ends among them. */
  interpolate(a: Float32Array, b: Float32Array, n: number): Promise<Walk> {
    return this.call('interpolate', a, b, n);
  }

  /** `side`² images over the plane of two latents at quantiles of the normal distribution, rows from the top; the others as in `code`. */
  grid(side: number, code: Float32Array, latents: readonly [number, number] = [0, 1]): Promise<Walk> {
    return this.call('grid', side, Uint32Array.from(latents), code);
  }

  /** `n` images along one latent from `low` to `high`, the others as in `code`. */
  traverse(code: Float32Array, latent: number, low = -3, high = 3, n = 7): Promise<Walk> {
    return this.call('traverse', code, latent, low, high, n);
  }

  /** What each latent does over `images`. */
  latents(images: Float32Array): Promise<LatentSummary[]> {
    return this.call('latents', images);
  }

  /** Of rooms: the values of the six factors, `[n, 6]`, in the order floor, wall and object hue, scale, shape, orientation. */
  factors(split: Split, indices: Uint32Array | number[]): Promise<Uint32Array> {
    return this.call('factors', split, Uint32Array.from(indices));
  }

  /** Of rooms: which latent knows what about which factor, over at most `images` images. */
  disentanglement(split: Split = 'validation', images = 1000): Promise<Disentanglement> {
    return this.call('disentanglement', split, images);
  }

  /** How well simple classifiers do with codes, and with raw pixels, learnt from at most `images` training images. */
  probe(images = 1000): Promise<Probe> {
    return this.call('probe', images);
  }

  /** The same, learnt from `perClass` training images of each class, chosen with `seed`. */
  probeFew(perClass = 10, seed = 1): Promise<Probe> {
    return this.call('probeFew', perClass, seed);
  }

  /** A classifier made of the encoder, to learn from `perClass` training images of each class, chosen with `options.seed`. */
  async fineTuning(perClass = 10, options: FineTuneOptions = {}): Promise<FineTuning> {
    return new FineTuning(this.#connection, await this.call<Handle>('fineTuning', perClass, options));
  }

  /** What few labels are worth: simple classifiers on pixels and on codes, the encoder fine-tuned, and the same network from scratch. */
  async fewLabels(options: FewLabelsOptions = {}): Promise<FewLabels> {
    const { perClass = 10, repeats = 5, steps = 300, seed = 1, onProgress, signal } = options;
    const found: FewLabels = {
      train: 0,
      validation: 0,
      pixels: { knn: [], logistic: [] },
      codes: { knn: [], logistic: [] },
      scratch: [],
      learnt: [],
    };
    // Measuring the simple ones counts as one block.
    const of = repeats * (1 + 2 * Math.ceil(steps / BLOCK));
    let done = 0;
    for (let i = 0; i < repeats; i++) {
      throwIfAborted(signal);
      const probe = await this.probeFew(perClass, seed + i);
      [found.train, found.validation] = [probe.train, probe.validation];
      for (const what of ['pixels', 'codes'] as const) {
        found[what].knn.push(probe[what].knn);
        found[what].logistic.push(probe[what].logistic);
      }
      onProgress?.({ done: ++done, of });
      for (const start of ['scratch', 'learnt'] as const) {
        const tuning = await this.fineTuning(perClass, { start, seed: seed + i });
        try {
          for (let step = 0; step < steps; step += BLOCK) {
            throwIfAborted(signal);
            await tuning.run(Math.min(BLOCK, steps - step));
            onProgress?.({ done: ++done, of });
          }
          found[start].push(await tuning.accuracy());
        } finally {
          await tuning.dispose();
        }
      }
    }
    return found;
  }

  /** Of at most `images` training images the `k` most like `image`: by their codes and by their pixels. */
  similar(image: Float32Array, k = 6, images = 2000): Promise<{ codes: Uint32Array; pixels: Uint32Array }> {
    return this.call('similar', image, k, images);
  }

  /** Of a linear one: how its subspace stands to that of PCA, over the training images of at most 1024 values. */
  principal(): Promise<Principal> {
    return this.call('principal');
  }

  cost(): Promise<AutoencoderCost> {
    return this.call('cost');
  }

  /** From the next step on. */
  setLearningRate(rate: number): Promise<void> {
    return this.call('setLearningRate', rate);
  }

  /** λ, σ or β, from the next step on. */
  setStrength(strength: number): Promise<void> {
    return this.call('setStrength', strength);
  }

  /** Back to the first weights, with rate and strength as they are; with `seed`, to other weights. */
  rewind(seed?: number): Promise<void> {
    return this.call('rewind', seed);
  }
}
