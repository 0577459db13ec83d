import { describe, expect, it } from 'vitest';
import { covered, lessonOf, spreadOf } from './lesson.ts';

const coverage = (counts: number[], quality = 0.9) => ({
  counts: Uint32Array.from(counts),
  modes: counts.filter((count) => count >= 25).length,
  quality,
});
const all = coverage(Array.from({ length: 8 }, () => 300));
const metrics = { discriminatorSteps: 500, generatorSteps: 500, real: 0.55, fake: 0.45 };
const title = (changes: Partial<Parameters<typeof lessonOf>[0]>) =>
  lessonOf({ loss: 'non-saturating', metrics, coverage: all, spread: 1, ...changes }).title;

describe('the lesson of the board', () => {
  it('begins with what to press', () => {
    expect(
      lessonOf({
        loss: 'minimax',
        metrics: { discriminatorSteps: 0, generatorSteps: 0, real: 0, fake: 0 },
        coverage: all,
        spread: 1,
      }).text,
    ).toContain('Press Train');
  });

  it('names each failure from its signs, and success', () => {
    expect(title({})).toBe('G has learnt the distribution');
    expect(lessonOf({ loss: 'non-saturating', metrics, coverage: all, spread: 1 }).text).toContain('about ½');
    expect(
      lessonOf({ loss: 'wasserstein-gp', metrics: { ...metrics, real: 9, fake: 7 }, coverage: all, spread: 1 }).text,
    ).not.toContain('½');
    const sure = { ...metrics, real: 0.99, fake: 0.01 };
    expect(title({ loss: 'minimax', metrics: sure })).toBe('G gets no gradient');
    expect(title({ metrics: sure })).toBe('D is too strong');
    expect(title({ metrics: sure, coverage: coverage([2000, 0, 0, 0, 0, 0, 0, 0]), spread: 0.1 })).toBe(
      'G covers less than it should',
    );
    expect(title({ coverage: coverage([2000, 0, 0, 0, 0, 0, 0, 300]) })).toBe('G covers less than it should');
    expect(title({ coverage: coverage([30, 20, 10, 0, 0, 0, 0, 0], 0.02) })).toBe('G is still learning');
    expect(title({ coverage: coverage([300, 300, 300, 300, 300, 300, 300, 3]) })).toBe('On the way');
    expect(title({ metrics: { ...metrics, generatorSteps: 0 } })).toBe('Only D learns');
    expect(title({ metrics: { ...sure, generatorSteps: 8 } })).toBe('The game has begun');
  });

  it('measures how far points lie apart, on the line and in the plane', () => {
    expect(spreadOf(Float32Array.of(1, 3), 1)).toBeCloseTo(1, 6);
    expect(spreadOf(Float32Array.of(0, 0, 6, 8), 2)).toBeCloseTo(5, 6);
  });

  it('counts modes from 1 % of the samples, places of a curve from one', () => {
    expect(covered(coverage([300, 3]))).toEqual({ found: 1, all: 2 });
    expect(covered(coverage(Array.from({ length: 30 }, (_, i) => i)))).toEqual({ found: 29, all: 30 });
  });
});
