/** The vocabulary of generation: GANs on points and images, autoencoders, what latents are worth. Part of `types.ts`. */

import type { ActivationName } from './types.ts';

/** A distribution on the line (`gaussian`, `two-gaussians`) or the plane, or points `[n, dims]` with Gaussian noise around each. */
export type Cloud =
  | 'ring'
  | 'grid'
  | 'line'
  | 'moons'
  | 'disjoint'
  | 'gaussian'
  | 'two-gaussians'
  | { points: Float32Array | number[]; dims: 1 | 2; sigma: number };

/** Ranges and defaults are in `README.md`. */
export interface GanOptions {
  loss?: 'minimax' | 'non-saturating' | 'least-squares' | 'wasserstein-gp';
  latent?: number;
  hidden?: number[];
  batch?: number;
  beta1?: number;
  beta2?: number;
  discriminatorRate?: number;
  generatorRate?: number;
  /** Rates halve every so many steps; 0: never. */
  halfLife?: number;
  /** λ of the gradient penalty with `wasserstein-gp`, γ of R1 with the others. */
  penalty?: number;
  /** Steps of D for one of G in a turn of both. */
  discriminatorSteps?: number;
  /** Memory of the averaged generator. */
  average?: number;
  seed?: number;
}

/** Options whose defaults depend on others, as they are used. */
export type GanSettings = Required<
  Pick<GanOptions, 'discriminatorRate' | 'generatorRate' | 'halfLife' | 'penalty' | 'discriminatorSteps'>
>;

export type GanTurn = 'discriminator' | 'generator' | 'both';

/** Of the last steps; 0 before the first. */
export interface GanMetrics {
  discriminatorSteps: number;
  generatorSteps: number;
  discriminatorLoss: number;
  generatorLoss: number;
  /** The penalty as it entered D's loss. */
  penalty: number;
  /** Mean D(x) of the last batch: a probability, or D's value itself with least squares and Wasserstein. */
  real: number;
  fake: number;
}

/** One batch as the networks see it now: `[n, dims]`, scores `[n]`, latent `[n, latent]`. */
export interface GanView {
  latent: Float32Array;
  fake: Float32Array;
  fakeScore: Float32Array;
  /** Whither G would move each fake: minus the gradient of its loss. */
  arrow: Float32Array;
  real: Float32Array;
  realScore: Float32Array;
}

export interface Coverage {
  /** High-quality samples at each mode. */
  counts: Uint32Array;
  /** Modes with at least 1 % of all samples. */
  modes: number;
  /** Share of samples within 3σ of a mode, 0…1. */
  quality: number;
}

/** What an autoencoder is made of and how it learns. Defaults and ranges: README.md. */
export interface AutoencoderOptions {
  shape?: 'dense' | 'convolutional' | 'linear';
  /** Units of the encoder's hidden dense layers; the decoder has them in reverse. */
  hidden?: readonly number[];
  /** Filters of the encoder's convolutions, each of which halves the image. */
  filters?: readonly number[];
  activation?: ActivationName;
  /** Dimensions of the code. */
  latent?: number;
  reconstruction?: 'mse' | 'bce';
  regulariser?: Regulariser;
  /** λ of `sparse` and `contractive`, the noise's σ of `denoising`, β of `variational`. */
  strength?: number;
  /** Weak supervision by pairs of rooms that differ in one factor, which is known (`one-factor`) or guessed (`adaptive`). */
  pairs?: 'adaptive' | 'one-factor';
  batch?: number;
  learningRate?: number;
  /** The rate halves every so many steps; 0: never. */
  halfLife?: number;
  seed?: number;
}

export type Regulariser = 'none' | 'sparse' | 'contractive' | 'denoising' | 'variational';

/** What a step measured on its batch before it changed the weights: means over the images. */
export interface AutoencoderStep {
  /** From 1. */
  step: number;
  /** Reconstruction + strength × penalty; −ELBO of a variational one with β = 1. */
  loss: number;
  /** Summed over the pixels of an image. */
  reconstruction: number;
  /** Σ|h|, Σ‖∇ₓhᵢ‖² or the KL divergence in nats, before the strength multiplies it. */
  penalty: number;
  /** The KL divergence of each latent of a variational one. */
  divergences: number[];
}

export interface AutoencoderRun {
  steps: AutoencoderStep[];
  /** The first step whose loss was not finite; the run ended there and the weights are those after `back` steps. */
  diverged: number | null;
  /** Steps done now. */
  back: number;
}

/** Images on a walk through the latent space, and their codes `[n, latent]`. */
export interface Walk {
  codes: Float32Array;
  images: Float32Array;
}

export interface SampleOptions {
  /** N(0, I), or a normal distribution fitted to the codes of the training images, latent by latent. */
  prior?: 'standard' | 'fitted';
  /** 0: the autoencoder's own. */
  seed?: number;
}

/** One latent over a set of images. */
export interface LatentSummary {
  /** Mean and standard deviation of the code. */
  mean: number;
  deviation: number;
  low: number;
  high: number;
  /** Mean KL divergence in nats; 0 for one that is not variational. */
  divergence: number;
  /** The divergence is below 0.05 nats: the decoder hears only noise from it. */
  silent: boolean;
}

