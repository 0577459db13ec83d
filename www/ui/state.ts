/**
 * The state of a lab as a flat record, and its compact form in the URL's hash.
 *
 * A hash comes from anybody: every field is parsed by its own rule, a value that breaks the rule is dropped and reported, and unknown
 * keys are ignored. Only what differs from the defaults is written, so that links stay short and defaults may be named in one place.
 */

export interface Field<T> {
  readonly initial: T;
  /** `undefined` where the text is no such value. */
  parse(text: string): T | undefined;
  format(value: T): string;
}

export type Schema<S> = { readonly [K in keyof S]: Field<S[K]> };

/** Longer values are not looked at. */
const LONGEST = 2000;

export function integer(initial: number, low: number, high: number): Field<number> {
  return {
    initial,
    parse: (text) => (/^-?\d{1,10}$/.test(text) && Number(text) >= low && Number(text) <= high ? Number(text) : undefined),
    format: String,
  };
}

export function real(initial: number, low: number, high: number): Field<number> {
  return {
    initial,
    parse: (text) =>
      /^-?\d{1,12}(\.\d{1,12})?(e-?\d{1,2})?$/.test(text) && Number(text) >= low && Number(text) <= high ? Number(text) : undefined,
    format: (value) => String(Number(value.toPrecision(6))),
  };
}

export function choice<T extends string>(initial: T, options: readonly T[]): Field<T> {
  return { initial, parse: (text) => options.find((option) => option === text), format: (value) => value };
}

export function flag(initial: boolean): Field<boolean> {
  return {
    initial,
    parse: (text) => (text === '1' ? true : text === '0' ? false : undefined),
    format: (value) => (value ? '1' : '0'),
  };
}

/** A short name: letters, digits, `-`, `_`; may be empty. */
export function name(initial: string): Field<string> {
  return { initial, parse: (text) => (/^[\w-]{0,40}$/.test(text) ? text : undefined), format: (value) => value };
}

/** A list of different short names, joined by dots in the hash; at most `most`, may be empty. */
export function names(initial: readonly string[], most: number): Field<string[]> {
  return {
    initial: [...initial],
    parse(text) {
      const list = text === '' ? [] : text.split('.');
      const isGood = list.length <= most && new Set(list).size === list.length && list.every((each) => /^[\w-]{1,40}$/.test(each));
      return isGood ? list : undefined;
    },
    format: (list) => list.join('.'),
  };
}

const keysOf = <S>(schema: Schema<S>): (keyof S & string)[] => Object.keys(schema) as (keyof S & string)[];

export function initialState<S>(schema: Schema<S>): S {
  return Object.fromEntries(keysOf(schema).map((key) => [key, schema[key].initial])) as S;
}

/** `schema` with other defaults. */
export function withDefaults<S>(schema: Schema<S>, defaults: Partial<S>): Schema<S> {
  const changed = keysOf(schema).map((key) => [key, { ...schema[key], initial: defaults[key] ?? schema[key].initial }]);
  return Object.fromEntries(changed) as unknown as Schema<S>;
}

/** Whether `state` has the values of `part`. */
export function has<S>(schema: Schema<S>, state: S, part: Partial<S>): boolean {
  return (Object.keys(part) as (keyof S)[]).every(
    (key) => schema[key].format(state[key]) === schema[key].format(part[key] as S[typeof key]),
  );
}

/** Reads what the schema knows; `dropped` names keys whose values broke their rule. */
export function decode<S>(schema: Schema<S>, text: string): { state: S; dropped: string[] } {
  const state = initialState(schema);
  const dropped: string[] = [];
  const given = new URLSearchParams(text.replace(/^#/, ''));
  for (const key of keysOf(schema)) {
    const value = given.get(key);
    if (value === null) continue;
    const parsed = value.length <= LONGEST ? schema[key].parse(value) : undefined;
    if (parsed === undefined) dropped.push(key);
    else state[key] = parsed;
  }
  return { state, dropped };
}

/** `key=value&…` of everything that differs from the defaults, in the schema's order. */
export function encode<S>(schema: Schema<S>, state: S): string {
  const text = new URLSearchParams();
  for (const key of keysOf(schema)) {
    const value = schema[key].format(state[key]);
    if (value !== schema[key].format(schema[key].initial)) text.set(key, value);
  }
  return text.toString();
}

/** Overlays values of unknown origin (the `state` property), each checked by its own rule; throws where one breaks it. */
export function overlay<S extends object>(schema: Schema<S>, state: S, changes: unknown): S {
  if (typeof changes !== 'object' || changes === null) throw new TypeError('a state is an object');
  const result = { ...state };
  for (const key of keysOf(schema)) {
    if (!Object.hasOwn(changes, key)) continue;
    const value = (changes as Record<string, unknown>)[key];
    const parsed = sameKind(value, schema[key].initial) ? schema[key].parse(schema[key].format(value as S[typeof key])) : undefined;
    if (parsed === undefined) throw new RangeError(`${key}: ${JSON.stringify(value)} is not possible here`);
    result[key] = parsed;
  }
  return result;
}

const sameKind = (value: unknown, model: unknown): boolean =>
  typeof value === typeof model && Array.isArray(value) === Array.isArray(model);
