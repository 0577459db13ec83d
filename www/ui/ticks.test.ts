import { describe, expect, it } from 'vitest';
import { ticksFor } from './ticks.ts';

describe('ticks of an axis', () => {
  it.each<[number, number, number[]]>([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.2, 0.93, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [-0.1, 0.3, [-0.1, 0, 0.1, 0.2, 0.3]],
    [0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 1234, [0, 500, 1000, 1500]],
    [0, 0.0007, [0, 0.0002, 0.0004, 0.0006, 0.0008]],
  ])('from %d to %d', (low, high, ticks) => expect(ticksFor(low, high)).toEqual(ticks));
});
