import { describe, expect, it } from 'vitest';
import { cellAt, frameOf, lattice, latentGrid, LINES, normalQuantile, SIDE } from './field.ts';

describe('places on the board', () => {
  it.each([1, 2] as const)('each cell of the ground is found at its own place, in %i dimensions', (dims) => {
    const frame = frameOf([-2, 1], dims, 0.1);
    const places = lattice(frame);
    const cells = places.length / dims;
    expect(cells).toBe(dims === 1 ? SIDE[1] : SIDE[2] ** 2);
    for (let i = 0; i < cells; i += 7) expect(cellAt(frame, places[i * dims], dims === 1 ? 0 : places[i * dims + 1])).toBe(i);
    expect(cellAt(frame, frame.reach * 1.01, 0)).toBe(-1);
    expect(Math.max(...places)).toBeGreaterThan(2.3);
  });
});

describe('the normal quantile', () => {
  it.each([
    // scipy.stats.norm.ppf
    [0.001, -3.090232306167813],
    [0.025, -1.9599639845400545],
    [0.2, -0.8416212335729142],
    [0.5, 0],
    [0.975, 1.959963984540054],
  ])('of %f is %f', (share, z) => expect(normalQuantile(share)).toBeCloseTo(z, 7));

  it('spreads the latent grid evenly in probability, from 2.5 % to 97.5 %', () => {
    const grid = latentGrid();
    expect(grid).toHaveLength(LINES * LINES * 2);
    expect([grid[0], grid[1]]).toEqual([Math.fround(normalQuantile(0.025)), Math.fround(normalQuantile(0.025))]);
    expect(grid[LINES - 1]).toBeCloseTo(0, 1);
  });
});
