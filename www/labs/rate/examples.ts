/** A disc and maps of it that a rater would mark high and low, one pair for each criterion. */
import type { Picture } from '../../ui/paint.ts';
import type { Criterion } from './ratings.ts';

const SIDE = 16;
const MIDDLE = 7.5;
const RADIUS = 4.5;

const draw = (level: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: SIDE * SIDE }, (_, i) => level(i % SIDE, Math.floor(i / SIDE)));

const distance = (x: number, y: number): number => Math.hypot(x - MIDDLE, y - MIDDLE);
const inside = (x: number, y: number): boolean => distance(x, y) <= RADIUS;
/** A hash of the cell, 0…1: the same at every visit. */
const scatter = (x: number, y: number): number => ((x * 7919 + y * 104729 + 31) % 97) / 97;

const whole = (x: number, y: number): number => (inside(x, y) ? 0.9 - 0.06 * distance(x, y) : 0);

export const DISC: Picture = {
  width: SIDE,
  height: SIDE,
  data: draw((x, y) => (inside(x, y) ? 0.85 : 0.3)),
  channels: 1,
  scale: 'gray',
  limit: 1,
};

const mapOf = (level: (x: number, y: number) => number): Picture => ({ ...DISC, data: draw(level), scale: 'magnitude' });

export const EXAMPLES: Readonly<Record<Criterion, { high: Picture; low: Picture }>> = {
  coherence: { high: mapOf(whole), low: mapOf((x, y) => (distance(x, y) < 7 && scatter(x, y) > 0.7 ? 0.9 : 0)) },
  completeness: { high: mapOf(whole), low: mapOf((x, y) => (inside(x, y) && x < MIDDLE - 1.5 ? 0.9 : 0)) },
  precision: { high: mapOf(whole), low: mapOf((x, y) => Math.max(0, 0.95 - 0.07 * distance(x, y))) },
};
