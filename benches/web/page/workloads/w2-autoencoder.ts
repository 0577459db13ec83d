/** W2: training step of a convolutional autoencoder. */
import type { Autoencode } from './index.ts';

export const W2: Autoencode = {
  task: 'autoencode',
  input: [1, 28, 28],
  batch: 64,
  network: [
    { type: 'conv', filters: 16, kernel: 3, stride: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'conv', filters: 32, kernel: 3, stride: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'flatten' },
    { type: 'dense', units: 32 },
    { type: 'dense', units: 7 * 7 * 32 },
    { type: 'activation', function: 'relu' },
    { type: 'reshape', shape: [32, 7, 7] },
    { type: 'conv-transpose', filters: 16, kernel: 3, stride: 2 },
    { type: 'activation', function: 'relu' },
    { type: 'conv-transpose', filters: 1, kernel: 3, stride: 2 },
    { type: 'activation', function: 'sigmoid' },
  ],
};
