/**
 * Lines for many methods in one plot: four inks, neighbours solid and dashed, then the other way round, then marked, so that no two look
 * alike and none differs from its neighbour by colour alone.
 */
import type { Line } from './plot.ts';

const INKS = ['--ink', '--orange', '--blue', '--violet'];

export const linesOf = (labels: readonly string[]): Line[] =>
  labels.map((label, i) => {
    const round = Math.floor(i / INKS.length) % 3;
    return { label, color: INKS[i % INKS.length], dashed: round < 2 && (i + round) % 2 === 1, marks: round === 2 };
  });
