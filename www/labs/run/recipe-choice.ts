/** For labs that only need a network that knows something: which of the recipes. */
import { html, type TemplateResult } from 'lit';
import { problemNote, segmented } from '../../ui/fields.ts';
import { DIGITS, ROOMS, VGG_DIGITS, type Recipe } from './recipes.ts';
import type { Session } from './session.ts';
import { depthOfChange, type RunSettings } from './settings.ts';

const RECIPES: readonly Recipe[] = [ROOMS, DIGITS, VGG_DIGITS];

/** Choosing one calls `change` with its settings and its number of epochs. */
export function recipeChoice<S extends RunSettings>(
  { settings, problems }: Session<S>,
  change: (changes: Partial<RunSettings> & { epochs: number }) => void,
): TemplateResult {
  const isChosen = (recipe: Recipe) => depthOfChange(settings, { ...settings, ...recipe.settings }) === 'nothing';
  return html`${segmented({
    label: 'Network and data',
    value: RECIPES.find(isChosen)?.title ?? '',
    options: RECIPES.map(({ title }) => [title, title] as const),
    onChange: (chosen) => {
      const recipe = RECIPES.find(({ title }) => title === chosen);
      if (recipe) change({ ...recipe.settings, epochs: recipe.epochs });
    },
  })}
  ${problemNote(problems.data ?? problems.layers)}`;
}