export interface AutoencoderCost {
  parameters: number;
  /** Multiply–accumulates for one image. */
  encoderMacs: number;
  decoderMacs: number;
  /** Kernel calls or dispatches of a training step. */
  kernels: number;
  /** Its working memory, without weights and data. */
  bytes: number;
}

/** What latents know about factors, by mutual information of latents cut into 20 bins; all values 0…1. */
export interface Disentanglement {
  /** `importance[latent][factor]`: the share of the factor's information that the latent has. */
  importance: number[][];
  /** Per factor the gap between the two most informative latents; their mean is the mutual information gap (Chen et al. 2018). */
  gaps: number[];
  mig: number;
  /** Per latent: 1 where it knows one factor only (Ridgeway & Mozer 2018); the mean is over latents that know something. */
  modularities: number[];
  modularity: number;
  /** Per factor: 1 where one latent alone has it (Eastwood & Williams 2018). */
  compactnesses: number[];
  compactness: number;
}

/** Accuracies on validation images, 0…1: of the 5 nearest neighbours' vote and of logistic regression. */
export interface Probe {
  codes: { knn: number; logistic: number };
  pixels: { knn: number; logistic: number };
  /** Images learnt from and judged. */
  train: number;
  validation: number;
}

/** How a `FineTuning` learns. */
export interface FineTuneOptions {
  /** The encoder's weights before the first step: those of the autoencoder now, or fresh ones. `learnt`. */
  start?: 'learnt' | 'scratch';
  /** Images per step, at most the labelled ones. 64. */
  batch?: number;
  /** Adam's, for the linear layer: above 0, at most 1. 0.05. */
  headRate?: number;
  /** Adam's, for the encoder: 0…1; with 0 it stays as it is. 0.003. */
  encoderRate?: number;
  /** Of the choice and order of labelled images, and of fresh weights. 1. */
  seed?: number;
}

/** Accuracies on held-out images, 0…1, one for each repetition. */
export interface FewLabels {
  /** Labelled images learnt from, and images judged. */
  train: number;
  validation: number;
  /** 5 nearest neighbours' vote and logistic regression. */
  pixels: { knn: number[]; logistic: number[] };
  codes: { knn: number[]; logistic: number[] };
  /** The encoder's network with a linear layer, from fresh weights, and from those learnt without labels. */
  scratch: number[];
  learnt: number[];
}

export interface Principal {
  /** Radians, smallest first. */
  angles: Float32Array;
  /** PCA's components, and the columns of the decoder, each an image, `[latent, C, H, W]`. */
  components: Float32Array;
  columns: Float32Array;
  /** Along all components, largest first. */
  variances: Float32Array;
  /** Mean squared error per pixel of PCA with as many components, the least of any linear code; and the autoencoder's own. */
  error: number;
  own: number;
}

/** X ≈ AB by gradient descent. */
export interface Factorisation {
  a: Float32Array;
  b: Float32Array;
  /** ‖X − AB‖² after these steps. */
  steps: number[];
  losses: number[];
  /** The least possible: that of the truncated singular value decomposition. */
  best: number;
}

/** Ranges and defaults are in `README.md`. */
export interface ImageGanOptions {
  loss?: 'minimax' | 'non-saturating' | 'least-squares' | 'wasserstein-gp';
  latent?: number;
  /** Filters of D's first convolution. */
  width?: number;
  batch?: number;
  beta1?: number;
  beta2?: number;
  discriminatorRate?: number;
  generatorRate?: number;
  /** λ of the gradient penalty with `wasserstein-gp`, γ of R1 with the others. */
  penalty?: number | null;
  /** Steps of D for one of G in a turn of both. */
  discriminatorSteps?: number | null;
  seed?: number;
}

export type ImageGanSettings = { [K in keyof ImageGanOptions]-?: NonNullable<ImageGanOptions[K]> };

export type ImageGanFailure = 'mode-collapse' | 'vanishing-gradient' | 'strong-discriminator';

/** Of the last steps; 0 before the first. */
export interface ImageGanMetrics {
  discriminatorSteps: number;
  generatorSteps: number;
  discriminatorLoss: number;
  generatorLoss: number;
  /** The penalty as it entered D's loss. */
  penalty: number;
  /** Mean D(x) of the last batch: a probability, or D's value itself with least squares and Wasserstein. */
  real: number;
  fake: number;
  /** Norm of the gradient of G's loss. */
  gradient: number;
}

export interface DrawnImages {
  /** `[n, latent]`. */
  latent: Float32Array;
  /** `[n, C, H, W]`, 0…1. */
  images: Float32Array;
  /** D(x) of each. */
  scores: Float32Array;
}

/** One training image for each image asked about. */
export interface Neighbours {
  /** In the training split. */
  indices: Uint32Array;
  /** L2, in pixels 0…1. */
  distances: Float32Array;
  /** `[n, C, H, W]`. */
  images: Float32Array;
}

/** What a classifier of the real images says about samples. */
export interface Verdict {
  /** Fréchet distance between the classifier's features of samples and of real images. */
  distance: number;
  /** The same between held-out and real images, where there are some: what perfect samples would get. */
  heldOut: number | null;
  /** Share of the samples taken for each class. */
  classes: Float32Array;
  /** Mean probability of the class that a sample is taken for. */
  confidence: number;
  /** Of the classifier itself on held-out images. */
  accuracy: number;
}
