/** W3: one step of each player of a GAN in the plane; both are 2-64-64-n. */
import type { Adversarial } from './index.ts';
import type { Layer } from './network.ts';

const mlp = (outputs: number): Layer[] => [
  { type: 'dense', units: 64 },
  { type: 'activation', function: 'relu' },
  { type: 'dense', units: 64 },
  { type: 'activation', function: 'relu' },
  { type: 'dense', units: outputs },
];

export const W3: Adversarial = {
  task: 'adversarial',
  latent: 2,
  sample: [2],
  batch: 256,
  generator: mlp(2),
  discriminator: mlp(1),
};
