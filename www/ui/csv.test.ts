import { describe, expect, it } from 'vitest';
import { toCsv } from './csv.ts';

describe('comma-separated values', () => {
  it('have a header, one line per row and empty cells for what is missing', () => {
    expect(
      toCsv(
        ['step', 'loss'],
        [
          [1, 0.5],
          [2, null],
          [3, NaN],
        ],
      ),
    ).toBe('step,loss\r\n1,0.5\r\n2,\r\n3,\r\n');
  });

  it('quote separators, quotes and line ends', () => {
    expect(toCsv(['a,b', 'say "x"'], [['one\ntwo', 'plain']])).toBe('"a,b","say ""x"""\r\n"one\ntwo",plain\r\n');
  });

  it('defuse text that a spreadsheet would run, and leave negative numbers alone', () => {
    expect(toCsv(['class'], [['=HYPERLINK("x")'], ['@a'], [-1.5]])).toBe('class\r\n"\'=HYPERLINK(""x"")"\r\n\'@a\r\n-1.5\r\n');
  });
});
