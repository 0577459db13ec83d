/** W8: integrated gradients through LeNet-5, 50 steps for each of 16 images. */
import type { IntegratedGradients } from './index.ts';

export const W8: IntegratedGradients = {
  task: 'integrated-gradients',
  input: [1, 28, 28],
  count: 16,
  steps: 50,
  classes: 10,
  network: [
    { type: 'conv', filters: 6, kernel: 5, padding: 'same' },
    { type: 'activation', function: 'tanh' },
    { type: 'avg-pool', size: 2 },
    { type: 'conv', filters: 16, kernel: 5, padding: 'valid' },
    { type: 'activation', function: 'tanh' },
    { type: 'avg-pool', size: 2 },
    { type: 'flatten' },
    { type: 'dense', units: 120 },
    { type: 'activation', function: 'tanh' },
    { type: 'dense', units: 84 },
    { type: 'activation', function: 'tanh' },
    { type: 'dense', units: 10 },
  ],
};
