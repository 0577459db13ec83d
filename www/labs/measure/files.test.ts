import { expect, it } from 'vitest';
import { imagesSheet, meansSheet, testsSheet } from './files.ts';
import { MEASURES } from './measures.ts';
import type { Measure, MeasureReport } from '../../engine/types.ts';

const each = <T>(value: (id: Measure, i: number) => T) =>
  Object.fromEntries(MEASURES.map(({ id }, i) => [id, value(id, i)])) as Record<Measure, T>;

const report: MeasureReport = {
  rows: [{ image: 4, method: 'lime', figures: each((_, i) => i / 10), ious: new Float64Array(9) }],
  summary: [
    { method: 'lime', figures: each((_, i) => ({ n: 1, mean: i / 10, low: null, high: null })), bytes: 100, efficiency: 0.5 },
  ],
  tests: [{ measure: 'auc', a: 'lime', b: 'saliency', n: 8, difference: -0.1, t: -2, p: 0.04, adjusted: 0.12 }],
  curves: [],
};

it('a file has a row for every image and method, every mean, every test', () => {
  const images = imagesSheet(report);
  expect(images.header).toEqual(['image', 'method', ...MEASURES.map(({ id }) => id)]);
  expect(images.rows).toEqual([[4, 'lime', ...MEASURES.map((_, i) => i / 10)]]);
  const means = meansSheet(report);
  expect(means.rows).toHaveLength(MEASURES.length + 2);
  expect(means.rows[1]).toEqual(['lime', 'pointing', 1, 0.1, null, null]);
  expect(means.rows.at(-1)).toEqual(['lime', 'efficiency', null, 0.5, null, null]);
  expect(testsSheet(report).rows).toEqual([['auc', 'lime', 'saliency', 8, -0.1, -2, 0.04, 0.12]]);
});
