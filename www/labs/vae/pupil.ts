/** One network of the lab, what it has learnt, and what is to be seen of it. */
import { EngineError, type Autoencoder } from '../../engine/client.ts';
import type { AutoencoderStep, Disentanglement, LatentSummary } from '../../engine/types.ts';
import { Trace } from '../../ui/trace.ts';

/** Images along one side of the plane, along a traversal, and drawn at random. */
export const SIDE = 11;
export const ALONG = 7;
export const DRAWN = 12;

/** What is seen of a network at one time. */
export interface Look {
  /** The shown images through the code and back, and the mean squared error of each per pixel. */
  reconstructions: Float32Array;
  errors: Float32Array;
  /** Means and deviations of all shown images, `[n, latent]`. */
  codes: Float32Array;
  deviations: Float32Array;
  /** Of the chosen image. */
  code: Float32Array;
  /** Images over the plane of two latents, rows from the top; `null` where there is only one latent. */
  plane: Float32Array | null;
  /** From random codes. */
  samples: Float32Array;
  latents: LatentSummary[];
  /** For each latent the images along it. */
  traversals: Float32Array[];
}

export class Pupil {
  readonly model: Autoencoder;
  beta: number;
  /** Reconstruction, KL, and the loss. */
  trace = new Trace(3);
  last: AutoencoderStep | null = null;
  look: Look | null = null;
  scores: Disentanglement | null = null;

  constructor(model: Autoencoder, beta: number) {
    this.model = model;
    this.beta = beta;
  }

  async run(steps: number): Promise<void> {
    const { steps: done, diverged, back } = await this.model.run(steps);
    for (const step of done) this.trace.add(step.step, [step.reconstruction, step.penalty, step.loss]);
    this.last = done.at(-1) ?? this.last;
    if (diverged !== null) {
      const message = `With β = ${this.beta} the loss was no longer a number at step ${diverged}. The network is back at step ${back}: go on with a smaller learning rate.`;
      throw new EngineError('run', message);
    }
  }

  /** Looks at `images`, of which `chosen` has index `at`, with `size` values each, and at the plane of two latents. */
  async see(images: Float32Array, at: number, size: number, plane: readonly [number, number]): Promise<void> {
    const { model } = this;
    const [{ images: reconstructions, mse: errors }, { codes, deviations }, samples, latents] = await Promise.all([
      model.reconstruct(images),
      model.encode(images),
      model.sample(DRAWN),
      model.latents(images),
    ]);
    const latent = (codes.length * size) / images.length;
    const code = codes.slice(at * latent, (at + 1) * latent);
    const [grid, traversals] = await Promise.all([
      code.length > 1 ? model.grid(SIDE, code, plane) : null,
      Promise.all(Array.from(code, (_, each) => model.traverse(code, each, -3, 3, ALONG))),
    ]);
    this.look = {
      reconstructions,
      errors,
      codes,
      deviations: deviations ?? new Float32Array(codes.length),
      code,
      plane: grid?.images ?? null,
      samples: samples.images,
      latents,
      traversals: traversals.map((walk) => walk.images),
    };
  }

  async score(): Promise<void> {
    this.scores = await this.model.disentanglement('validation', 600);
  }

  async rewind(seed?: number): Promise<void> {
    await this.model.rewind(seed);
    this.trace = new Trace(3);
    this.last = this.scores = null;
  }
}
