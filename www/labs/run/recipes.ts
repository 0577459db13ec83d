/** Runs that learn quickly on two cores, for labs that only need a network that knows something. */
import { layersField } from './layers.ts';
import type { RunSettings } from './settings.ts';

export interface Recipe {
  title: string;
  settings: Partial<RunSettings>;
  /** Enough of them. */
  epochs: number;
}

/** Convolutions, global average pooling, one dense layer: what class activation maps need. Two poolings make it quick. */
const POOLED_GAP_CNN =
  'conv_f16_k3_b0*norm*act_frelu*max_k2*conv_f32_k3_b0*norm*act_frelu*max_k2*conv_f64_k3_b0*norm*act_frelu*gap*dense_u5';

export const ROOMS: Recipe = {
  title: 'GAP-CNN on Rooms',
  settings: {
    data: 'rooms',
    net: 'custom',
    layers: layersField.parse(POOLED_GAP_CNN) ?? [],
    batch: 16,
    lr: 0.005,
    schedule: 'cosine',
    every: 1200,
  },
  epochs: 12,
};

export const DIGITS: Recipe = {
  title: 'LeNet-5 on digits',
  settings: { data: 'digits', net: 'lenet-5', layers: [], batch: 32, lr: 0.002, schedule: 'constant', every: 1000 },
  epochs: 10,
};

/** Rectified linear units throughout, which guided back-propagation needs. */
export const VGG_DIGITS: Recipe = {
  title: 'Small VGG on digits',
  settings: { ...DIGITS.settings, net: 'small-vgg' },
  epochs: 6,
};
