import { describe, expect, it } from 'vitest';
import { BLOCKS, time } from './timing.ts';

/** A run whose steps take `milliseconds` each, and its clock. */
function work(milliseconds: (call: number) => number) {
  let clock = 0;
  const calls: number[] = [];
  const run = async (steps: number): Promise<void> => {
    calls.push(steps);
    clock += steps * milliseconds(calls.length);
  };
  return { run, now: () => clock, calls };
}

describe('timing', () => {
  it('finds the seconds of a step, whatever the first one took', async () => {
    const { run, now } = work((call) => (call === 1 ? 900 : 2));
    const timing = await time(run, 0.5, now);
    expect(timing.median).toBeCloseTo(0.002, 9);
    expect(timing.blocks).toBe(BLOCKS);
    expect(timing.steps * timing.blocks * 0.002).toBeGreaterThan(0.25);
  });

  it('keeps to its time with steps of any length', async () => {
    for (const milliseconds of [0.0004, 0.03, 1, 40, 90, 180]) {
      const { run, now } = work(() => milliseconds);
      await time(run, 0.5, now);
      expect(now(), `${milliseconds} ms`).toBeLessThanOrEqual(2 * 500);
    }
  });

  it('times a step once that takes longer than there is time', async () => {
    const { run, now, calls } = work(() => 3000);
    const timing = await time(run, 0.5, now);
    expect(calls).toEqual([1, 1]);
    expect(timing).toEqual({ median: 3, low: 3, high: 3, blocks: 1, steps: 1 });
  });

  it('gives the middle of blocks that differ, and both ends', async () => {
    const { run, now } = work((call) => [5, 100, 110, 90, 130, 95][call - 1]!);
    const timing = await time(run, 0.6, now);
    expect(timing.steps).toBe(1);
    expect(timing.median).toBeCloseTo(0.1, 9);
    expect([timing.low, timing.high]).toEqual([0.09, 0.13]);
  });

  it('ends with a clock that stands still', async () => {
    const { run, calls } = work(() => 0);
    const { median } = await time(run, 0.5, () => 0);
    expect(median).toBe(0);
    expect(calls.length).toBeLessThan(40);
  });
});
