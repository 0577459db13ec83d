/**
 * ConvNetJS: plain JavaScript, image by image, f64. It has no batch norm, shortcuts, average pooling, concatenation or transposed
 * convolution, and trains against labels only, so W1 is the one workload that it can do.
 */

import * as convnet from 'convnetjs';
import { images } from '../workloads/data.ts';
import { BATCHES, LEARNING_RATE } from '../workloads/index.ts';
import type { Layer } from '../workloads/network.ts';
import type { Tasks } from './library.ts';

/** ConvNetJS writes an activation into the layer before it, and the softmax layer contains the last dense layer. */
function definitions(layers: Layer[]): Record<string, unknown>[] {
  const list: Record<string, unknown>[] = [];
  for (const layer of layers) {
    if (layer.type === 'conv') {
      const { kernel, filters, stride = 1 } = layer;
      list.push({ type: 'conv', sx: kernel, filters, stride, pad: (kernel - 1) / 2 });
    } else if (layer.type === 'activation') list[list.length - 1].activation = layer.function;
    else if (layer.type === 'max-pool') list.push({ type: 'pool', sx: layer.size, stride: layer.stride ?? layer.size });
    else if (layer.type === 'dense') list.push({ type: 'softmax', num_classes: layer.units });
    else if (layer.type !== 'flatten') throw new Error(`ConvNetJS has no ${layer.type} layer`);
  }
  return list;
}

export async function start(): Promise<Tasks> {
  return {
    classify({ input: [depth, height, width], batch, classes, network }) {
      const { pixels, labels } = images(batch * BATCHES, [depth, height, width], classes);
      const net = new convnet.Net();
      net.makeLayers([{ type: 'input', out_sx: width, out_sy: height, out_depth: depth }, ...definitions(network)]);
      const trainer = new convnet.Trainer(net, { method: 'adam', learning_rate: LEARNING_RATE, batch_size: batch, l2_decay: 0 });
      const size = depth * height * width;
      let turn = 0;
      return async (steps) => {
        let loss = 0;
        for (let i = 0; i < steps; i++, turn = (turn + 1) % BATCHES) {
          loss = 0;
          for (let n = turn * batch; n < (turn + 1) * batch; n++) {
            // One channel: the order of the dimensions is the same.
            const image = new convnet.Vol(width, height, depth, 0);
            image.w.set(pixels.subarray(n * size, (n + 1) * size));
            loss += trainer.train(image, labels[n]).loss / batch;
          }
        }
        return loss;
      };
    },
  };
}
