import { describe, expect, it } from 'vitest';
import { photograph } from './paint.ts';
import { rowsOf, sheetCsv } from './sheet.ts';

const tile = (label: string, ...values: number[]) => ({
  label,
  picture: photograph(Float32Array.from(values), [1, 1, values.length]),
});

describe('a sheet of pictures', () => {
  it('is one line for each picture', () => {
    const rows = [
      { title: 'original', tiles: [tile('a 7', 0, 0.5)] },
      { title: '', tiles: [tile('b', 1, 0.25), tile('c', 0, 0)] },
    ];
    expect(sheetCsv(rows)).toBe('row,image,value 1,value 2\r\noriginal,a 7,0,0.5\r\n2,b,1,0.25\r\n2,c,0,0\r\n');
  });

  it('of nothing has a header only', () => {
    expect(sheetCsv([])).toBe('row,image\r\n');
  });

  it('fills its rows from the left', () => {
    const rows = rowsOf(
      ['a', 'b', 'c'].map((label) => tile(label, 1)),
      2,
    );
    expect(rows.map(({ tiles }) => tiles.map(({ label }) => label))).toEqual([['a', 'b'], ['c']]);
  });
});
