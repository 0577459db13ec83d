import type { Connection, Handle } from './connection.ts';
import { Remote } from './remote.ts';

/** A classifier: an autoencoder's encoder and a linear layer, learning from few labels. Made by `autoencoder.fineTuning`. */
export class FineTuning extends Remote {
  /** @internal */
  constructor(connection: Connection, handle: Handle) {
    super(connection, handle);
  }

  /** Takes `steps` steps; the cross-entropy of the last one's batch, before it changed the weights. */
  run(steps = 1): Promise<number> {
    return this.call('run', steps);
  }

  /** The share of at most 2000 held-out images that it classifies right, 0…1. */
  accuracy(): Promise<number> {
    return this.call('accuracy');
  }
}
