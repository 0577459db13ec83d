import type { Connection, Handle } from './connection.ts';
import type { Dataset } from './dataset.ts';
import { throwIfAborted } from './errors.ts';
import { Remote } from './remote.ts';
import type { DrawnImages, GanTurn, ImageGanMetrics, ImageGanSettings, Neighbours, Verdict } from './types.ts';

export interface JudgeTraining {
  /** Of batches of 64. 400. */
  steps?: number;
  onProgress?: (progress: { done: number; of: number }) => void;
  /** Stops between two blocks of steps; the promise is rejected with code `cancelled`. */
  signal?: AbortSignal;
}

/** A generator and a discriminator of images, and the images they learn from. Made by `engine.imageGan`. */
export class ImageGan extends Remote {
  /** @internal */
  constructor(connection: Connection, handle: Handle) {
    super(connection, handle);
  }

  /** @internal */
  static dataOf(data: Dataset): Handle {
    return Remote.handleOf(data);
  }

  /** The options with all defaults filled in. */
  options(): Promise<ImageGanSettings> {
    return this.call('options');
  }

  /** Takes `steps` turns: of D, of G, or of both, one after the other. */
  run(turn: GanTurn = 'both', steps = 1): Promise<ImageGanMetrics> {
    return this.call('run', turn, steps);
  }

  /** `n` latent vectors, `[n, latent]`: the same for a seed, whatever was trained. */
  noise(n: number): Promise<Float32Array> {
    return this.call('noise', n);
  }

  /** G's images for `latent`, `[n, latent]`, and D's opinion of each. */
  generate(latent: Float32Array): Promise<DrawnImages> {
    return this.call('generate', latent);
  }

  /** `n` images from the latent vector `a` to `b`, along the great circle. */
  interpolate(a: Float32Array, b: Float32Array, n: number): Promise<DrawnImages> {
    return this.call('interpolate', a, b, n);
  }

  /** The nearest training image of each of `images`. */
  nearest(images: Float32Array): Promise<Neighbours> {
    return this.call('nearest', images);
  }

  /** Trains the classifier in whose features samples are judged; its accuracy on held-out images. */
  async trainJudge({ steps = 400, onProgress, signal }: JudgeTraining = {}): Promise<number> {
    for (let done = 0; done < steps;) {
      throwIfAborted(signal);
      done = await this.call<number>('teach', Math.min(10, steps - done));
      onProgress?.({ done, of: steps });
    }
    return this.call('appoint');
  }

  /** Takes over the judge of `other`, a game with images of the same shape; whether it has one. */
  shareJudge(other: ImageGan): Promise<boolean> {
    return this.call('shareJudge', Remote.handleOf(other));
  }

  /** What the judge says about `n` samples, rounded up to a multiple of 64. */
  judge(n = 1000): Promise<Verdict> {
    return this.call('judge', n);
  }

  /** From now on. */
  setLearningRates(discriminator: number, generator: number): Promise<void> {
    return this.call('setLearningRates', discriminator, generator);
  }

  /** Back to the first weights; with `seed`, to other ones. The judge stays. */
  rewind(seed?: number): Promise<void> {
    return this.call('rewind', seed);
  }
}
