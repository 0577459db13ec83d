import { describe, expect, it } from 'vitest';
import { cut, MAP, OBJECT, overlap } from './demo.ts';

describe('cutting a map', () => {
  it('keeps what has the share of the maximum', () =>
    expect(cut(Float32Array.of(4, 2, 1, -8), 0.5)).toEqual([true, true, false, false]));
  it('keeps nothing of a map without a positive value', () => expect(cut(Float32Array.of(0, -1), 0)).toEqual([false, false]));
});

describe('overlap', () => {
  it('is intersection over union', () => expect(overlap([true, true, false, false], [false, true, true, false])).toBe(1 / 3));
  it('of nothing with nothing is 0', () => expect(overlap([false], [false])).toBe(0));

  it('of the example is best at a cut between, and small at both ends', () => {
    const at = (share: number) => overlap(cut(MAP, share), OBJECT);
    expect(at(0.4)).toBeGreaterThan(at(0.05));
    expect(at(0.4)).toBeGreaterThan(at(0.95));
  });
});
