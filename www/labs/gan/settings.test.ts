import { describe, expect, it } from 'vitest';
import { initialState } from '../../ui/state.ts';
import { changeBetween, cloudOf, optionsOf, PRESETS, SCHEMA, type Settings } from './settings.ts';

const start: Settings = initialState(SCHEMA);

describe('a change of the settings', () => {
  it.each<[Partial<Settings>, string]>([
    [{ ground: 'best', arrows: false, turn: 'generator' }, 'nothing'],
    [{ dlr: 0.01 }, 'rates'],
    [{ seed: 8, glr: 0.01 }, 'seed'],
    [{ loss: 'minimax' }, 'game'],
    [{ data: 'drawn', seed: 8 }, 'game'],
    [{ dots: [{ column: 1, row: 2 }] }, 'game'],
  ])('%j makes anew: %s', (changes, change) => expect(changeBetween(start, { ...start, ...changes })).toBe(change));

  it('back to the rate of the engine begins another game', () =>
    expect(changeBetween({ ...start, dlr: 0.01 }, start)).toBe('game'));
});

describe('what the engine is told', () => {
  it('is only what was chosen', () => {
    expect(Object.keys(optionsOf(start)).sort()).toEqual(['batch', 'hidden', 'latent', 'loss', 'seed']);
    expect(optionsOf({ ...start, half: 0, penalty: 0, dsteps: 3 })).toMatchObject({
      halfLife: 0,
      penalty: 0,
      discriminatorSteps: 3,
    });
  });

  it('is never an empty drawing', () => {
    const cloud = cloudOf({ ...start, data: 'drawn' });
    expect(typeof cloud === 'object' && cloud.points.length).toBeGreaterThan(100);
  });
});

it.each(PRESETS.map((preset) => [preset.id, preset] as const))('the experiment %s is within its ranges', (_id, { settings }) => {
  for (const [key, value] of Object.entries(settings)) {
    const field = SCHEMA[key as keyof Settings];
    expect(field.parse(field.format(value as never))).toEqual(value);
  }
});
