/** What a lab begins with: its preset, the attributes of its element and the address, laid over its defaults, each read with care. */
import { decode, initialState, type Schema } from '../../ui/state.ts';
import type { LabOptions } from '../lab.ts';

/** A named set-up, for `preset="…"` and "Try this". */
export interface Preset<S> {
  id: string;
  title: string;
  /** What to do and what to look for. */
  text: string;
  settings: Partial<S>;
  /** Settings that the text tells to change afterwards: the preset stays the chosen one. */
  free?: readonly (keyof S)[];
  /** Offered in the story strip. */
  offered: boolean;
}

/** The settings to begin with, the preset's id (empty: none), and a notice about what made no sense (empty: all did). */
export function opening<S extends object>(
  schema: Schema<S>,
  presets: readonly Preset<S>[],
  options: LabOptions,
): { settings: S; preset: string; notice: string } {
  const preset = presets.find(({ id }) => id === options.preset);
  const attributes = new URLSearchParams();
  if (options.data !== null) attributes.set('data', options.data);
  if (options.seed !== null) attributes.set('seed', options.seed);
  const start: Reading<S> = {
    settings: { ...initialState(schema), ...preset?.settings },
    unread: options.preset && !preset ? ['preset'] : [],
  };
  const { settings, unread } = [attributes.toString(), options.hash].reduce((so, text) => read(schema, so, text), start);
  const notice = unread.length > 0 ? `Not understood, so left at its default: ${unread.join(', ')}.` : '';
  return { settings, preset: preset?.id ?? '', notice };
}

interface Reading<S> {
  settings: S;
  /** Keys whose values made no sense. */
  unread: string[];
}

/** Lays what `text` says over the settings so far. A link of another version says nothing. */
function read<S extends object>(schema: Schema<S>, { settings, unread }: Reading<S>, text: string): Reading<S> {
  const { state, dropped } = decode(schema, text);
  if (dropped.includes('v')) return { settings, unread: [...unread, 'v'] };
  const given = [...new URLSearchParams(text).keys()];
  const known = Object.entries(state).filter(([key]) => given.includes(key) && !dropped.includes(key));
  return { settings: { ...settings, ...Object.fromEntries(known) }, unread: [...unread, ...dropped] };
}
