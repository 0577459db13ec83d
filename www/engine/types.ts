/**
 * The vocabulary of the engine, shared by the worker, its client and the page. Arrays in, arrays out: images are `Float32Array`s in NCHW
 * order with pixels in 0…1, labels are `Uint32Array`s. Layers mirror `src/nn/layer.rs`, training options `src/train`.
 */

export type * from './types-generate.ts';

/** `[C, H, W]` of one image. */
export type Shape = [number, number, number];

/**
 * `auto`: the CPU, or a real GPU that passes the self-test; where there is one, a few steps of each network that is to be trained are
 * timed on both, and the faster one is taken. `auto-software` and `gpu-software`: accept an adapter that is a program on the CPU (tests).
 */
export type DeviceChoice = 'auto' | 'auto-software' | 'cpu' | 'gpu' | 'gpu-software';

/** Which build of the engine to load: `small` has no explanations but saliency and Grad-CAM, no programs and no GANs, and is less to download. */
export type EngineModule = 'full' | 'small';

export interface DeviceInfo {
  kind: 'cpu' | 'gpu';
  name: string;
  software: boolean;
  /** One sentence: why this device. */
  reason: string;
  /** Steps per second of the network for which `auto` chose last, 0 where it cannot run; null where nothing was compared. */
  rates: { cpu: number; gpu: number } | null;
}

export type ActivationName = 'relu' | 'leaky-relu' | 'tanh' | 'sigmoid' | 'gelu' | 'identity';
export type Padding = 'same' | 'valid' | number;

export type Layer =
  | {
      type: 'conv';
      filters: number;
      kernel: number;
      stride?: number;
      padding?: Padding;
      bias?: boolean;
      dilation?: number;
      groups?: number;
    }
  | { type: 'batch-norm' }
  | { type: 'activation'; function: ActivationName }
  | { type: 'max-pool' | 'avg-pool'; size: number; stride?: number; padding?: number }
  | { type: 'dropout'; rate: number }
  | { type: 'residual'; filters: number; stride?: number }
  | { type: 'inception'; branch1: number; reduce3: number; branch3: number; reduce5: number; branch5: number; pool: number }
  | { type: 'global-avg-pool' }
  | { type: 'flatten' }
  | { type: 'dense'; units: number };

/** The network without weights. Pixels are normalised inside as (x − mean)/std per channel, so attacks and maps stay in pixel space. */
export interface Architecture {
  /** `[C, H, W]`. */
  input: Shape;
  mean?: number[];
  std?: number[];
  layers: Layer[];
}

export interface LayerInfo {
  /** Unique, used wherever a layer is chosen: `conv1`, `relu1`, … */
  name: string;
  type: Layer['type'];
  /** Output shape without the batch: `[C, H, W]` or `[units]`. */
  shape: number[];
  parameters: number;
  /** Multiply–accumulates for one image. */
  macs: number;
}

export interface ModelSummary {
  layers: LayerInfo[];
  parameters: number;
  macs: number;
  classes: number;
}

/** What stands in the way of building an architecture; `layer` is the index of the offending layer, if it is one layer's fault. */
export interface LayerProblem {
  layer: number | null;
  message: string;
}

export interface Preset {
  /** `lenet-5`, `small-vgg`, `gap-cnn`, `resnet-8`, `resnet-20`, `mini-inception`. */
  id: string;
  title: string;
}

export type DataSource =
  | { kind: 'digits' }
  | {
      kind: 'rooms';
      size?: number;
      count?: number;
      factor?: 'shape' | 'object-hue' | 'wall-hue' | 'floor-hue' | 'scale' | 'orientation';
      /** How far the solid may stand from the middle, 0…1; 0 leaves the six factors alone to decide the picture. */
      scatter?: number;
    }
  | { kind: 'strokes'; count?: number }
  /** IDX files, plain or gzip, as a visitor dropped them. */
  | { kind: 'files'; files: { name: string; bytes: Uint8Array }[] }
  | { kind: 'arrays'; images: Float32Array; labels: Uint32Array; shape: Shape; classes?: string[] };

export type Split = 'train' | 'validation';

export interface DatasetInfo {
  title: string;
  /** Where it comes from and under which licence. */
  source: string;
  shape: Shape;
  classes: string[];
  train: number;
  validation: number;
  /** Per channel, over the training split. */
  mean: number[];
  std: number[];
  /** Whether `masks` tells where the object is. */
  masks: boolean;
}

