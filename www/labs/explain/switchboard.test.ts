import { expect, it } from 'vitest';
import { masked, predicted, strongest } from './switchboard.ts';

const surrogate = { segments: Uint32Array.of(0, 0, 1, 2), weights: Float32Array.of(0.5, -2, 1), intercept: 3, r2: 1 };

it('a segment that is off is the baseline in every channel', () => {
  const image = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const baseline = image.map((value) => -value);
  expect([...masked(image, surrogate.segments, new Set([0]), baseline)]).toEqual([-1, -2, 3, 4, -5, -6, 7, 8]);
});

it('the linear model adds up the segments that are on', () => {
  expect(predicted(surrogate, new Set())).toBe(2.5);
  expect(predicted(surrogate, new Set([1]))).toBe(4.5);
  expect(predicted(surrogate, new Set([0, 1, 2]))).toBe(3);
});

it('segments are listed by strength, whatever the sign', () => expect(strongest(surrogate)).toEqual([1, 2, 0]));
