import { expect, test } from 'vitest';
import type { FewLabels } from '../../engine/types.ts';
import { methodsOf, verdict } from './few-verdict.ts';

const found = (scratch: number[], learnt: number[], knn: number[]): FewLabels => ({
  train: 10,
  validation: 100,
  pixels: { knn, logistic: [0.5, 0.5, 0.5] },
  codes: { knn: [0.4, 0.4, 0.4], logistic: [0.3, 0.3, 0.3] },
  scratch,
  learnt,
});

test('a gain in every draw is called one, with its size, and the best method is named', () => {
  const clear = found([0.5, 0.6, 0.7], [0.6, 0.7, 0.9], [0.2, 0.2, 0.2]);
  expect(verdict(clear)).toMatch(/helps: in all 3 draws .* by 13\.3 points .* No other method does better, with 73\.3 % right/);
  expect(methodsOf(clear).map(({ label }) => label)).toHaveLength(6);
});

test('a loss in every draw, and a mixed outcome, are said as they are', () => {
  expect(verdict(found([0.6, 0.6, 0.6], [0.5, 0.5, 0.5], [0.9, 0.9, 0.9]))).toMatch(
    /does harm: in all 3 draws .* by 10\.0 points .* Best of all: pixels, 5 nearest, with 90\.0 % right/,
  );
  expect(verdict(found([0.6, 0.6, 0.6], [0.7, 0.5, 0.6], [0.1, 0.1, 0.1]))).toMatch(/No clear difference: .* in 1 of 3 draws/);
});
