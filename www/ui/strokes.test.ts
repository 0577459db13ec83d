import { describe, expect, it } from 'vitest';
import { centered, presetDigit } from './strokes.ts';

const box = (points: readonly { x: number; y: number }[]) => {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
};

describe('a drawing', () => {
  it('is moved to the middle and scaled to its share, in proportion', () => {
    const [stroke] = centered(
      [
        [
          { x: 0, y: 0 },
          { x: 0.1, y: 0.4 },
        ],
      ],
      0.8,
    );
    const { left, right, top, bottom } = box(stroke);
    expect(bottom - top).toBeCloseTo(0.8);
    expect(right - left).toBeCloseTo(0.2);
    expect((left + right) / 2).toBeCloseTo(0.5);
    expect((top + bottom) / 2).toBeCloseTo(0.5);
  });

  it('of one dot stays a dot, and of nothing stays nothing', () => {
    expect(centered([[{ x: 0.9, y: 0.1 }]], 0.8)).toEqual([[{ x: 0.5, y: 0.5 }]]);
    expect(centered([], 0.8)).toEqual([]);
  });

  it('may be any ready-made digit, inside the paper', () => {
    for (let digit = 0; digit < 10; digit++) {
      const { left, right, top, bottom } = box(presetDigit(digit).flat());
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(Math.max(right, bottom)).toBeLessThanOrEqual(1);
    }
  });
});
