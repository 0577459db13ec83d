import { describe, expect, it } from 'vitest';
import type { Layer } from '../../engine/types.ts';
import { LAYER_KINDS, layersField, MOST_LAYERS, newLayer, settingOf } from './layers.ts';

describe('a layer list in the hash', () => {
  it('survives writing and reading, one layer of every kind', () => {
    const layers = LAYER_KINDS.map(({ type }) => newLayer(type));
    expect(layersField.parse(layersField.format(layers))).toEqual(layers);
  });

  it('keeps what differs from the defaults', () => {
    const layers: Layer[] = [
      { type: 'conv', filters: 6, kernel: 5, padding: 2, stride: 2, dilation: 1, groups: 1, bias: false },
      { type: 'activation', function: 'leaky-relu' },
      { type: 'dropout', rate: 0.25 },
    ];
    expect(layersField.format(layers)).toBe('conv_f6_k5_p2_s2_d1_g1_b0*act_fleaky-relu*drop_r0.25');
    expect(layersField.parse(layersField.format(layers))).toEqual(layers);
  });

  it.each([
    'conv_f0',
    'conv_f1e9',
    'conv_f-3',
    'conv_f6.5',
    'conv_z1',
    'toString',
    'act_feval',
    'dense_u99999',
    'drop_r2',
    '**',
    Array.from({ length: MOST_LAYERS + 1 }, () => 'flat').join('*'),
  ])('refuses %s', (text) => expect(layersField.parse(text)).toBeUndefined());

  it('leaves out what the list leaves out', () => {
    expect(layersField.parse('avg_k3')).toEqual([{ type: 'avg-pool', size: 3 }]);
    expect(layersField.parse('dense')).toEqual([newLayer('dense')]);
  });

  it('takes a pool without a stride to move by its window', () => {
    const stride = LAYER_KINDS.find(({ type }) => type === 'max-pool')!.settings.find(({ key }) => key === 'stride')!;
    expect(settingOf({ type: 'max-pool', size: 3 }, stride)).toBe(3);
  });
});
