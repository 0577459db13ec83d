import { expect, it } from 'vitest';
import { Trace } from './trace.ts';

it('keeps a long run in a bounded number of points, and its mean', () => {
  const trace = new Trace(2);
  for (let step = 1; step <= 6400; step++) trace.add(step, [step, 1]);
  const { x, y } = trace.data([0, 1]);
  expect(x.length).toBeLessThanOrEqual(800);
  expect(x.length).toBeGreaterThanOrEqual(400);
  expect(x.at(-1)).toBe(6400);
  expect(y[0].reduce((a: number, b) => a + (b ?? NaN), 0) / x.length).toBeCloseTo(3200.5, 6);
  expect(new Set(y[1])).toEqual(new Set([1]));
});

it('leaves a gap where there is no number', () => {
  const trace = new Trace(1);
  trace.add(1, [NaN]);
  trace.add(2, [3]);
  expect(trace.data([0])).toEqual({ x: [1, 2], y: [[null, 3]] });
});
