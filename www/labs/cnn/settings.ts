/** What this lab adds to a run, and its named set-ups. */
import type { AttackOptions } from '../../engine/types.ts';
import { choice, flag, integer, real, type Schema } from '../../ui/state.ts';
import type { Preset } from '../run/lab.ts';
import { RUN_SCHEMA, type RunSettings } from '../run/settings.ts';

export type View = 'layers' | 'why' | 'fool' | 'draw';

/** The two of the engine's explanation methods that this lab introduces. */
export type WhyMethod = 'saliency' | 'grad-cam';

export interface Settings extends RunSettings {
  /** Which part of "Look inside" is open. */
  view: View;
  /** Chosen validation image. */
  image: number;
  method: WhyMethod;
  attack: AttackOptions['method'];
  norm: AttackOptions['norm'];
  eps: number;
  steps: number;
  random: boolean;
  /** Class that a targeted attack aims at; −1: any wrong one. */
  target: number;
}

export const SCHEMA: Schema<Settings> = {
  ...RUN_SCHEMA,
  view: choice<View>('layers', ['layers', 'why', 'fool', 'draw']),
  image: integer(4, 0, 1000000),
  method: choice<WhyMethod>('saliency', ['saliency', 'grad-cam']),
  attack: choice<AttackOptions['method']>('fgsm', ['fgsm', 'pgd', 'noise']),
  norm: choice<AttackOptions['norm']>('linf', ['linf', 'l2']),
  eps: real(0.1, 0, 10),
  steps: integer(10, 1, 100),
  random: flag(true),
  target: integer(-1, -1, 999),
};

/** What `preset="…"` and "Try this" stand for. */
export const PRESETS: readonly Preset<Settings>[] = [
  {
    id: 'lenet-digits',
    title: 'Learn ten digits',
    text: 'LeNet-5 on real handwriting. Press Train and watch the first filters turn into edges.',
    settings: {},
    offered: true,
  },
  {
    id: 'gap-rooms',
    title: 'Where does it look?',
    text: 'A network without dense layers names the shape in a room. Train, then open Why: Grad-CAM should find the object.',
    settings: { data: 'rooms', net: 'gap-cnn', lr: 0.003, view: 'why', method: 'grad-cam' },
    offered: true,
  },
  {
    id: 'fool-digits',
    title: 'Fool it',
    text: 'Train LeNet-5 for five epochs, then move ε: a change too faint to see makes it read another digit.',
    settings: { view: 'fool', attack: 'fgsm', eps: 0.1 },
    offered: true,
  },
  {
    id: 'diverge',
    title: 'Break it',
    text: 'A learning rate a thousand times too large: the numbers overflow, the run stops and says where they went first.',
    settings: { net: 'small-vgg', opt: 'sgd', lr: 50 },
    offered: true,
  },
  {
    id: 'resnet-strokes',
    title: 'A residual network',
    text: 'ResNet-8 on drawn digits of 28×28 pixels.',
    settings: { data: 'strokes', net: 'resnet-8', lr: 0.003 },
    offered: false,
  },
];
