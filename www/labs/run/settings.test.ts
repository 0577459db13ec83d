import { describe, expect, it } from 'vitest';
import { initialState } from '../../ui/state.ts';
import { depthOfChange, RUN_SCHEMA, trainOptionsOf, type RunSettings } from './settings.ts';

const start: RunSettings = initialState(RUN_SCHEMA);

describe('a change of the settings', () => {
  it.each<[Partial<RunSettings>, string]>([
    [{ lr: 0.1 }, 'rate'],
    [{ lr: 0.1, batch: 64 }, 'run'],
    [{ seed: 8 }, 'run'],
    [{ net: 'resnet-8', opt: 'sgd' }, 'network'],
    [{ layers: [{ type: 'flatten' }] }, 'network'],
    [{ data: 'rooms', net: 'gap-cnn' }, 'data'],
  ])('%j makes anew: %s', (changes, depth) => expect(depthOfChange(start, { ...start, ...changes })).toBe(depth));

  it('to the same layers is none', () =>
    expect(depthOfChange({ ...start, layers: [{ type: 'flatten' }] }, { ...start, layers: [{ type: 'flatten' }] })).toBe(
      'nothing',
    ));

  it('of what only one lab has makes nothing anew', () =>
    expect(depthOfChange(start, { ...start, image: 3 } as RunSettings)).toBe('nothing'));
});

describe('the options of training', () => {
  it('say nothing of clipping where none is chosen', () => {
    expect(trainOptionsOf(start)).not.toHaveProperty('clip');
    expect(trainOptionsOf({ ...start, clip: 'norm', limit: 2 })).toMatchObject({ clip: { type: 'norm', limit: 2 } });
  });
});
