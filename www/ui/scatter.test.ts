import { describe, expect, it } from 'vitest';
import { codeAt, colourOf, glyphs, placeOf, windowOf } from './scatter.ts';

describe('the map of codes', () => {
  it('has a glyph for every class, and no two classes look alike', () => {
    const shapes = ['cube', 'sphere', 'cylinder', 'cone', 'pyramid'];
    expect(glyphs(shapes)).toEqual(['cu', 's', 'cy', 'co', 'p']);
    expect(glyphs(['0', '1', '10'])).toEqual(['0', '1', '10']);
    expect(glyphs(['same', 'same'])).toEqual(['0', '1']);
    const names = Array.from({ length: 10 }, (_, i) => String(i));
    expect(new Set(glyphs(names).map((glyph, i) => glyph + colourOf(i))).size).toBe(10);
  });

  it('holds the codes and is never empty', () => {
    const window = windowOf(Float32Array.of(0, 10, 1, 20, 2, 30));
    expect(window.low[0]).toBeLessThan(0);
    expect(window.high[1]).toBeGreaterThan(30);
    const point = windowOf(Float32Array.of(1, 1));
    expect(point.high[0]).toBeGreaterThan(point.low[0]);
  });

  it('leads from a place to a code and back', () => {
    const window = { low: [-1, 0], high: [3, 2] } as const;
    expect(codeAt(window, 0, 0)).toEqual([-1, 2]);
    expect(codeAt(window, 0.5, 1)).toEqual([1, 0]);
    expect(placeOf(window, [1, 0])).toEqual([0.5, 1]);
  });
});
