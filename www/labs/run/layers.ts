/**
 * The layers a student may use: one table from which the editor's controls and the layer list in the URL are both made.
 *
 * In the URL a layer is its code and tagged numbers, `conv_f6_k5_p2`, and layers are joined by asterisks, which a URL leaves as they are.
 */
import type { ActivationName, Layer, Padding } from '../../engine/types.ts';
import type { Field } from '../../ui/state.ts';

type Value = number | boolean | string;

export interface Setting {
  key: string;
  /** One letter, in the URL. */
  tag: string;
  label: string;
  initial: Value;
  /** May be left out; the engine then has its own default. */
  optional?: boolean;
  /** Numbers: their range. */
  min?: number;
  max?: number;
  step?: number;
  /** Names, in place of a number or beside it. */
  names?: readonly string[];
}

export interface LayerKind {
  type: Layer['type'];
  code: string;
  title: string;
  settings: readonly Setting[];
}

const ACTIVATIONS: readonly ActivationName[] = ['relu', 'leaky-relu', 'tanh', 'sigmoid', 'gelu', 'identity'];

const whole = (key: string, tag: string, label: string, initial: number, min: number, max: number): Setting => ({
  key,
  tag,
  label,
  initial,
  min,
  max,
  step: 1,
});

const maybe = (setting: Setting): Setting => ({ ...setting, optional: true });

export const LAYER_KINDS: readonly LayerKind[] = [
  {
    type: 'conv',
    code: 'conv',
    title: 'Convolution',
    settings: [
      whole('filters', 'f', 'filters', 16, 1, 256),
      whole('kernel', 'k', 'kernel', 3, 1, 11),
      {
        key: 'padding',
        tag: 'p',
        label: 'padding',
        initial: 'same',
        min: 0,
        max: 10,
        step: 1,
        names: ['same', 'valid'],
        optional: true,
      },
      maybe(whole('stride', 's', 'stride', 1, 1, 8)),
      maybe(whole('dilation', 'd', 'dilation', 1, 1, 8)),
      maybe(whole('groups', 'g', 'groups', 1, 1, 256)),
      { key: 'bias', tag: 'b', label: 'bias', initial: true, optional: true },
    ],
  },
  { type: 'batch-norm', code: 'norm', title: 'Batch norm', settings: [] },
  {
    type: 'activation',
    code: 'act',
    title: 'Activation',
    settings: [{ key: 'function', tag: 'f', label: 'function', initial: 'relu', names: ACTIVATIONS }],
  },
  { type: 'max-pool', code: 'max', title: 'Max pooling', settings: poolSettings() },
  { type: 'avg-pool', code: 'avg', title: 'Average pooling', settings: poolSettings() },
  {
    type: 'dropout',
    code: 'drop',
    title: 'Dropout',
    settings: [{ key: 'rate', tag: 'r', label: 'rate', initial: 0.5, min: 0, max: 0.95, step: 0.05 }],
  },
  {
    type: 'residual',
    code: 'res',
    title: 'Residual block',
    settings: [whole('filters', 'f', 'filters', 16, 1, 256), maybe(whole('stride', 's', 'stride', 1, 1, 4))],
  },
  {
    type: 'inception',
    code: 'inc',
    title: 'Inception block',
    settings: [
      whole('branch1', 'a', '1×1', 8, 1, 128),
      whole('reduce3', 'b', '3×3 reduce', 8, 1, 128),
      whole('branch3', 'c', '3×3', 16, 1, 128),
      whole('reduce5', 'd', '5×5 reduce', 4, 1, 128),
      whole('branch5', 'e', '5×5', 8, 1, 128),
      whole('pool', 'p', 'pooled', 8, 1, 128),
    ],
  },
  { type: 'global-avg-pool', code: 'gap', title: 'Global average pooling', settings: [] },
  { type: 'flatten', code: 'flat', title: 'Flatten', settings: [] },
  { type: 'dense', code: 'dense', title: 'Dense', settings: [whole('units', 'u', 'units', 10, 1, 4096)] },
];

function poolSettings(): Setting[] {
  return [
    whole('size', 'k', 'window', 2, 1, 16),
    maybe(whole('stride', 's', 'stride', 2, 1, 16)),
    maybe(whole('padding', 'p', 'padding', 0, 0, 8)),
  ];
}

export const MOST_LAYERS = 64;

export const kindOf = (layer: Layer): LayerKind => LAYER_KINDS.find((kind) => kind.type === layer.type) ?? LAYER_KINDS[0];

export const newLayer = (type: Layer['type']): Layer => {
  const kind = LAYER_KINDS.find((entry) => entry.type === type) ?? LAYER_KINDS[0];
  return { type, ...Object.fromEntries(kind.settings.map((setting) => [setting.key, setting.initial])) } as Layer;
};

/** The value of a setting, its default where the layer says nothing. A pool's stride is its window by default. */
export function settingOf(layer: Layer, setting: Setting): Value {
  const values = layer as unknown as Record<string, Value | undefined>;
  return values[setting.key] ?? (setting.key === 'stride' ? values['size'] : undefined) ?? setting.initial;
}

export const withSetting = (layer: Layer, key: string, value: Value): Layer => ({ ...layer, [key]: value }) as Layer;

/** `undefined` where the text is no value of this setting. */
export function parseSetting(setting: Setting, text: string): Value | undefined {
  if (setting.names?.includes(text)) return text;
  if (typeof setting.initial === 'boolean') return text === '1' ? true : text === '0' ? false : undefined;
  if (setting.min === undefined || setting.max === undefined || !/^\d{1,5}(\.\d{1,4})?$/.test(text)) return undefined;
  const value = Number(text);
  const isWhole = setting.step !== 1 || Number.isInteger(value);
  return isWhole && value >= setting.min && value <= setting.max ? value : undefined;
}

function formatLayer(layer: Layer): string {
  const kind = kindOf(layer);
  const parts = kind.settings.flatMap((setting) => {
    const value = (layer as unknown as Record<string, Value | Padding | undefined>)[setting.key];
    return value === undefined ? [] : [`${setting.tag}${typeof value === 'boolean' ? Number(value) : value}`];
  });
  return [kind.code, ...parts].join('_');
}

function parseLayer(text: string): Layer | undefined {
  const [code, ...parts] = text.split('_');
  const kind = LAYER_KINDS.find((entry) => entry.code === code);
  if (!kind) return undefined;
  const needed = kind.settings.filter(({ optional }) => !optional).map(({ key, initial }) => [key, initial]);
  const layer: Record<string, Value> = { type: kind.type, ...Object.fromEntries(needed) };
  for (const part of parts) {
    const setting = kind.settings.find((entry) => entry.tag === part[0]);
    const value = setting && parseSetting(setting, part.slice(1));
    if (!setting || value === undefined) return undefined;
    layer[setting.key] = value;
  }
  return layer as unknown as Layer;
}

/** The layer list as one field of the state. Empty: the chosen preset's. */
export const layersField: Field<Layer[]> = {
  initial: [],
  parse(text) {
    if (text === '') return [];
    const parts = text.split('*');
    if (parts.length > MOST_LAYERS) return undefined;
    const layers = parts.map(parseLayer);
    return layers.every((layer) => layer !== undefined) ? layers : undefined;
  },
  format: (layers) => layers.map(formatLayer).join('*'),
};
