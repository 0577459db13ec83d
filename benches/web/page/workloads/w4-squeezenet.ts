/** W4: SqueezeNet-1.1 with random weights, forward and gradient in the pixels. */
import type { InputGradient } from './index.ts';

export const W4: InputGradient = {
  task: 'input-gradient',
  input: [3, 224, 224],
  network: [
    { type: 'conv', filters: 64, kernel: 3, stride: 2, padding: 'valid' },
    { type: 'activation', function: 'relu' },
    { type: 'max-pool', size: 3, stride: 2 },
    { type: 'fire', squeeze: 16, expand: 64 },
    { type: 'fire', squeeze: 16, expand: 64 },
    { type: 'max-pool', size: 3, stride: 2 },
    { type: 'fire', squeeze: 32, expand: 128 },
    { type: 'fire', squeeze: 32, expand: 128 },
    { type: 'max-pool', size: 3, stride: 2 },
    { type: 'fire', squeeze: 48, expand: 192 },
    { type: 'fire', squeeze: 48, expand: 192 },
    { type: 'fire', squeeze: 64, expand: 256 },
    { type: 'fire', squeeze: 64, expand: 256 },
    { type: 'conv', filters: 1000, kernel: 1 },
    { type: 'activation', function: 'relu' },
    { type: 'global-avg-pool' },
  ],
};
