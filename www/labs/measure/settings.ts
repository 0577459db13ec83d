/** What this lab adds to a run, and its named set-ups. */
import type { ExplainSettings, Measure } from '../../engine/types.ts';
import { choice, integer, names, withDefaults, type Schema } from '../../ui/state.ts';
import type { Preset } from '../run/lab.ts';
import { ROOMS } from '../run/recipes.ts';
import { RUN_SCHEMA, type RunSettings } from '../run/settings.ts';
import { MEASURES } from './measures.ts';

type Baseline = NonNullable<ExplainSettings['baseline']>;

export interface Settings extends RunSettings {
  /** Epochs that the button in "Set up" trains. */
  epochs: number;
  /** Methods that are measured, by their ids. */
  methods: string[];
  /** How many held-out images. */
  images: number;
  /** What a missing pixel is to the methods that have a baseline. */
  start: Baseline;
  /** What stands where the measures removed something. */
  baseline: Baseline;
  /** Side of the patches of faithfulness, in pixels. */
  patch: number;
  /** Noisy copies of each image, for stability. */
  copies: number;
  /** The figure in view. */
  measure: Measure;
}

const BASELINES: readonly Baseline[] = ['black', 'white', 'blur', 'noise'];

const QUICK = ['saliency', 'gradient-input', 'guided-backprop', 'integrated-gradients', 'grad-cam'];

export const SCHEMA: Schema<Settings> = {
  ...withDefaults(RUN_SCHEMA, ROOMS.settings),
  epochs: integer(ROOMS.epochs, 1, 100),
  methods: names(QUICK, 16),
  images: integer(30, 2, 400),
  start: choice<Baseline>('blur', BASELINES),
  baseline: choice<Baseline>('blur', BASELINES),
  patch: integer(4, 1, 16),
  copies: integer(3, 0, 20),
  measure: choice<Measure>(
    'auc',
    MEASURES.map(({ id }) => id),
  ),
};

export const PRESETS: readonly Preset<Settings>[] = [
  {
    id: 'quick',
    title: 'Which map finds the object?',
    text: 'Train, then measure five methods on thirty rooms. Where do two intervals overlap, and what does the paired test say then?',
    settings: {},
    offered: true,
  },
  {
    id: 'faithful',
    title: 'Pretty or faithful?',
    text: 'Compare overlap with the object and deletion. A map may please the eye and still miss what the network uses.',
    settings: { methods: ['guided-backprop', 'grad-cam', 'occlusion', 'integrated-gradients'], measure: 'deletion' },
    offered: true,
  },
  {
    id: 'missing',
    title: 'What is a missing pixel?',
    text: 'Occlusion, LIME and integrated gradients compare with an image without evidence. Measure with black, then with the blurred image: what changes?',
    settings: {
      methods: ['integrated-gradients', 'occlusion', 'lime'],
      start: 'black',
      images: 10,
      copies: 1,
      measure: 'pointing',
    },
    offered: true,
  },
  {
    id: 'price',
    title: 'What does it cost?',
    text: 'LIME asks the network a thousand times for one map. Is it worth it? Ten images are enough to see.',
    settings: { methods: ['saliency', 'grad-cam', 'occlusion', 'lime'], images: 10, copies: 1, measure: 'time' },
    offered: true,
  },
];
