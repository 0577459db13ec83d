/** A distribution drawn by hand: points on a grid of 64×64 over the square from −3 to 3, and their short text for a link. */
import type { Field } from '../../ui/state.ts';

export interface Dot {
  /** Column and row, 0…63, from the lower left. */
  column: number;
  row: number;
}

export const CELLS = 64;
/** The square's half side. */
export const REACH = 3;
/** Noise around each point. */
export const SIGMA = 0.08;
const MOST = 400;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Two letters per point; a point stands once. */
export const dotsField: Field<Dot[]> = {
  initial: [],
  parse(text) {
    if (text.length % 2 !== 0 || text.length > 2 * MOST || !/^[\w-]*$/.test(text)) return undefined;
    const dots = (text.match(/../g) ?? []).map(([x, y]) => ({ column: ALPHABET.indexOf(x), row: ALPHABET.indexOf(y) }));
    return withDots([], dots);
  },
  format: (dots) => dots.map(({ column, row }) => ALPHABET[column] + ALPHABET[row]).join(''),
};

/** `dots` and those of `more` that are new, as long as there is room. */
export function withDots(dots: readonly Dot[], more: readonly Dot[]): Dot[] {
  const key = ({ column, row }: Dot) => row * CELLS + column;
  const all = new Map([...dots, ...more].map((dot) => [key(dot), dot]));
  return [...all.values()].slice(0, MOST);
}

/** The cell of a place in the square, `x` to the right and `y` upwards, each 0…1. */
export const dotAt = (x: number, y: number): Dot => {
  const cell = (share: number) => Math.min(Math.max(Math.floor(share * CELLS), 0), CELLS - 1);
  return { column: cell(x), row: cell(y) };
};

/** Cells from `from` to `to`, both included, without gaps. */
export function stroke(from: Dot, to: Dot): Dot[] {
  const steps = Math.max(Math.abs(to.column - from.column), Math.abs(to.row - from.row), 1);
  return Array.from({ length: steps + 1 }, (_, i) => ({
    column: Math.round(from.column + ((to.column - from.column) * i) / steps),
    row: Math.round(from.row + ((to.row - from.row) * i) / steps),
  }));
}

/** The middle of each cell, `[n, 2]`. */
export const coordinates = (dots: readonly Dot[]): number[] =>
  dots.flatMap(({ column, row }) => [column, row].map((cell) => ((cell + 0.5) / CELLS - 0.5) * 2 * REACH));

const curve = (n: number, at: (t: number) => readonly [number, number]): Dot[] =>
  withDots(
    [],
    Array.from({ length: n }, (_, i) => at(i / (n - 1))).map(([x, y]) => dotAt((x + 1) / 2, (y + 1) / 2)),
  );

/** Ready-made drawings, for those who cannot or do not want to draw. */
export const DRAWINGS: Readonly<Record<string, readonly Dot[]>> = {
  Spiral: curve(140, (t) => [0.8 * t * Math.cos(9 * t), 0.8 * t * Math.sin(9 * t)]),
  Face: [
    ...curve(20, (t) => [-0.35 + 0.09 * Math.cos(6.3 * t), 0.35 + 0.09 * Math.sin(6.3 * t)]),
    ...curve(20, (t) => [0.35 + 0.09 * Math.cos(6.3 * t), 0.35 + 0.09 * Math.sin(6.3 * t)]),
    ...curve(80, (t) => [0.6 * Math.cos(3.4 + 2.6 * t), 0.6 * Math.sin(3.4 + 2.6 * t)]),
  ],
  Cross: [...curve(60, (t) => [1.4 * t - 0.7, 1.4 * t - 0.7]), ...curve(60, (t) => [1.4 * t - 0.7, 0.7 - 1.4 * t])],
};
