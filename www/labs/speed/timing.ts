/** How long does a step take? Timed in blocks, so that neither the clock's grain nor the way to the worker counts for much. */

export interface Timing {
  /** Seconds per step: of the middle, the fastest and the slowest block. */
  median: number;
  low: number;
  high: number;
  blocks: number;
  /** In each block. */
  steps: number;
}

/** Timed blocks, where there is time for so many. */
export const BLOCKS = 5;

const MOST_STEPS = 1_000_000;

/** Times `run(steps)` for about `seconds`, after a first step that may compile. A step that takes longer than that is timed once. `now` tells milliseconds. */
export async function time(run: (steps: number) => Promise<unknown>, seconds: number, now: () => number): Promise<Timing> {
  const timed = async (steps: number): Promise<number> => {
    const start = now();
    await run(steps);
    return (now() - start) / 1000;
  };
  await timed(1);
  const wanted = seconds / BLOCKS;
  let steps = 1;
  let taken = await timed(1);
  while (taken < wanted / 2 && steps < MOST_STEPS) {
    steps = Math.min(Math.ceil(steps * Math.min(8, wanted / Math.max(taken, 1e-9))), MOST_STEPS);
    taken = await timed(steps);
  }
  // The block that found the number of steps is one of them.
  const times = [taken / steps];
  while (times.length < BLOCKS && taken * (times.length + 1) <= seconds) times.push((await timed(steps)) / steps);
  times.sort((a, b) => a - b);
  const middle = times.length >> 1;
  const median = times.length % 2 === 1 ? times[middle]! : (times[middle - 1]! + times[middle]!) / 2;
  return { median, low: times[0]!, high: times[times.length - 1]!, blocks: times.length, steps };
}
