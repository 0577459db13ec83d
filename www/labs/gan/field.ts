/** Places at which D and the generator are asked. Pure. */

export interface Frame {
  dims: 1 | 2;
  /** The board shows −reach…reach along each axis. */
  reach: number;
}

/** Cells of the ground along one side, in the plane and on the line. */
export const SIDE = { 1: 256, 2: 32 } as const;
/** Lines of the latent grid in each direction. */
export const LINES = 13;

/** Shows all centres with their noise, and a margin. */
export function frameOf(centres: ArrayLike<number>, dims: number, sigma: number): Frame {
  let most = 0;
  for (let i = 0; i < centres.length; i++) most = Math.max(most, Math.abs(centres[i]));
  return { dims: dims === 1 ? 1 : 2, reach: (most + 3 * sigma) * 1.2 };
}

/** Middles of the ground's cells: `[SIDE, 1]` from left to right, or `[SIDE·SIDE, 2]` row by row from the top. */
export function lattice({ dims, reach }: Frame): Float32Array {
  const side = SIDE[dims];
  const at = (i: number) => (((i + 0.5) / side) * 2 - 1) * reach;
  if (dims === 1) return Float32Array.from({ length: side }, (_, i) => at(i));
  return Float32Array.from({ length: side * side * 2 }, (_, i) => {
    const cell = i >> 1;
    return i % 2 === 0 ? at(cell % side) : -at(Math.floor(cell / side));
  });
}

/** The index in `lattice` of the cell at (`x`, `y`), or −1 outside. */
export function cellAt({ dims, reach }: Frame, x: number, y: number): number {
  const side = SIDE[dims];
  const at = (value: number) => Math.floor(((value / reach + 1) / 2) * side);
  const [column, row] = [at(x), dims === 1 ? 0 : side - 1 - at(y)];
  return column >= 0 && column < side && row >= 0 && row < side ? row * side + column : -1;
}

/** z with Φ(z) = `share`: Acklam's approximation, relative error below 1.2e-9. */
export function normalQuantile(share: number): number {
  const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
  const horner = (list: readonly number[], x: number) => list.reduce((sum, each) => sum * x + each, 0);
  if (share > 0.5) return -normalQuantile(1 - share);
  if (share < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(share));
    return horner(c, q) / horner(d, q);
  }
  const q = share - 0.5;
  return (q * horner(a, q * q)) / horner(b, q * q);
}

/** A grid of the latent plane whose cells are equally likely: `[LINES·LINES, 2]`, row by row. Its rim is at 2.5 % and 97.5 %. */
export function latentGrid(): Float32Array {
  const at = (i: number) => normalQuantile(0.025 + (0.95 * i) / (LINES - 1));
  return Float32Array.from({ length: LINES * LINES * 2 }, (_, i) => {
    const knot = i >> 1;
    return i % 2 === 0 ? at(knot % LINES) : at(Math.floor(knot / LINES));
  });
}
