import { describe, expect, it } from 'vitest';
import { initialState, overlay } from '../../ui/state.ts';
import { PRESETS, SCHEMA } from './settings.ts';

describe('the set-ups', () => {
  it.each(PRESETS.map((preset) => [preset.id, preset] as const))('%s obeys the schema', (_id, preset) => {
    expect(() => overlay(SCHEMA, initialState(SCHEMA), preset.settings)).not.toThrow();
  });
});
