/** What can be set about a method: one table from which its controls, its part of the address and the engine's settings are made. */
import type { TemplateResult } from 'lit';
import type { ExplainMethodInfo, ExplainSettings } from '../../engine/types.ts';
import { choose, slider } from '../../ui/fields.ts';
import { choice, integer, real, type Schema } from '../../ui/state.ts';

/** As in `ExplainSettings`; 0 leaves `samples`, `window` and `stride` to the method. */
export interface MethodOptions {
  steps: number;
  baseline: NonNullable<ExplainSettings['baseline']>;
  samples: number;
  noise: number;
  window: number;
  stride: number;
  unit: number;
  segments: number;
  compactness: number;
  surrogate: NonNullable<ExplainSettings['surrogate']>;
  penalty: number;
  kernelWidth: number;
  top: number;
}

type Baseline = MethodOptions['baseline'];
type Surrogate = MethodOptions['surrogate'];

/** The engine's own. */
const PENALTY: Readonly<Record<Surrogate, number>> = { ridge: 1, lasso: 0.01 };

export const OPTIONS_SCHEMA: Schema<MethodOptions> = {
  steps: integer(50, 1, 1000),
  baseline: choice<Baseline>('black', ['black', 'white', 'blur', 'noise']),
  samples: integer(0, 0, 5000),
  noise: real(0.15, 0.01, 1),
  window: integer(0, 0, 64),
  stride: integer(0, 0, 64),
  unit: integer(0, 0, 4095),
  segments: integer(40, 2, 256),
  compactness: real(10, 0.1, 1000),
  surrogate: choice<Surrogate>('ridge', ['ridge', 'lasso']),
  penalty: real(PENALTY.ridge, 0, 1e6),
  kernelWidth: real(0.25, 0.01, 100),
  top: integer(0, 0, 256),
};

/** The options as the engine wants them: what is left to the method is left out. */
export function settingsFrom(options: MethodOptions): ExplainSettings {
  const { steps, baseline, samples, noise, window, stride, unit, segments, compactness, surrogate, penalty, kernelWidth, top } =
    options;
  return {
    ...{ steps, baseline, noise, unit, segments, compactness, surrogate, penalty, kernelWidth, top },
    ...(samples > 0 ? { samples } : {}),
    ...(window > 0 ? { window } : {}),
    ...(stride > 0 ? { stride: window > 0 ? Math.min(stride, window) : stride } : {}),
  };
}

type Change = (changes: Partial<MethodOptions>) => void;
type Control = (options: MethodOptions, change: Change) => TemplateResult;

const CONTROLS: Partial<Record<keyof ExplainSettings, Control>> = {
  steps: ({ steps }, change) =>
    slider({ label: 'Steps along the path', value: steps, min: 1, max: 300, onChange: (value) => change({ steps: value }) }),
  baseline: ({ baseline }, change) =>
    choose<Baseline>({
      label: 'Baseline: what a missing pixel is',
      value: baseline,
      options: [
        ['black', 'black'],
        ['white', 'white'],
        ['blur', 'the image, blurred'],
        ['noise', 'noise'],
      ],
      onChange: (value) => change({ baseline: value }),
    }),
  samples: ({ samples }, change) =>
    slider({
      label: 'Samples (0: the method’s own number)',
      value: samples,
      min: 0,
      max: 2000,
      step: 10,
      onChange: (value) => change({ samples: value === 1 ? 2 : value }),
    }),
  noise: ({ noise }, change) =>
    slider({
      label: 'Noise: standard deviation',
      value: noise,
      min: 0.01,
      max: 1,
      step: 0.01,
      onChange: (value) => change({ noise: value }),
    }),
  window: ({ window }, change) =>
    slider({
      label: 'Side of the window (0: a quarter of the image)',
      value: window,
      min: 0,
      max: 16,
      onChange: (value) => change({ window: value }),
    }),
  stride: ({ stride }, change) =>
    slider({
      label: 'From window to window (0: half a window)',
      value: stride,
      min: 0,
      max: 16,
      onChange: (value) => change({ stride: value }),
    }),
  unit: ({ unit }, change) =>
    slider({ label: 'Feature map of the layer', value: unit, min: 0, max: 63, onChange: (value) => change({ unit: value }) }),
  segments: ({ segments }, change) =>
    slider({ label: 'Segments wanted', value: segments, min: 2, max: 100, onChange: (value) => change({ segments: value }) }),
  compactness: ({ compactness }, change) =>
    slider({
      label: 'Compactness: the greater, the squarer',
      value: compactness,
      min: 0.1,
      max: 1000,
      logarithmic: true,
      onChange: (value) => change({ compactness: value }),
    }),
  surrogate: ({ surrogate }, change) =>
    choose<Surrogate>({
      label: 'Linear model',
      value: surrogate,
      options: [
        ['ridge', 'ridge'],
        ['lasso', 'lasso: few segments'],
      ],
      onChange: (value) => change({ surrogate: value, penalty: PENALTY[value] }),
    }),
  penalty: ({ penalty }, change) =>
    slider({
      label: 'Penalty on its weights',
      value: penalty,
      min: 0.0001,
      max: 100,
      logarithmic: true,
      onChange: (value) => change({ penalty: value }),
    }),
  kernelWidth: ({ kernelWidth }, change) =>
    slider({
      label: 'Kernel width: how near is near',
      value: kernelWidth,
      min: 0.01,
      max: 10,
      logarithmic: true,
      onChange: (value) => change({ kernelWidth: value }),
    }),
  top: ({ top }, change) =>
    slider({
      label: 'Only the strongest segments (0: all)',
      value: top,
      min: 0,
      max: 20,
      onChange: (value) => change({ top: value }),
    }),
};

/** Controls for everything that `method` reads. */
export const optionControls = ({ options }: ExplainMethodInfo, values: MethodOptions, change: Change): TemplateResult[] =>
  options.flatMap((key) => CONTROLS[key]?.(values, change) ?? []);
