/** What this lab adds to a run, and its named set-ups. */
import { integer, names, withDefaults, type Schema } from '../../ui/state.ts';
import type { Preset } from '../run/lab.ts';
import { DIGITS, ROOMS } from '../run/recipes.ts';
import { RUN_SCHEMA, type RunSettings } from '../run/settings.ts';

export interface Settings extends RunSettings {
  /** Epochs that the button in "Set up" trains. */
  epochs: number;
  /** Methods that are rated, by their ids. */
  methods: string[];
  /** How many images are rated. */
  images: number;
}

export const SCHEMA: Schema<Settings> = {
  ...withDefaults(RUN_SCHEMA, ROOMS.settings),
  epochs: integer(ROOMS.epochs, 1, 100),
  methods: names(['saliency', 'grad-cam'], 4),
  images: integer(4, 1, 20),
};

export const PRESETS: readonly Preset<Settings>[] = [
  {
    id: 'rooms',
    title: 'Solids in rooms',
    text: 'Train, then rate four images twice, under two names. Do you agree with yourself? And do people prefer the map that is most faithful?',
    settings: {},
    offered: true,
  },
  {
    id: 'digits',
    title: 'Handwriting',
    text: 'The same with digits of 8×8 pixels, where the object is a stroke. Which criterion is now hard to judge?',
    settings: { ...DIGITS.settings, epochs: DIGITS.epochs },
    offered: true,
  },
];
