import { describe, expect, it } from 'vitest';
import { cssColor, extent, fit, gray, magnitude, signed, type Rgb } from './colors.ts';

/** Relative luminance (WCAG 2). */
function luminance([red, green, blue]: Rgb): number {
  const linear = (level: number) => (level / 255 <= 0.04045 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

describe('colour scales', () => {
  it('are white at zero, blue below and orange above', () => {
    expect(signed(0)).toEqual([255, 255, 255]);
    const [low, high] = [signed(-1), signed(1)];
    expect(low[2]).toBeGreaterThan(low[0]);
    expect(high[0]).toBeGreaterThan(high[2]);
  });

  it('grow steadily lighter with the magnitude, so that they are read without hue', () => {
    const steps = Array.from({ length: 33 }, (_, i) => luminance(magnitude(i / 32)));
    steps.slice(1).forEach((value, i) => expect(value).toBeGreaterThan(steps[i]));
  });

  it('grow steadily darker away from zero', () => {
    const side = (sign: number) => Array.from({ length: 17 }, (_, i) => luminance(signed((sign * i) / 16)));
    for (const steps of [side(1), side(-1)]) steps.slice(1).forEach((value, i) => expect(value).toBeLessThan(steps[i]));
  });

  it('clamp what is out of range and take what is no number for nothing', () => {
    expect(signed(7)).toEqual(signed(1));
    expect(signed(-Infinity)).toEqual(signed(-1));
    expect(signed(NaN)).toEqual(signed(0));
    expect(magnitude(-1)).toEqual(magnitude(0));
    expect(gray(2)).toEqual([255, 255, 255]);
    expect(gray(NaN)).toEqual([0, 0, 0]);
  });

  it('print as CSS', () => expect(cssColor([1, 2, 3])).toBe('rgb(1 2 3)'));
});

describe('the range of some numbers', () => {
  it('leaves out what is not finite', () => {
    expect(extent([3, NaN, -2])).toEqual([-2, 3]);
    expect(extent([1, Infinity, 2])).toEqual([1, 2]);
    expect(extent([])).toEqual([0, 0]);
  });

  it('chooses the scale by sign and may always divide', () => {
    expect(fit([0, 2, 1])).toEqual({ scale: 'magnitude', limit: 2 });
    expect(fit([1, -4])).toEqual({ scale: 'signed', limit: 4 });
    expect(fit([0, 0])).toEqual({ scale: 'magnitude', limit: 1 });
  });
});
