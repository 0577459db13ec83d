import { expect, test } from 'vitest';
import { Reel } from './reel.ts';

test('a long run stays within its frames, evenly spread, the first among them', () => {
  const reel = new Reel(8);
  for (let step = 0; step <= 100; step++) reel.add(step, Float32Array.of(step / 100));
  const steps = reel.shots.map((shot) => shot.step);
  expect(steps.length).toBeLessThanOrEqual(8);
  expect(steps[0]).toBe(0);
  const gaps = steps.slice(1).map((step, i) => step - steps[i]!);
  expect(new Set(gaps)).toEqual(new Set([16]));
  expect(steps.at(-1)).toBeGreaterThan(100 - 2 * 16);
});

test('images come back within the rounding of a byte', () => {
  const reel = new Reel();
  reel.add(3, Float32Array.of(0, 0.25, 1));
  const [a, b, c] = reel.images(0);
  expect([a, c]).toEqual([0, 1]);
  expect(Math.abs(b! - 0.25)).toBeLessThanOrEqual(0.5 / 255);
  expect(reel.images(5)).toHaveLength(0);
});
