/** W1: training step of a small CNN. */
import type { Classify } from './index.ts';

export const W1: Classify = {
  task: 'classify',
  input: [1, 28, 28],
  batch: 64,
  classes: 10,
  network: [
    { type: 'conv', filters: 16, kernel: 3, padding: 'same' },
    { type: 'activation', function: 'relu' },
    { type: 'max-pool', size: 2 },
    { type: 'conv', filters: 32, kernel: 3, padding: 'same' },
    { type: 'activation', function: 'relu' },
    { type: 'max-pool', size: 2 },
    { type: 'flatten' },
    { type: 'dense', units: 10 },
  ],
};
