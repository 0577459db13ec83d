/** W9: every explanation method, each with its defaults, on one image of 32 × 32 and the network of the lab "explain". */
import type { Explanations } from './index.ts';
import type { Layer } from './network.ts';

const block = (filters: number): Layer[] => [
  { type: 'conv', filters, kernel: 3, padding: 'same' },
  { type: 'batch-norm' },
  { type: 'activation', function: 'relu' },
];

export const W9: Explanations = {
  task: 'explanations',
  input: [3, 32, 32],
  classes: 5,
  network: [
    ...block(16),
    { type: 'max-pool', size: 2 },
    ...block(32),
    { type: 'max-pool', size: 2 },
    ...block(64),
    { type: 'global-avg-pool' },
    { type: 'dense', units: 5 },
  ],
};
