/** Measures the contestants in turns, so that whatever else the machine does falls on all of them alike. */

import { tensorflow } from './tensorflow.ts';
import { vitrine } from './vitrine.ts';

export interface Measurement {
  name: string;
  /** Of every repetition, in order. */
  stepsPerSecond: number[];
  firstLoss: number;
  lastLoss: number;
}

declare global {
  interface Window {
    measure(repetitions: number, steps: number): Promise<Measurement[]>;
  }
}

window.measure = async (repetitions, steps) => {
  const contestants = [await vitrine('cpu'), await tensorflow()];
  const measurements: Measurement[] = [];
  // The first block warms up compilers and caches and is not timed.
  for (const { name, run } of contestants) {
    const firstLoss = await run(1);
    measurements.push({ name, stepsPerSecond: [], firstLoss, lastLoss: await run(steps) });
  }
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [i, contestant] of contestants.entries()) {
      const start = performance.now();
      measurements[i].lastLoss = await contestant.run(steps);
      measurements[i].stepsPerSecond.push((1000 * steps) / (performance.now() - start));
    }
  }
  return measurements;
};
