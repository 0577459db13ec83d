/** W6: training step of ResNet-20 (He et al. 2016, with projections where the shape changes). */
import type { Classify } from './index.ts';
import type { Layer } from './network.ts';

const stage = (filters: number, stride: number): Layer[] => [
  { type: 'residual', filters, stride },
  { type: 'residual', filters },
  { type: 'residual', filters },
];

export const W6: Classify = {
  task: 'classify',
  input: [3, 32, 32],
  batch: 32,
  classes: 10,
  network: [
    { type: 'conv', filters: 16, kernel: 3, bias: false },
    { type: 'batch-norm' },
    { type: 'activation', function: 'relu' },
    ...stage(16, 1),
    ...stage(32, 2),
    ...stage(64, 2),
    { type: 'global-avg-pool' },
    { type: 'dense', units: 10 },
  ],
};
