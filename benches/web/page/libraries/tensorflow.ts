/** TensorFlow.js. Images are `[N, H, W, C]`. */

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { batches, images, initial, normal, oneHot, ring } from '../workloads/data.ts';
import { BATCHES, LEARNING_RATE } from '../workloads/index.ts';
import { forward, parameters, type Layer, type Operations, type Parameter, type Shape } from '../workloads/network.ts';
import type { Run, Tasks } from './library.ts';
import { load } from './tensorflow-backends.ts';

/** The order of dimensions of an image, from `[C, H, W]`. */
const last = (shape: Shape): Shape => (shape.length === 3 ? [shape[1], shape[2], shape[0]] : shape);

const operations: Operations<tf.Tensor> = {
  conv: (x, kernel, { stride, padding }) => tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, padding),
  convTranspose: (x, kernel, { stride, output }) =>
    tf.conv2dTranspose(
      x as tf.Tensor4D,
      kernel as tf.Tensor4D,
      [x.shape[0], ...last(output)] as tf.Tensor4D['shape'],
      stride,
      'same',
    ),
  batchNorm(x, scale, shift) {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    return x.sub(mean).mul(variance.add(1e-5).rsqrt()).mul(scale).add(shift);
  },
  activation(x, f) {
    return f === 'leaky-relu' ? tf.leakyRelu(x, 0.2) : tf[f](x);
  },
  pool: (x, kind, { size, stride }) => (kind === 'max' ? tf.maxPool : tf.avgPool)(x as tf.Tensor4D, size, stride, 'valid'),
  globalAvgPool: (x) => tf.mean(x, [1, 2]),
  add: (a, b) => tf.add(a, b),
  concatChannels: (a, b) => tf.concat([a, b], 3),
  reshape: (x, shape) => tf.reshape(x, [x.shape[0], ...last(shape)]),
  matmul: (x, matrix) => tf.matMul(x as tf.Tensor2D, matrix as tf.Tensor2D),
  again: (x) => x,
};

function shapeOf(parameter: Parameter): Shape {
  switch (parameter.kind) {
    case 'kernel':
      return [parameter.size, parameter.size, parameter.inputs, parameter.outputs];
    case 'transposed-kernel':
      return [parameter.size, parameter.size, parameter.outputs, parameter.inputs];
    case 'matrix':
      return [parameter.inputs, parameter.outputs];
    default:
      return [parameter.outputs];
  }
}

/** Pixels in NCHW order as a resident tensor. */
function tensor(values: Float32Array, count: number, shape: Shape): tf.Tensor {
  if (shape.length < 3) return tf.tensor(values, [count, ...shape]);
  return tf.tidy(() => tf.transpose(tf.tensor(values, [count, ...shape]), [0, 2, 3, 1]));
}

class Network {
  readonly weights: tf.Variable[];

  constructor(
    private readonly layers: Layer[],
    private readonly input: Shape,
  ) {
    this.weights = parameters(layers, input).map((parameter, i) => {
      const shape = shapeOf(parameter);
      const count = shape.reduce((a, b) => a * b);
      return tf.variable(tf.tensor(initial(parameter, count, i), shape));
    });
  }

  apply(x: tf.Tensor): tf.Tensor {
    const rest = this.weights.values();
    return forward(this.layers, this.input, x, operations, () => rest.next().value!);
  }
}

/** −log σ(±z), mean; on the wasm back end faster than `tf.losses.sigmoidCrossEntropy`. */
const cost = (logits: tf.Tensor, real: boolean): tf.Scalar =>
  tf.neg(tf.mean(tf.log(tf.sigmoid(real ? logits : tf.neg(logits)).add(1e-7))));

/** Repeats `step`, whose result is a number on the device, and reads the last. */
function repeat(step: (i: number) => tf.Scalar): Run {
  let turn = 0;
  return async (steps) => {
    let result: tf.Scalar | null = null;
    for (let i = 0; i < steps; i++) {
      result?.dispose();
      result = tf.tidy(() => step(turn++ % BATCHES));
    }
    const [value] = await result!.data();
    result!.dispose();
    return value;
  };
}

