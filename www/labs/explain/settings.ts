/** What this lab adds to a run, and its named set-ups. */
import { choice, integer, name, names, real, withDefaults, type Schema } from '../../ui/state.ts';
import type { Preset } from '../run/lab.ts';
import { DIGITS, ROOMS, VGG_DIGITS } from '../run/recipes.ts';
import { RUN_SCHEMA, type RunSettings } from '../run/settings.ts';
import { OPTIONS_SCHEMA, type MethodOptions } from './options.ts';

/** Part of "Look closer" that is open. */
export type View = 'method' | 'path' | 'segments' | 'randomise';

/** `question`: the class that a map answers for. */
export const ITS_ANSWER = -1;
export const THE_TRUTH = -2;
/** `image`, `mistake`: left to the lab. */
export const ANY = -1;

export interface Settings extends RunSettings, MethodOptions {
  /** Epochs that the button in "Set up" trains. */
  epochs: number;
  /** Chosen validation image; `ANY`: the first that the network recognises. */
  image: number;
  /** Misread validation image beside it; `ANY`: the one of which the network is surest. */
  mistake: number;
  /** A class, `ITS_ANSWER` or `THE_TRUTH`. */
  question: number;
  /** For methods that look at one layer; empty: the engine's choice. */
  layer: string;
  /** Chosen methods by their ids. */
  methods: string[];
  opacity: number;
  view: View;
  /** The method that is looked at closely; empty: the first chosen one. */
  method: string;
}

export const SCHEMA: Schema<Settings> = {
  ...withDefaults(RUN_SCHEMA, ROOMS.settings),
  ...withDefaults(OPTIONS_SCHEMA, { baseline: 'blur' }),
  epochs: integer(ROOMS.epochs, 1, 100),
  image: integer(ANY, ANY, 1000000),
  mistake: integer(ANY, ANY, 1000000),
  question: integer(ITS_ANSWER, THE_TRUTH, 999),
  layer: name(''),
  methods: names(['saliency', 'integrated-gradients', 'grad-cam'], 16),
  opacity: real(0.75, 0, 1),
  view: choice<View>('method', ['method', 'path', 'segments', 'randomise']),
  method: name(''),
};

export const PRESETS: readonly Preset<Settings>[] = [
  {
    id: 'where',
    title: 'Where does it look?',
    text: 'Train the network on rooms, then compare: which maps lie on the solid? For the misread one, set the class to the truth: was the evidence there?',
    settings: {},
    offered: true,
  },
  {
    id: 'strokes',
    title: 'Which strokes make a 4?',
    text: 'A small network on real handwriting. Signed maps say which pixels speak for the digit (orange) and which against it (blue).',
    settings: {
      ...DIGITS.settings,
      baseline: 'black',
      epochs: DIGITS.epochs,
      methods: ['gradient-input', 'integrated-gradients', 'grad-cam'],
    },
    offered: true,
  },
  {
    id: 'misled',
    title: 'What misled it?',
    text: 'Train, then look at the misread image. Set the class to the truth: was the evidence there, and outvoted?',
    settings: { methods: ['guided-backprop', 'integrated-gradients', 'grad-cam'], question: THE_TRUTH },
    offered: false,
  },
  {
    id: 'path',
    title: 'Add up the slopes',
    text: 'Walk from a blurred image to the real one: integrated gradients share out exactly what the score gains or loses on the way.',
    settings: { methods: ['gradient-input', 'integrated-gradients'], view: 'path' },
    offered: true,
  },
  {
    id: 'segments',
    title: 'Be LIME yourself',
    text: 'Hide pieces of the image and watch the score. A linear model guesses along: where does it fail to follow the network?',
    settings: { methods: ['occlusion', 'lime'], view: 'segments' },
    offered: true,
  },
  {
    id: 'randomise',
    title: 'Is it about this network?',
    text: 'Train, then replace its weights by random ones, layer by layer. A map that stays the same never explained it: watch guided back-propagation.',
    settings: {
      ...VGG_DIGITS.settings,
      baseline: 'black',
      epochs: VGG_DIGITS.epochs,
      methods: ['saliency', 'guided-backprop', 'grad-cam'],
      view: 'randomise',
    },
    offered: true,
  },
];
