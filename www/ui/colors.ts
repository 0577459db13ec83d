/** Colour scales for numbers. Signed values: blue – white – orange. Magnitudes: one hue, violet, from black to pale. */

export type Rgb = readonly [number, number, number];
export type Scale = 'signed' | 'magnitude' | 'gray';

const SIGNED: readonly Rgb[] = [
  [8, 69, 148],
  [107, 174, 214],
  [255, 255, 255],
  [253, 174, 107],
  [200, 70, 0],
];

const MAGNITUDE: readonly Rgb[] = [
  [9, 7, 14],
  [61, 30, 116],
  [118, 72, 196],
  [181, 148, 240],
  [244, 236, 255],
];

/** Piecewise linear through evenly spaced stops, `t` in 0…1; outside or not a number: clamped. */
function between(stops: readonly Rgb[], t: number): Rgb {
  const position = Math.min(Math.max(Number.isNaN(t) ? 0 : t, 0), 1) * (stops.length - 1);
  const index = Math.min(Math.floor(position), stops.length - 2);
  const mix = position - index;
  const [low, high] = [stops[index], stops[index + 1]];
  return [0, 1, 2].map((channel) => Math.round(low[channel] + (high[channel] - low[channel]) * mix)) as unknown as Rgb;
}

/** The colour of a signed value, −1…1. */
export const signed = (value: number): Rgb => between(SIGNED, Number.isNaN(value) ? 0.5 : (value + 1) / 2);

/** The colour of a magnitude, 0…1. */
export const magnitude = (value: number): Rgb => between(MAGNITUDE, value);

export const gray = (value: number): Rgb => {
  const level = Math.round(Math.min(Math.max(Number.isNaN(value) ? 0 : value, 0), 1) * 255);
  return [level, level, level];
};

export const cssColor = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;

/** Smallest and largest finite value; `[0, 0]` where there is none. */
export function extent(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high && values[i] !== Infinity) high = values[i];
  }
  return low <= high ? [low, high] : [0, 0];
}

/** Which scale suits these numbers, and the value that gets its strongest colour. Never 0, so that it may divide. */
export function fit(values: ArrayLike<number>): { scale: Scale; limit: number } {
  const [low, high] = extent(values);
  const limit = Math.max(Math.abs(low), Math.abs(high));
  return { scale: low < 0 ? 'signed' : 'magnitude', limit: limit > 0 && Number.isFinite(limit) ? limit : 1 };
}
