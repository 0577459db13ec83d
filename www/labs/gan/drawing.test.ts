import { describe, expect, it } from 'vitest';
import { CELLS, coordinates, dotAt, dotsField, DRAWINGS, REACH, stroke, withDots } from './drawing.ts';

describe('a drawing in a link', () => {
  it.each(Object.entries(DRAWINGS))('keeps every point: %s', (_name, dots) => {
    expect(dotsField.parse(dotsField.format([...dots]))).toEqual(dots);
    expect(new Set(dots.map(({ column, row }) => row * CELLS + column)).size).toBe(dots.length);
  });

  it('of odd length, with foreign letters or too long is none', () => {
    for (const text of ['A', 'A!', '<s', 'AA'.repeat(401)]) expect(dotsField.parse(text)).toBeUndefined();
    expect(dotsField.parse('')).toEqual([]);
    expect(dotsField.parse('AAAA')).toEqual([{ column: 0, row: 0 }]);
  });
});

describe('drawing', () => {
  it('leaves no gaps and stops when there is no more room', () => {
    const cells = stroke({ column: 3, row: 5 }, { column: 10, row: 8 });
    expect(cells[0]).toEqual({ column: 3, row: 5 });
    expect(cells.at(-1)).toEqual({ column: 10, row: 8 });
    for (let i = 1; i < cells.length; i++)
      expect(Math.max(Math.abs(cells[i].column - cells[i - 1].column), Math.abs(cells[i].row - cells[i - 1].row))).toBe(1);
    const all = Array.from({ length: 1000 }, (_, i) => ({ column: i % CELLS, row: Math.floor(i / CELLS) }));
    expect(withDots([], all)).toHaveLength(400);
  });

  it('spans the square, and a place outside is its rim', () => {
    expect(dotAt(-1, 2)).toEqual({ column: 0, row: CELLS - 1 });
    const [left, top] = coordinates([dotAt(0, 1)]);
    expect(left).toBeCloseTo(-REACH * (1 - 1 / CELLS), 12);
    expect(top).toBeCloseTo(REACH * (1 - 1 / CELLS), 12);
  });
});
