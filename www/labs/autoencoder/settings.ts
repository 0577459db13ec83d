/** What this lab's experiment depends on, what the engine is told of it, and its named set-ups. */
import type { AutoencoderOptions, DataSource, Regulariser } from '../../engine/types.ts';
import { choice, flag, integer, real, type Schema } from '../../ui/state.ts';
import type { LabSettings } from '../run/experiment.ts';
import type { Preset } from '../run/shell.ts';

export type DataName = 'digits' | 'strokes' | 'rooms' | 'files';
export type ShapeName = NonNullable<AutoencoderOptions['shape']>;
/** Of the plain autoencoders; the variational one stands beside them. */
export type PlainRegulariser = Exclude<Regulariser, 'variational'>;
/** Part of "Look inside" that is open. */
export type View = 'walk' | 'samples' | 'features' | 'pca';

export interface Settings extends LabSettings {
  data: DataName;
  /** Images that a procedural data set draws. */
  count: number;
  shape: ShapeName;
  /** Units of the hidden layer. */
  units: number;
  regulariser: PlainRegulariser;
  strength: number;
  lr: number;
  batch: number;
  /** Steps after which the rate is halved; 0: never. */
  half: number;
  /** Whether a variational autoencoder is trained too, with as many latents as `sampled`. */
  vae: boolean;
  /** Latents of the autoencoder whose samples are looked at. */
  sampled: number;
  view: View;
  /** Labelled images of each class. */
  labels: number;
  /** Validation images at both ends of the walk. */
  from: number;
  to: number;
}

/** The three codes that are compared. */
export const LATENTS = [2, 5, 32] as const;

/** Strengths from which each regulariser begins. */
export const STRENGTHS: Record<PlainRegulariser, number> = { none: 0, sparse: 0.1, contractive: 0.1, denoising: 0.3 };

export const SCHEMA: Schema<Settings> = {
  v: integer(1, 1, 1),
  data: choice<DataName>('digits', ['digits', 'strokes', 'rooms', 'files']),
  count: integer(2000, 100, 20000),
  seed: integer(7, 0, 4294967295),
  shape: choice<ShapeName>('dense', ['dense', 'convolutional', 'linear']),
  units: integer(128, 4, 512),
  regulariser: choice<PlainRegulariser>('none', ['none', 'sparse', 'contractive', 'denoising']),
  strength: real(0, 0, 1000),
  lr: real(0.002, 1e-6, 1),
  batch: integer(64, 1, 2048),
  half: integer(0, 0, 100000),
  vae: flag(false),
  sampled: integer(5, 2, 32),
  view: choice<View>('walk', ['walk', 'samples', 'features', 'pca']),
  labels: integer(10, 1, 100),
  from: integer(0, 0, 1000000),
  to: integer(1, 0, 1000000),
};

/** The engine finds the principal components of images of at most so many values. */
export const PCA_VALUES = 1024;

/** With these a linear autoencoder comes to rest: all images at each step, and a rate that falls. */
export const LINEAR = { shape: 'linear', regulariser: 'none', strength: 0, lr: 0.02, batch: 2048, half: 1000 } as const;

export function sourceOf({ data, count }: Settings, files: { name: string; bytes: Uint8Array }[]): DataSource {
  switch (data) {
    case 'digits':
      return { kind: 'digits' };
    case 'strokes':
      return { kind: 'strokes', count };
    case 'rooms':
      return { kind: 'rooms', size: 16, count, factor: 'shape', scatter: 0 };
    case 'files':
      return { kind: 'files', files };
  }
}

/** One of the autoencoders that are trained side by side. */
export interface Kind {
  title: string;
  latent: number;
  variational: boolean;
}

export function kindsOf({ vae, sampled }: Settings): Kind[] {
  const plain = LATENTS.map((latent): Kind => ({ title: `${latent} latents`, latent, variational: false }));
  return vae ? [...plain, { title: `VAE, ${sampled} latents`, latent: sampled, variational: true }] : plain;
}

/** A linear autoencoder cannot be variational here: its output has no bounds, and so no likelihood of pixels in 0…1. */
export function optionsOf(settings: Settings, { latent, variational }: Kind): AutoencoderOptions {
  const { shape, units, regulariser, strength, lr, batch, half, seed } = settings;
  const common = { hidden: [units], latent, batch, learningRate: lr, halfLife: half, seed };
  // The same squared error for all, so that only the code differs; with β = 1 it is the bound for pixels of variance ½. A larger β
  // makes surer samples, of fewer digits.
  if (variational)
    return {
      ...common,
      shape: shape === 'linear' ? 'dense' : shape,
      regulariser: 'variational',
      reconstruction: 'mse',
    };
  return { ...common, shape, regulariser, strength };
}

/** How much has to be made anew after a change. */
export type Depth = 'nothing' | 'rate' | 'coders' | 'data';
const DEPTH_OF: Partial<Record<keyof Settings, Depth>> = {
  data: 'data',
  count: 'data',
  seed: 'coders',
  shape: 'coders',
  units: 'coders',
  regulariser: 'coders',
  batch: 'coders',
  half: 'coders',
  vae: 'coders',
  lr: 'rate',
  strength: 'rate',
};
export const DEPTHS: readonly Depth[] = ['nothing', 'rate', 'coders', 'data'];
const deeper = (a: Depth, b: Depth): Depth => (DEPTHS.indexOf(a) > DEPTHS.indexOf(b) ? a : b);

export function depthOfChange(before: Settings, after: Settings): Depth {
  const keys = (Object.keys(after) as (keyof Settings)[]).filter((key) => before[key] !== after[key]);
  const sampled = keys.includes('sampled') && after.vae ? 'coders' : 'nothing';
  return keys.map((key) => DEPTH_OF[key] ?? 'nothing').reduce(deeper, sampled);
}

export const PRESETS: readonly Preset<Settings>[] = [
  {
    id: 'few',
    title: 'How few numbers will do?',
    text: 'Press Train: three autoencoders squeeze real handwriting into 2, 5 and 32 numbers. Which digits does the narrowest confuse?',
    settings: {},
    offered: true,
  },
  {
    id: 'map',
    title: 'A map of handwriting',
    text: 'Train on drawn digits with convolutions, then drag over the map of the two-number code: what lies between a 4 and a 9?',
    settings: { data: 'strokes', shape: 'convolutional', units: 64 },
    offered: true,
  },
  {
    id: 'pca',
    title: 'Only PCA in disguise?',
    text: 'Take all activations away and train. The angles to the principal subspace fall, those of the narrow codes first: a linear autoencoder finds nothing else.',
    settings: { ...LINEAR, view: 'pca' },
    offered: true,
  },
  {
    id: 'invent',
    title: 'Can it invent a digit?',
    text: 'Train, then decode the same random codes with both kinds. A plain autoencoder of 32 numbers never learnt what lies between its codes; the variational one beside it had to.',
    settings: { data: 'strokes', count: 4000, vae: true, sampled: 32, view: 'samples' },
    offered: true,
  },
  {
    id: 'clean',
    title: 'Clean what is noisy',
    text: 'The encoder sees noise on top of the image and must give back the image without it. What does 32 manage that 2 does not?',
    settings: { data: 'strokes', regulariser: 'denoising', strength: 0.4 },
    offered: true,
  },
  {
    id: 'rooms',
    title: 'What is in a room?',
    text: 'Colour pictures decided by six factors. Which factors survive in 2 numbers, which need 5?',
    settings: { data: 'rooms', shape: 'convolutional', units: 64 },
    offered: false,
  },
];
