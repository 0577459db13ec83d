import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../engine/types.ts';
import { texNumber, weightedSum, withNumbers } from './numbers.ts';

describe('numbers in TeX', () => {
  it.each([
    [0, '0'],
    [-1.23456, '-1.23'],
    [12345, '12300'],
    [1.25e-5, String.raw`1.3 \cdot 10^{-5}`],
    [-3e7, String.raw`-3.0 \cdot 10^{7}`],
    [Infinity, String.raw`\infty`],
  ])('%d', (value, text) => expect(texNumber(value)).toBe(text));

  it('a weighted sum names the strongest feature maps, counted from 1', () => {
    expect(weightedSum([0.1, -2, 0, 3, 0.2])).toBe(String.raw`3 A^{4} - 2 A^{2} + 0.2 A^{5} + 0.1 A^{1} + \dots`);
    expect(weightedSum([-1])).toBe('- 1 A^{1}');
  });
});

describe('a map with its numbers', () => {
  const explanation: Explanation = {
    method: 'integrated-gradients',
    layer: null,
    maps: Float32Array.of(1, -4, 0.5, 2),
    height: 2,
    width: 2,
    classes: Uint32Array.of(0),
    signed: true,
    note: null,
    details: [
      {
        score: 2,
        baselineScore: -1,
        baseline: null,
        total: 2.5,
        completenessError: 1 / 6,
        units: null,
        path: null,
        surrogate: null,
      },
    ],
    cost: { forward: 1, backward: 1, milliseconds: 3, bytes: 1 },
  };

  it('says what was shared out, what the parts add up to, and which pixel is strongest', () =>
    expect(withNumbers(explanation)).toEqual([
      "S_c(x) - S_c(x') = 2 - (-1) = 3",
      String.raw`\sum M = 2.5`,
      String.raw`\text{strongest: } M_{1,2} = -4`,
    ]));

  it('or the weights of its feature maps', () => {
    const details = [{ ...explanation.details[0]!, baselineScore: null, total: null, units: Float32Array.of(0.5, -2) }];
    expect(withNumbers({ ...explanation, details })).toEqual([
      String.raw`\sum_k w_k A^k = - 2 A^{2} + 0.5 A^{1}`,
      String.raw`\text{strongest: } M_{1,2} = -4`,
    ]);
  });

  it('or the linear model that stands in for the network', () => {
    const surrogate = { segments: new Uint32Array(4), weights: Float32Array.of(0.5, -2), intercept: 1, r2: 0.75 };
    const details = [{ ...explanation.details[0]!, baselineScore: null, total: null, surrogate }];
    expect(withNumbers({ ...explanation, details })).toEqual([
      String.raw`S_c \approx 1 - 2 z_{2} + 0.5 z_{1}`,
      'R^2 = 0.75',
      String.raw`\text{strongest: } M_{1,2} = -4`,
    ]);
  });

  it('or, for CAM, its mean and the bias', () => {
    const details = [{ ...explanation.details[0]!, score: 1.5, baselineScore: -1, total: 2.5, units: Float32Array.of(3) }];
    expect(withNumbers({ ...explanation, method: 'cam', details })).toEqual([
      String.raw`\frac{1}{hw} \sum_{ij} M_{ij} + b_c = 2.5 - 1 = 1.5`,
      'S_c = 1.5',
      String.raw`\sum_k w_k A^k = 3 A^{1}`,
      String.raw`\text{strongest: } M_{1,2} = -4`,
    ]);
  });
});
