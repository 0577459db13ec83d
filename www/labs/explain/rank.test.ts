import { describe, expect, it } from 'vitest';
import { rankCorrelation, ranks } from './rank.ts';

const a = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5];
const b = [2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4];

describe('rank correlation, against scipy.stats 1.17.1', () => {
  it('ranks ties by their mean, as rankdata', () => {
    expect([...ranks(a)]).toEqual([4.5, 1.5, 6, 1.5, 8, 11, 3, 10, 8, 4.5, 8]);
  });

  it('agrees with spearmanr', () => {
    expect(rankCorrelation(a, b)).toBeCloseTo(0.1384567651467695, 14);
  });

  it('is 1 and −1 for the same and the opposite order', () => {
    expect(rankCorrelation([1, 2, 3], [10, 100, 1000])).toBe(1);
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBe(-1);
  });

  it('is none where nothing varies', () => expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNull());
});
