import { describe, expect, it } from 'vitest';
import { initialState, overlay } from '../../ui/state.ts';
import { depthOfChange, PRESETS, SCHEMA, trainOptionsOf, type Settings } from './settings.ts';

const start: Settings = initialState(SCHEMA);

describe('a change of the settings', () => {
  it.each<[Partial<Settings>, string]>([
    [{ view: 'why', image: 3, eps: 0.2 }, 'nothing'],
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
});

describe('the set-ups', () => {
  it.each(PRESETS.map((preset) => [preset.id, preset] as const))('%s obeys the schema', (_id, preset) => {
    expect(() => overlay(SCHEMA, start, preset.settings)).not.toThrow();
  });

  it('give the engine no clipping where none is chosen', () => {
    expect(trainOptionsOf(start)).not.toHaveProperty('clip');
    expect(trainOptionsOf({ ...start, clip: 'norm', limit: 2 })).toMatchObject({ clip: { type: 'norm', limit: 2 } });
  });
});