export interface TrainOptions {
  batchSize: number;
  optimizer:
    | { type: 'sgd' }
    | { type: 'momentum' | 'nesterov'; momentum?: number }
    | { type: 'rmsprop'; decay?: number }
    | { type: 'adam' | 'adamw'; beta1?: number; beta2?: number };
  learningRate: number;
  schedule?:
    | { type: 'constant' }
    | { type: 'step'; every: number; factor: number }
    | { type: 'cosine'; steps: number }
    | { type: 'warm-up'; steps: number };
  /** Decays weights only; biases and normalisation scale/shift do not decay. */
  weightDecay?: number;
  clip?: { type: 'norm' | 'value'; limit: number };
  /** Initial weights, batch order and dropout all follow from it. */
  seed: number;
}

export interface StepMetric {
  step: number;
  loss: number;
  /** Of this training batch, 0…1. */
  accuracy: number;
}

export interface Evaluation {
  loss: number;
  accuracy: number;
  /** Predicted class of every image of the split, in order. */
  predictions: Uint32Array;
  /** Probability of the predicted class. */
  confidences: Float32Array;
  labels: Uint32Array;
}

export interface DivergenceReport {
  /** First step whose loss was not finite. */
  step: number;
  /** The layer whose values went first. */
  layer: string;
  message: string;
  /** A smaller learning rate to try. */
  suggestedLearningRate: number;
  /** The last step with a good checkpoint, to which the run can return. */
  checkpointStep: number;
}

export interface Named {
  name: string;
  shape: number[];
  data: Float32Array;
}

export interface Prediction {
  /** `[n, classes]`. */
  logits: Float32Array;
  probabilities: Float32Array;
}

export type ExplainMethod =
  | 'saliency'
  | 'smoothgrad'
  | 'gradient-input'
  | 'guided-backprop'
  | 'integrated-gradients'
  | 'cam'
  | 'grad-cam'
  | 'grad-cam-plus-plus'
  | 'guided-grad-cam'
  | 'layer-conductance'
  | 'neuron-conductance'
  | 'occlusion'
  | 'lime';

/** What to tell about a method. */
export interface ExplainMethodInfo {
  id: ExplainMethod;
  title: string;
  /** The question it answers, one sentence. */
  answers: string;
  /** Where it misleads, one sentence. */
  misleads: string;
  /** In TeX. */
  formula: string;
  /** Whether it looks at one layer. */
  layer: boolean;
  /** Whether its maps have values for and against the class; else they are at least 0. */
  signed: boolean;
  /** Whether it looks at many versions of each image, so that one image takes many passes. */
  versions: boolean;
  /** The settings that it reads beside the layer. */
  options: (keyof ExplainSettings)[];
}

/** Ranges and defaults are in `README.md`; each method reads what concerns it. */
export interface ExplainSettings {
  /** A layer with feature maps. */
  layer?: string;
  /** Neuron conductance: the channel, or the unit of a dense layer. */
  unit?: number;
  /** Steps along the path from the baseline. */
  steps?: number;
  /** Noisy or perturbed images. */
  samples?: number;
  /** SmoothGrad: standard deviation in pixel units. */
  noise?: number;
  /** What a missing pixel is. */
  baseline?: 'black' | 'white' | 'blur' | 'noise';
  /** Occlusion, in pixels. */
  window?: number;
  stride?: number;
  /** LIME. */
  segments?: number;
  compactness?: number;
  surrogate?: 'ridge' | 'lasso';
  penalty?: number;
  kernelWidth?: number;
  top?: number;
  seed?: number;
}

export interface Explanation {
  method: ExplainMethod;
  /** The layer that was looked at, where the method looks at one. */
  layer: string | null;
  /** `[n, H, W]`, unscaled. Maps of a layer are already up-sampled to the image. */
  maps: Float32Array;
  height: number;
  width: number;
  /** The class each map answers for. */
  classes: Uint32Array;
  /** Whether the maps have values for and against the class, and want a diverging colour scale. */
  signed: boolean;
  /** One sentence where a map is all zero, or what else a reader must know; else null. */
  note: string | null;
  /** One per image. */
  details: ExplainDetails[];
  cost: ExplainCost;
}

/** What a method knows about one image beside the map; null where it does not. */
export interface ExplainDetails {
  /** S_c, the logit of the class. */
  score: number;
  /** S_c of the baseline. */
  baselineScore: number | null;
  /** The baseline itself, `[C, H, W]`, of methods that start from one or hide parts of the image behind it. */
  baseline: Float32Array | null;
  /** What the attributions add up to, before any resizing: ideally score − baselineScore. */
  total: number | null;
  /** |total − (score − baselineScore)| / |score − baselineScore|. */
  completenessError: number | null;
  /** Per feature map of the layer: its weight in the map, or its own attribution. */
  units: Float32Array | null;
  /** Along the path from the baseline: first α = 1 and α = 0, then the midpoints; `slope` is dS_c/dα, whose mean over these is `total`. */
  path: { alpha: Float32Array; score: Float32Array; slope: Float32Array } | null;
  /** LIME: the segment of each pixel, `[H, W]`, and the linear model: S_c ≈ intercept + Σ weights of the segments that are on. */
  surrogate: { segments: Uint32Array; weights: Float32Array; intercept: number; r2: number } | null;
}

