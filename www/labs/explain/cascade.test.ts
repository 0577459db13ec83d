import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../engine/types.ts';
import { likeness, mixed } from './cascade.ts';

const checkpoint = (value: number): Checkpoint => ({
  step: value,
  states: ['model/conv1/weight', 'model/conv10/weight', 'model/dense1/bias', 'optimizer/conv1/weight'].map((name) => ({
    name,
    shape: [1],
    data: Float32Array.of(value),
  })),
});

describe('a partly random network', () => {
  it('has the random weights of the named layers and no others', () => {
    const { step, states } = mixed(checkpoint(1), checkpoint(2), ['conv1', 'dense1']);
    expect(step).toBe(1);
    expect(states.map(({ data }) => data[0])).toEqual([2, 1, 2, 1]);
  });
});

describe('the likeness of maps', () => {
  const maps = (...values: number[]) => Float32Array.from(values);

  it('looks at strength, not at sign', () => expect(likeness(maps(1, -2, 3, 0), maps(-1, 2, -3, 0), 4)).toBe(1));
  it('is the mean over the maps', () => expect(likeness(maps(1, 2, 1, 2), maps(1, 2, 2, 1), 2)).toBe(0));
  it('leaves out maps that are constant', () => expect(likeness(maps(1, 2, 0, 0), maps(1, 2, 1, 2), 2)).toBe(1));
  it('is none where all are', () => expect(likeness(maps(1, 2), maps(0, 0), 2)).toBeNull());
});
