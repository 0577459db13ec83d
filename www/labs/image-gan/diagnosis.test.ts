import { expect, test } from 'vitest';
import { diagnose, lessonOf, spread } from './diagnosis.ts';

const fair = {
  discriminatorSteps: 400,
  generatorSteps: 400,
  discriminatorLoss: 1,
  generatorLoss: 1,
  penalty: 0,
  real: 0.6,
  fake: 0.4,
  gradient: 1.4,
};

test('the mean distance of three points', () => {
  // (0, 0), (3, 4), (3, 0): 5, 3 and 4.
  expect(spread(Float32Array.of(0, 0, 3, 4, 3, 0), 2)).toBeCloseTo(4, 6);
  expect(spread(Float32Array.of(1, 2), 2)).toBe(0);
});

test('each failure is named from its signs, a fair game is not', () => {
  const of = (changes: Partial<typeof fair>, diversity = 0.9) =>
    diagnose({ loss: 'non-saturating', metrics: { ...fair, ...changes }, diversity })?.title;
  expect(of({})).toBeUndefined();
  expect(of({ real: 1, fake: 0, gradient: 1e-3 })).toBe('G gets no gradient');
  expect(of({ real: 1, fake: 0, gradient: 90, generatorLoss: 40 })).toBe('D is too strong');
  expect(of({}, 0.1)).toBe('The modes collapse');
  expect(of({ generatorSteps: 3, real: 1, fake: 0, gradient: 1e-3 })).toBeUndefined();
});

test('where nothing fails, the lesson begins with what to press and ends with what it showed', () => {
  const of = (changes: Partial<typeof fair>, loss: 'minimax' | 'wasserstein-gp' = 'minimax') =>
    lessonOf({ ...fair, ...changes }, loss);
  expect(of({ discriminatorSteps: 0, generatorSteps: 0 }).reason).toContain('Press Train');
  expect(of({ generatorSteps: 0 }).title).toBe('The game has begun');
  expect(of({ real: 0.95, fake: 0.05 }).title).toBe('D is ahead');
  expect(of({}).reason).toContain('real images 60 % and G’s 40 %');
  expect(of({}, 'wasserstein-gp').reason).not.toContain('%');
});
