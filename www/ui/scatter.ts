/** Points of a plane in a box of pixels, marked by class: each class has a glyph, and colours that repeat only with another glyph. */

/** Okabe & Ito's colours that stand out on paper, and the same hues lighter, for a dark ground. */
const COLOURS = ['#d55e00', '#0072b2', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const LIGHTER = ['#ff8b3d', '#4f9fe0', '#35c79b', '#e5a3c8', '#f2bd45', '#a5dafa'];

export const colourOf = (label: number, isDark = false): string => (isDark ? LIGHTER : COLOURS)[label % COLOURS.length];

/** For each class the shortest beginning of its name that no other class has, at most three letters. */
export function glyphs(names: readonly string[]): string[] {
  return names.map((name, i) => {
    for (let length = 1; length <= 3; length++) {
      const start = name.slice(0, length);
      if (names.every((other, j) => j === i || other.slice(0, length) !== start)) return start;
    }
    return String(i);
  });
}

export interface Window2 {
  low: readonly [number, number];
  high: readonly [number, number];
}

/** What holds nearly all `codes` `[n, 2]`, with a margin: from the 1st to the 99th percentile on each axis, never empty. */
export function windowOf(codes: Float32Array): Window2 {
  const range = (axis: number): [number, number] => {
    const sorted = codes.filter((_, i) => i % 2 === axis).sort();
    const at = (share: number) => sorted[Math.min(Math.max(Math.round(share * (sorted.length - 1)), 0), sorted.length - 1)] ?? 0;
    const [low, high] = [at(0.01), at(0.99)];
    const margin = Math.max((high - low) * 0.15, 1e-3);
    return [low - margin, high + margin];
  };
  const [x, y] = [range(0), range(1)];
  return { low: [x[0], y[0]], high: [x[1], y[1]] };
}

/** The code at a place of the box, 0…1 from the left and from the top. */
export function codeAt({ low, high }: Window2, across: number, down: number): [number, number] {
  return [low[0] + across * (high[0] - low[0]), high[1] - down * (high[1] - low[1])];
}

/** The place of a code in the box. */
export function placeOf({ low, high }: Window2, [x, y]: readonly [number, number]): [number, number] {
  return [(x - low[0]) / (high[0] - low[0]), (high[1] - y) / (high[1] - low[1])];
}
