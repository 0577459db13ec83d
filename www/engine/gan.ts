import type { Connection, Handle } from './connection.ts';
import { Remote } from './remote.ts';
import type { Coverage, GanMetrics, GanSettings, GanTurn, GanView } from './types.ts';

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

  /** G(z) of each of `latent`, `[n, latent]`, by the generator as it is now: `[n, dims]`. */
  generate(latent: Float32Array): Promise<Float32Array> {
    return this.call('generate', latent);
  }

  /** What was chosen, or is the default for the chosen loss. */
  options(): Promise<GanSettings> {
    return this.call('options');
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
