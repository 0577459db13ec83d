/** Lines for many methods in one plot: four inks, and for each of them solid, dashed and marked, so that no two look alike. */
import type { Line } from './plot.ts';

const INKS = ['--ink', '--orange', '--blue', '--violet'];

export const linesOf = (labels: readonly string[]): Line[] =>
  labels.map((label, i) => {
    const round = Math.floor(i / INKS.length) % 3;
    return { label, color: INKS[i % INKS.length], dashed: round === 1, marks: round === 2 };
  });