export async function start(backend: string): Promise<Tasks> {
  await load(backend);
  if (!(await tf.setBackend(backend))) throw new Error(`back end ${backend} did not start`);
  await tf.ready();
  return {
    classify({ input, batch, classes, network }) {
      const { pixels, labels } = images(batch * BATCHES, input, classes);
      const x = batches(pixels, batch * BATCHES, batch).map((values) => tensor(values, batch, input));
      const y = batches(oneHot(labels, classes), batch * BATCHES, batch).map((rows) => tf.tensor2d(rows, [batch, classes]));
      const net = new Network(network, input);
      const optimizer = tf.train.adam(LEARNING_RATE);
      const loss = (i: number) => tf.losses.softmaxCrossEntropy(y[i], net.apply(x[i])) as tf.Scalar;
      return repeat((i) => optimizer.minimize(() => loss(i), true, net.weights)!);
    },

    autoencode({ input, batch, network }) {
      const x = batches(images(batch * BATCHES, input, 10).pixels, batch * BATCHES, batch).map((v) => tensor(v, batch, input));
      const coder = new Network(network, input);
      const optimizer = tf.train.adam(LEARNING_RATE);
      const loss = (i: number) => tf.mean(tf.squaredDifference(coder.apply(x[i]), x[i])) as tf.Scalar;
      return repeat((i) => optimizer.minimize(() => loss(i), true, coder.weights)!);
    },

    adversarial({ latent, sample, batch, generator, discriminator }) {
      const [G, D] = [new Network(generator, [latent]), new Network(discriminator, sample)];
      const rows = batch * BATCHES;
      const points = sample.length === 1 ? ring(rows) : images(rows, sample, 10).pixels;
      const real = batches(points, rows, batch).map((values) => tensor(values, batch, sample));
      const [z1, z2] = [4, 5].map((seed) =>
        batches(normal(rows * latent, seed), rows, batch).map((z) => tensor(z, batch, [latent])),
      );
      const [gOptimizer, dOptimizer] = [tf.train.adam(LEARNING_RATE, 0.5), tf.train.adam(LEARNING_RATE, 0.5)];
      return repeat((i) => {
        const fake = G.apply(z1[i]);
        const dLoss = () => cost(D.apply(real[i]), true).add(cost(D.apply(fake), false)) as tf.Scalar;
        const d = dOptimizer.minimize(dLoss, true, D.weights)!;
        return d.add(gOptimizer.minimize(() => cost(D.apply(G.apply(z2[i])), true), true, G.weights)!);
      });
    },

    'input-gradient'({ input, network }) {
      const net = new Network(network, input);
      const x = normal(
        input.reduce((a, b) => a * b),
        99,
      );
      const both = tf.valueAndGrad((image: tf.Tensor) => tf.sum(tf.slice(net.apply(image), [0, 7], [1, 1])) as tf.Scalar);
      return async (steps) => {
        let logit = 0;
        for (let i = 0; i < steps; i++) {
          const { value, grad } = tf.tidy(() => both(tensor(x, 1, input)));
          [[logit]] = await Promise.all([value.data(), grad.data()]);
          tf.dispose([value, grad]);
        }
        return logit;
      };
    },

    'matrix-product'({ size }) {
      const [a, b] = [5, 6].map((seed) => tf.tensor2d(normal(size * size, seed), [size, size]));
      return async (steps) => {
        let product = tf.matMul(a, b);
        for (let i = 1; i < steps; i++) {
          product.dispose();
          product = tf.matMul(a, b);
        }
        const values = await product.data();
        product.dispose();
        return values[0];
      };
    },

    'integrated-gradients'({ input, count, steps: pathSteps, classes, network }) {
      const net = new Network(network, input);
      const { pixels, labels } = images(count, input, classes);
      const [x, y] = [tensor(pixels, count, input), tf.tensor2d(oneHot(labels, classes), [count, classes])];
      const slope = tf.grad((points: tf.Tensor) => tf.sum(net.apply(points).mul(tf.tile(y, [pathSteps, 1]))));
      const alpha = tf.tensor(Float32Array.from({ length: pathSteps }, (_, i) => (i + 0.5) / pathSteps)).reshape([-1, 1, 1, 1, 1]);
      return async (steps) => {
        let total = 0;
        for (let i = 0; i < steps; i++) {
          const map = tf.tidy(() => {
            const points = alpha.mul(x).reshape([pathSteps * count, ...last(input)]);
            return slope(points)
              .reshape([pathSteps, count, ...last(input)])
              .mean(0)
              .mul(x);
          });
          total = (await map.data<'float32'>()).reduce((sum, value) => sum + value, 0);
          map.dispose();
        }
        return total;
      };
    },
  };
}
