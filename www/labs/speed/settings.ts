/** What is measured, and for how long. */
import { choice, integer, real, type Schema } from '../../ui/state.ts';
import type { Preset } from '../run/opening.ts';

export type Devices = 'both' | 'cpu' | 'gpu';

export interface Settings {
  v: number;
  devices: Devices;
  /** For the timed blocks of one figure. */
  seconds: number;
}

export const SCHEMA: Schema<Settings> = {
  v: integer(1, 1, 1),
  devices: choice<Devices>('both', ['both', 'cpu', 'gpu']),
  seconds: real(0.5, 0.1, 10),
};

export const PRESETS: readonly Preset<Settings>[] = [
  {
    id: 'quick',
    title: 'A quick look',
    text: 'Both devices, half a second a figure. Which one wins at small work, which at large?',
    settings: {},
    offered: true,
  },
  {
    id: 'careful',
    title: 'With care',
    text: 'Two seconds a figure. Close other programs first: do the whiskers, slowest and fastest block, become shorter?',
    settings: { seconds: 2 },
    offered: true,
  },
  {
    id: 'cpu',
    title: 'How good is this code?',
    text: 'Only the CPU. The top bar is all that its SIMD unit could do in a browser; what share of it does a matrix product reach?',
    settings: { devices: 'cpu', seconds: 1 },
    offered: true,
  },
];
