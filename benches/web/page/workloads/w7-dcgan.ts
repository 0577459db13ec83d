/** W7: one step of each player of a DCGAN (Radford et al. 2016, scaled down to 28×28). */
import type { Adversarial } from './index.ts';

export const W7: Adversarial = {
  task: 'adversarial',
  latent: 64,
  sample: [1, 28, 28],
  batch: 32,
  generator: [
    { type: 'dense', units: 7 * 7 * 64 },
    { type: 'reshape', shape: [64, 7, 7] },
    { type: 'batch-norm' },
    { type: 'activation', function: 'relu' },
    { type: 'conv-transpose', filters: 32, kernel: 4, stride: 2 },
    { type: 'batch-norm' },
    { type: 'activation', function: 'relu' },
    { type: 'conv-transpose', filters: 1, kernel: 4, stride: 2 },
    { type: 'activation', function: 'sigmoid' },
  ],
  discriminator: [
    { type: 'conv', filters: 32, kernel: 4, stride: 2 },
    { type: 'activation', function: 'leaky-relu' },
    { type: 'conv', filters: 64, kernel: 4, stride: 2 },
    { type: 'batch-norm' },
    { type: 'activation', function: 'leaky-relu' },
    { type: 'flatten' },
    { type: 'dense', units: 1 },
  ],
};
