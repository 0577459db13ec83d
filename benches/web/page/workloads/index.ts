/** The workloads: one file each says what is computed; how a library computes each kind of task is in `../libraries`. */

import type { Layer, Shape } from './network.ts';
import { W1 } from './w1-cnn.ts';
import { W2 } from './w2-autoencoder.ts';
import { W3 } from './w3-gan.ts';
import { W4 } from './w4-squeezenet.ts';
import { W5_1024, W5_512 } from './w5-matrix-product.ts';
import { W6 } from './w6-resnet.ts';
import { W7 } from './w7-dcgan.ts';
import { W8 } from './w8-integrated-gradients.ts';
import { W9 } from './w9-explanations.ts';

/** A training step: softmax cross-entropy, Adam at 1e-3. */
export interface Classify {
  task: 'classify';
  input: Shape;
  batch: number;
  classes: number;
  network: Layer[];
}

/** A training step: mean squared error against the input, Adam at 1e-3. */
export interface Autoencode {
  task: 'autoencode';
  input: Shape;
  batch: number;
  network: Layer[];
}

/** One step of the discriminator and one of the generator, non-saturating loss on logits, Adam at 1e-3 with β₁ = 0.5. */
export interface Adversarial {
  task: 'adversarial';
  latent: number;
  sample: Shape;
  batch: number;
  generator: Layer[];
  discriminator: Layer[];
}

/** Logit 7 of one image and its gradient in the pixels, both read back. */
export interface InputGradient {
  task: 'input-gradient';
  input: Shape;
  network: Layer[];
}

/** The product of two square f32 matrices. */
export interface MatrixProduct {
  task: 'matrix-product';
  size: number;
}

/** Integrated gradients from a black baseline, midpoint rule, read back for `count` images. */
export interface IntegratedGradients {
  task: 'integrated-gradients';
  input: Shape;
  count: number;
  steps: number;
  classes: number;
  network: Layer[];
}

/** One map of one image by each method that the library has, read back. */
export interface Explanations {
  task: 'explanations';
  input: Shape;
  classes: number;
  network: Layer[];
}

export type Workload = Classify | Autoencode | Adversarial | InputGradient | MatrixProduct | IntegratedGradients | Explanations;
export type Task = Workload['task'];

/** Different batches that the training workloads go round. */
export const BATCHES = 8;
export const LEARNING_RATE = 1e-3;

export const WORKLOADS: Record<string, Workload> = { W1, W2, W3, W4, 'W5-512': W5_512, 'W5-1024': W5_1024, W6, W7, W8, W9 };
