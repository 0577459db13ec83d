import { describe, expect, it } from 'vitest';
import {
  choice,
  decode,
  encode,
  flag,
  has,
  initialState,
  integer,
  name,
  names,
  overlay,
  real,
  withDefaults,
  type Schema,
} from './state.ts';

interface Example {
  data: 'digits' | 'rooms';
  seed: number;
  rate: number;
  random: boolean;
  layer: string;
}

const schema: Schema<Example> = {
  data: choice('digits', ['digits', 'rooms']),
  seed: integer(7, 0, 4294967295),
  rate: real(0.01, 1e-6, 10),
  random: flag(true),
  layer: name(''),
};

describe('the state in the hash', () => {
  it('survives writing and reading', () => {
    const state: Example = { data: 'rooms', seed: 4294967295, rate: 2.5e-6, random: false, layer: 'conv1' };
    expect(decode(schema, `#${encode(schema, state)}`)).toEqual({ state, dropped: [] });
  });

  it('says nothing of defaults', () => {
    expect(encode(schema, initialState(schema))).toBe('');
    expect(encode(schema, { ...initialState(schema), seed: 8 })).toBe('seed=8');
  });

  it.each([
    ['an unknown name', 'data=<img src=x onerror=alert(1)>', 'data'],
    ['a name from the prototype', 'data=constructor', 'data'],
    ['a number out of range', 'seed=4294967296', 'seed'],
    ['a negative number', 'seed=-1', 'seed'],
    ['a number in another notation', 'seed=0x10', 'seed'],
    ['a fraction for an integer', 'seed=1.5', 'seed'],
    ['infinity', 'rate=Infinity', 'rate'],
    ['not a number', 'rate=NaN', 'rate'],
    ['an overflow', 'rate=1e99', 'rate'],
    ['nothing', 'rate=', 'rate'],
    ['a word for a flag', 'random=true', 'random'],
    ['markup in a name', 'layer=%3Cscript%3E', 'layer'],
    ['a very long value', `layer=${'a'.repeat(100000)}`, 'layer'],
  ])('drops %s', (_title, text, key) => {
    expect(decode(schema, text)).toEqual({ state: initialState(schema), dropped: [key] });
  });

  it('ignores unknown keys, broken escapes and repetition', () => {
    const { state, dropped } = decode(schema, '#__proto__=1&foo=bar&%E0%A4%A=1&seed=3&seed=4&&=');
    expect(state).toEqual({ ...initialState(schema), seed: 3 });
    expect(dropped).toEqual([]);
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
  });
});

describe('a state given by a program', () => {
  it('changes what it names', () => {
    expect(overlay(schema, initialState(schema), { seed: 9, random: false })).toEqual({
      ...initialState(schema),
      seed: 9,
      random: false,
    });
  });

  it.each([[{ seed: '9' }], [{ seed: 1.5 }], [{ seed: NaN }], [{ data: ['digits'] }], [{ data: 'mnist' }], [{ rate: null }]])(
    'refuses %j',
    (changes) => {
      expect(() => overlay(schema, initialState(schema), changes)).toThrow(RangeError);
    },
  );

  it('refuses what is no record', () => {
    expect(() => overlay(schema, initialState(schema), null)).toThrow(TypeError);
    expect(() => overlay(schema, initialState(schema), 'seed=1')).toThrow(TypeError);
  });
});

describe('a list of names', () => {
  const field = names(['a'], 3);

  it.each([[[]], [['saliency', 'grad-cam']], [['a', 'b', 'c']]])('survives writing and reading: %j', (list) =>
    expect(field.parse(field.format(list))).toEqual(list),
  );

  it.each(['a.b.c.d', 'a.a', 'a..b', 'a.<img>', `a.${'b'.repeat(41)}`])('cannot be %s', (text) =>
    expect(field.parse(text)).toBeUndefined(),
  );
});

it('a state has values that are written alike', () => {
  const state = { ...initialState(schema), rate: 0.1 };
  expect(has(schema, state, {})).toBe(true);
  expect(has(schema, state, { data: 'digits', rate: 0.1 + 1e-9 })).toBe(true);
  expect(has(schema, state, { data: 'digits', rate: 0.2 })).toBe(false);
});

it('a schema may have other defaults, which then are what a hash need not say', () => {
  const other = withDefaults(schema, { data: 'rooms', random: false });
  expect(initialState(other)).toEqual({ ...initialState(schema), data: 'rooms', random: false });
  expect(encode(other, { ...initialState(other), data: 'digits' })).toBe('data=digits');
});
