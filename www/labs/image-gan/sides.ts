/** Widths of an image in the two networks, from its own to the least: halved by each convolution, as `Stages` in the crate has it. Pure. */

/** `shape` is `[C, H, W]`. */
export function sidesOf([, height, width]: readonly number[]): number[] {
  const sides = [width!];
  let least = Math.min(height!, width!);
  while (sides.length < 4 && ((sides.length < 3 && least >= 4) || least >= 8)) {
    least = Math.floor(least / 2);
    sides.push(Math.floor(sides.at(-1)! / 2));
  }
  return sides;
}
