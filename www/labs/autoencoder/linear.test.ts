import { expect, test } from 'vitest';
import { decoded, errorsOf, leastAngle, mixed, squaredError } from './linear.ts';

test('angles between columns by hand', () => {
  expect(leastAngle(Float32Array.of(1, 0, 0, 2), 2)).toBeCloseTo(90, 9);
  expect(leastAngle(Float32Array.of(1, 0, 3, 3), 2)).toBeCloseTo(45, 4);
  expect(leastAngle(Float32Array.of(1, 0, 0, 0, 1, 0, -1, 0, 0.1), 3)).toBeCloseTo((Math.atan(0.1) * 180) / Math.PI, 4);
});

test('the error of PCA is what the later components hold', () => {
  const errors = errorsOf(Float32Array.of(4, 3, 1, -1e-9), 3);
  [2, 1, 0.25, 0].forEach((expected, k) => expect(errors[k]).toBeCloseTo(expected, 6));
  expect(errorsOf(Float32Array.of(4, 3), 32)).toHaveLength(3);
});

test('mixing changes columns and codes, but not what they decode into', () => {
  const columns = Float32Array.of(1, 0, 2, 0, 1, 1);
  const codes = Float32Array.of(2, 3, -1, 0.5);
  const centre = Float32Array.of(0.5, 0, 0);
  expect([...decoded(columns, codes, centre)]).toEqual([2.5, 3, 7, -0.5, 0.5, -1.5]);
  const other = mixed(columns, codes, 2, 1.5);
  expect([...other.columns]).toEqual([1, 0, 2, 1.5, 1, 4]);
  expect([...other.codes]).toEqual([-2.5, 3, -1.75, 0.5]);
  expect([...decoded(other.columns, other.codes, centre)]).toEqual([2.5, 3, 7, -0.5, 0.5, -1.5]);
  expect(squaredError(Float32Array.of(1, 2), Float32Array.of(3, 2))).toBe(2);
});
