import { expect, it } from 'vitest';
import { courseOf } from './course.ts';

/** S(α) = 1 + α², so dS/dα = 2α; two steps with midpoints 1/4 and 3/4. */
const details = {
  score: 2,
  baselineScore: 1,
  baseline: null,
  total: 1,
  completenessError: 0,
  units: null,
  surrogate: null,
  path: {
    alpha: Float32Array.of(1, 0, 0.25, 0.75),
    score: Float32Array.of(2, 1, 1.0625, 1.5625),
    slope: Float32Array.of(2, 0, 0.5, 1.5),
  },
};

it('the running sum begins at the score of the baseline and, by the midpoint rule, ends at that of the image', () => {
  const course = courseOf(details)!;
  expect(course.alpha).toEqual([0, 0.5, 1]);
  expect(course.running).toEqual([1, 1.25, 2]);
  expect(course.score).toEqual([1, 1.3125, 2]);
});

it('a method without a path has no course', () => expect(courseOf({ ...details, path: null })).toBeNull());
