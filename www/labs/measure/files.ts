/** The report as tables for a file: every image, every mean, every test. */
import type { Cell } from '../../ui/csv.ts';
import { MEASURES } from './measures.ts';
import type { MeasureReport } from '../../engine/types.ts';

export interface Sheet {
  header: string[];
  rows: Cell[][];
}

const IDS = MEASURES.map(({ id }) => id);

/** One row per image and method. */
export const imagesSheet = ({ rows }: MeasureReport): Sheet => ({
  header: ['image', 'method', ...IDS],
  rows: rows.map(({ image, method, figures }) => [image, method, ...IDS.map((id) => figures[id])]),
});

/** One row per method and figure. */
export const meansSheet = ({ summary }: MeasureReport): Sheet => ({
  header: ['method', 'figure', 'images', 'mean', 'low', 'high'],
  rows: summary.flatMap(({ method, figures, bytes, efficiency }) => [
    ...IDS.map((id): Cell[] => {
      const { n, mean, low, high } = figures[id];
      return [method, id, n, mean, low, high];
    }),
    [method, 'bytes', null, bytes, null, null],
    [method, 'efficiency', null, efficiency, null, null],
  ]),
});

/** One row per figure and pair of methods. */
export const testsSheet = ({ tests }: MeasureReport): Sheet => ({
  header: ['figure', 'a', 'b', 'pairs', 'difference', 't', 'p', 'p adjusted'],
  rows: tests.map(({ measure, a, b, n, difference, t, p, adjusted }) => [measure, a, b, n, difference, t, p, adjusted]),
});