/** Of one call. */
export interface ExplainCost {
  /** Passes of one image, or one version of an image, through the network. */
  forward: number;
  backward: number;
  /** In the worker, from the question to the maps; the first of its kind compiles. */
  milliseconds: number;
  /** Working memory of the compiled program, without weights. */
  bytes: number;
}

/** Figures of one map; `README.md` defines them. Of `boxError`, `deletion` and `time` less is better. */
export type Measure = 'iou' | 'pointing' | 'auc' | 'boxError' | 'deletion' | 'insertion' | 'stability' | 'faithfulness' | 'time';

/** Ranges and defaults are in `README.md`. A count of 0 leaves the figures that need it out. */
export interface MeasureSettings {
  methods: ExplainMethod[];
  /** For all methods; each reads what concerns it. */
  explain?: ExplainSettings;
  /** What stands where something was removed from an image. */
  baseline?: ExplainSettings['baseline'];
  /** Steps of deletion and insertion. */
  curveSteps?: number;
  /** Faithfulness: side of a patch in pixels. */
  patch?: number;
  /** Stability. */
  noisyCopies?: number;
  noise?: number;
  /** Of the intervals, between 0 and 1. */
  confidence?: number;
  seed?: number;
}

/** What `model.measure` found; null is what was not asked for or is not defined. */
export interface MeasureReport {
  /** Image by image, and in each the methods in the order of the settings. */
  rows: MeasureRow[];
  /** One per method. */
  summary: MeasureSummary[];
  /** For each measure all pairs of methods. */
  tests: MeasureTest[];
  /** One per method, means over the images. */
  curves: MeasureCurves[];
}

export interface MeasureRow {
  /** Its place among the images measured, from 0. */
  image: number;
  method: ExplainMethod;
  figures: Record<Measure, number | null>;
  /** Intersection over union at the thresholds 0.1, 0.2, … 0.9 of the map's maximum. */
  ious: Float64Array;
}

export interface MeasureSummary {
  method: ExplainMethod;
  /** Over the `n` images that have the figure: mean and Student's interval, which takes two images. */
  figures: Record<Measure, { n: number; mean: number | null; low: number | null; high: number | null }>;
  /** Working memory of the compiled program for one map, without weights. */
  bytes: number;
  /** Mean of `pointing` / (mean of `time` in seconds × memory in MiB). */
  efficiency: number | null;
}

/** A paired t test, two-sided, over the `n` images where both methods have the figure. */
export interface MeasureTest {
  measure: Measure;
  a: ExplainMethod;
  b: ExplainMethod;
  n: number;
  /** The mean of a − b. */
  difference: number | null;
  /** Infinite where every image has the same difference. */
  t: number | null;
  p: number | null;
  /** p times the number of pairs of methods (Bonferroni), at most 1. */
  adjusted: number | null;
}

export interface MeasureCurves {
  method: ExplainMethod;
  /** As in a row. */
  ious: Float64Array;
  /** The probability of the class with i/curveSteps of the pixels removed, i = 0…curveSteps. */
  deletion: Float64Array;
  /** With only so many pixels kept. */
  insertion: Float64Array;
}

export interface AttackOptions {
  method: 'fgsm' | 'pgd' | 'noise';
  norm: 'linf' | 'l2';
  /** Radius of the norm ball, in pixel units (0…1). */
  epsilon: number;
  /** PGD only. */
  steps?: number;
  stepSize?: number;
  randomStart?: boolean;
  /** A class to reach; untargeted without. */
  target?: number;
  seed?: number;
}

export interface AttackResult {
  adversarial: Float32Array;
  before: Prediction;
  after: Prediction;
}

/** What every run of training steps answers. */
export interface RunResult {
  /** One entry per step done, in order. */
  metrics: StepMetric[];
  /** Where the loss stopped being finite; the trainer is then back at its last good checkpoint. */
  divergence: DivergenceReport | null;
  /** Steps done by this call. */
  stepsDone: number;
}

/** A saved trainer: weights, optimiser, running statistics and position. Can be stored and cloned like any plain object. */
export interface Checkpoint {
  step: number;
  states: { name: string; shape: number[]; data: Float32Array | Uint32Array }[];
}
