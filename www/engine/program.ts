import { Remote } from './remote.ts';

/** Row-major values; numbers are converted to what the graph declares. */
export type Values = Float32Array | Uint32Array | number[];

/** A value of a program. */
export interface Tensor {
  shape: number[];
  data: Float32Array | Uint32Array;
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
