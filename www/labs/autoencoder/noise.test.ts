import { expect, it } from 'vitest';
import { noisy } from './noise.ts';

it('noise is the same for the same seed, and stays within a pixel’s range', () => {
  const gray = new Float32Array(4000).fill(0.5);
  expect(noisy(gray, 0.1, 3)).toEqual(noisy(gray, 0.1, 3));
  expect(noisy(gray, 0.1, 3)).not.toEqual(noisy(gray, 0.1, 4));
  const values = [...noisy(gray, 0.1, 3)];
  const mean = values.reduce((a, b) => a + b) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  // Five standard errors.
  expect(Math.abs(mean - 0.5)).toBeLessThan((5 * 0.1) / Math.sqrt(4000));
  expect(Math.abs(deviation - 0.1)).toBeLessThan((5 * 0.1) / Math.sqrt(8000));
  expect(noisy(gray, 9, 1).every((value) => value >= 0 && value <= 1)).toBe(true);
});
