import { describe, expect, it } from 'vitest';
import { initialState } from '../../ui/state.ts';
import { elboFormula } from './elbo.ts';
import { changeBetween, optionsOf, PRESETS, SCHEMA, type Settings } from './settings.ts';

const start: Settings = initialState(SCHEMA);

describe('a change of the settings', () => {
  it.each<[Partial<Settings>, string]>([
    [{ image: 3, across: 2, shown: 2 }, 'nothing'],
    [{ beta: 4, image: 3 }, 'strength'],
    [{ lr: 0.01 }, 'strength'],
    [{ seed: 8, beta: 4 }, 'seed'],
    [{ latent: 5, seed: 8 }, 'networks'],
    [{ against: 4 }, 'networks'],
    [{ data: 'rooms', latent: 5 }, 'data'],
  ])('%j makes anew: %s', (changes, change) => expect(changeBetween(start, { ...start, ...changes })).toBe(change));

  it('of the second β makes nothing anew where there is a second network', () =>
    expect(changeBetween({ ...start, against: 4 }, { ...start, against: 8 })).toBe('strength'));
});

it('the engine hears of pairs only on rooms', () => {
  expect(optionsOf({ ...start, pairs: 'adaptive' }, 1)).not.toHaveProperty('pairs');
  expect(optionsOf({ ...start, data: 'rooms', pairs: 'adaptive' }, 2)).toMatchObject({ pairs: 'adaptive', strength: 2 });
});

it.each(PRESETS.map((preset) => [preset.id, preset] as const))('the experiment %s is within its ranges', (_id, { settings }) => {
  for (const [key, value] of Object.entries(settings)) {
    const field = SCHEMA[key as keyof Settings];
    expect(field.parse(field.format(value as never))).toEqual(value);
  }
});

it('the formula adds β times the KL to the reconstruction', () => {
  const tex = elboFormula({ reconstruction: 20, penalty: 3 }, 4);
  for (const part of ['& 20', String.raw`& 4 \cdot 3`, String.raw`\mathbf{32}`]) expect(tex).toContain(part);
  expect(elboFormula(null, 1)).not.toContain('mathbf');
});
