import { describe, expect, it } from 'vitest';
import { sidesOf } from './sides.ts';

describe('sidesOf', () => {
  // The lengths that src/generate/image_gan/networks.rs names.
  it('halves at least twice, at most three times, and not below 4 a third time', () => {
    expect(sidesOf([1, 28, 28])).toEqual([28, 14, 7]);
    expect(sidesOf([1, 8, 8])).toEqual([8, 4, 2]);
    expect(sidesOf([3, 32, 32])).toEqual([32, 16, 8, 4]);
  });

  it('follows the shorter side', () => {
    expect(sidesOf([1, 8, 32])).toEqual([32, 16, 8]);
  });
});
