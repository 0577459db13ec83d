/** jax-js. Images are `[N, C, H, W]`. Operations consume their operands; `ref` keeps one for another use. Whole steps are compiled. */

import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad, type Array as Value, type Device } from '@jax-js/jax';
import { batches, images, initial, normal, oneHot, ring } from '../workloads/data.ts';
import { BATCHES, LEARNING_RATE } from '../workloads/index.ts';
import { forward, parameters, type Layer, type Operations, type Parameter, type Shape } from '../workloads/network.ts';
import type { Run, Tasks } from './library.ts';

const array = (values: Float32Array, shape: Shape): Value => np.array(values as Float32Array<ArrayBuffer>).reshape(shape);

const operations: Operations<Value> = {
  conv: (x, kernel, { stride, padding }) =>
    lax.convGeneralDilated(x, kernel, [stride, stride], padding === 'same' ? 'SAME' : 'VALID'),
  convTranspose: (x, kernel, { stride }) => lax.convTranspose(x, kernel, [stride, stride], 'SAME'),
  batchNorm(x, scale, shift) {
    const mean = (y: Value) => np.mean(y, [0, 2, 3], { keepdims: true });
    const centred = x.ref.sub(mean(x));
    const variance = mean(np.square(centred.ref));
    return centred
      .div(np.sqrt(variance.add(1e-5)))
      .mul(scale)
      .add(shift);
  },
  activation: (x, f) => (f === 'tanh' ? np.tanh(x) : f === 'leaky-relu' ? nn.leakyRelu(x, 0.2) : nn[f](x)),
  pool: (x, kind, { size, stride }) => lax.reduceWindow(x, kind === 'max' ? np.max : np.mean, [size, size], [stride, stride]),
  globalAvgPool: (x) => np.mean(x, [2, 3]),
  add: (a, b) => a.add(b),
  concatChannels: (a, b) => np.concatenate([a, b], 1),
  reshape: (x, shape) => x.reshape([x.shape[0], ...shape]),
  matmul: (x, matrix) => np.dot(x, matrix),
  again: (x) => x.ref,
};

function shapeOf(parameter: Parameter): Shape {
  switch (parameter.kind) {
    case 'kernel':
    case 'transposed-kernel':
      return [parameter.outputs, parameter.inputs, parameter.size, parameter.size];
    case 'matrix':
      return [parameter.inputs, parameter.outputs];
    default:
      return parameter.channels ? [parameter.outputs, 1, 1] : [parameter.outputs];
  }
}

function weightsOf(layers: Layer[], input: Shape): Value[] {
  return parameters(layers, input).map((parameter, i) => {
    const shape = shapeOf(parameter);
    const count = shape.reduce((a, b) => a * b);
    return array(initial(parameter, count, i), shape);
  });
}

function network(layers: Layer[], input: Shape): (weights: Value[], x: Value) => Value {
  return (weights, x) => {
    const rest = weights.values();
    return forward(layers, input, x, operations, () => rest.next().value!);
  };
}

/** Adam's learning rate at step `t` ≥ 1, bias corrections included. */
const rateAt = (t: number, beta1: number) => np.array([(LEARNING_RATE * Math.sqrt(1 - 0.999 ** t)) / (1 - beta1 ** t)]);

/** A compiled step of Adam down `loss(weights, ...data)`, with its moments; returns the loss. */
function minimiser(weights: Value[], loss: (weights: Value[], ...data: (Value | Value[])[]) => Value, beta1 = 0.9) {
  const zeros = () => weights.map((w) => np.zeros(w.shape));
  let state = [weights, zeros(), zeros()];
  const both = valueAndGrad(loss as never) as unknown as (...args: unknown[]) => [Value, Value[]];
  const step = jit(((w: Value[], m: Value[], v: Value[], rate: Value, ...data: Value[]) => {
    const [value, gradients] = both(tree.ref(w), ...data);
    const next = w.map((weight, i) => {
      const mean = m[i].mul(beta1).add(gradients[i].ref.mul(1 - beta1));
      const square = v[i].mul(0.999).add(np.square(gradients[i]).mul(0.001));
      return [weight.sub(rate.ref.mul(mean.ref).div(np.sqrt(square.ref).add(1e-8))), mean, square];
    });
    rate.dispose();
    return [value, ...[0, 1, 2].map((part) => next.map((parts) => parts[part]))];
  }) as never) as unknown as (...args: unknown[]) => [Value, Value[], Value[], Value[]];
  let t = 0;
  return {
    weights: () => tree.ref(state[0]) as Value[],
    step(...data: (Value | Value[])[]): Value {
      const [value, ...next] = step(...state, rateAt(++t, beta1), ...data);
      state = next;
      return value;
    },
  };
}

/** Repeats `step`, whose result is a number on the device, and reads the last. */
function repeat(step: (i: number) => Value): Run {
  let turn = 0;
  return async (steps) => {
    let result: Value | null = null;
    for (let i = 0; i < steps; i++) {
      result?.dispose();
      result = step(turn++ % BATCHES);
    }
    return (await result!.data())[0];
  };
}

export async function start(device: Device): Promise<Tasks> {
  const devices = await init(device);
  if (!devices.includes(device)) throw new Error(`back end ${device} did not start`);
  defaultDevice(device);
  return {
    classify({ input, batch, classes, network: layers }) {
      const { pixels, labels } = images(batch * BATCHES, input, classes);
      const x = batches(pixels, batch * BATCHES, batch).map((values) => array(values, [batch, ...input]));
      const y = batches(oneHot(labels, classes), batch * BATCHES, batch).map((rows) => array(rows, [batch, classes]));
      const net = network(layers, input);
      const optimizer = minimiser(weightsOf(layers, input), (w, image, target) =>
        nn
          .logSoftmax(net(w, image as Value))
          .mul(target as Value)
          .sum()
          .mul(-1 / batch),
      );
      return repeat((i) => optimizer.step(x[i].ref, y[i].ref));
    },

    autoencode({ input, batch, network: layers }) {
      const pixels = images(batch * BATCHES, input, 10).pixels;
      const x = batches(pixels, batch * BATCHES, batch).map((values) => array(values, [batch, ...input]));
      const coder = network(layers, input);
      const optimizer = minimiser(weightsOf(layers, input), (w, image) =>
        np.square(coder(w, (image as Value).ref).sub(image as Value)).mean(),
      );
      return repeat((i) => optimizer.step(x[i].ref));
    },

    adversarial({ latent, sample, batch, generator, discriminator }) {
      const rows = batch * BATCHES;
      const points = sample.length === 1 ? ring(rows) : images(rows, sample, 10).pixels;
      const real = batches(points, rows, batch).map((values) => array(values, [batch, ...sample]));
      const [z1, z2] = [4, 5].map((seed) =>
        batches(normal(rows * latent, seed), rows, batch).map((z) => array(z, [batch, latent])),
      );
      const [G, D] = [network(generator, [latent]), network(discriminator, sample)];
      const cost = (logits: Value, isReal: boolean) => nn.softplus(isReal ? logits.mul(-1) : logits).mean();
      const dOptimizer = minimiser(
        weightsOf(discriminator, sample),
        (d, g, x, z) => cost(D(tree.ref(d), x as Value), true).add(cost(D(d, G(g as Value[], z as Value)), false)),
        0.5,
      );
      const gOptimizer = minimiser(weightsOf(generator, [latent]), (g, d, z) => cost(D(d as Value[], G(g, z as Value)), true), 0.5);
      return repeat((i) => {
        const dLoss = dOptimizer.step(gOptimizer.weights(), real[i].ref, z1[i].ref);
        return dLoss.add(gOptimizer.step(dOptimizer.weights(), z2[i].ref));
      });
    },

    'input-gradient'({ input, network: layers }) {
      const net = network(layers, input);
      const weights = weightsOf(layers, input);
      const x = normal(
        input.reduce((a, b) => a * b),
        99,
      );
      const logit = (image: Value, w: Value[]) => net(w, image).slice([], 7).sum();
      const both = jit(valueAndGrad(logit as never) as never) as unknown as (image: Value, w: Value[]) => [Value, Value];
      return async (steps) => {
        let result = 0;
        for (let i = 0; i < steps; i++) {
          const [value, gradient] = both(array(x, [1, ...input]), tree.ref(weights));
          [[result]] = await Promise.all([value.data(), gradient.data()]);
        }
        return result;
      };
    },

    'matrix-product'({ size }) {
      const [a, b] = [5, 6].map((seed) => array(normal(size * size, seed), [size, size]));
      return async (steps) => {
        let product = np.dot(a.ref, b.ref);
        for (let i = 1; i < steps; i++) {
          await product.blockUntilReady();
          product.dispose();
          product = np.dot(a.ref, b.ref);
        }
        return (await product.data())[0];
      };
    },

    'integrated-gradients'({ input, count, steps: pathSteps, classes, network: layers }) {
      const net = network(layers, input);
      const weights = weightsOf(layers, input);
      const { pixels, labels } = images(count, input, classes);
      const alpha = array(
        Float32Array.from({ length: pathSteps }, (_, i) => (i + 0.5) / pathSteps),
        [pathSteps, 1, 1, 1, 1],
      );
      const x = array(pixels, [count, ...input]);
      const y = array(oneHot(labels, classes), [count, classes]);
      const score = (points: Value, w: Value[], target: Value) =>
        net(w, points).reshape([pathSteps, count, classes]).mul(target).sum();
      const slope = valueAndGrad(score as never) as unknown as (...args: unknown[]) => [Value, Value];
      const attribution = jit(((image: Value, w: Value[], target: Value, steps: Value) => {
        const [value, gradient] = slope(steps.mul(image.ref).reshape([pathSteps * count, ...input]), w, target);
        value.dispose();
        return np.mean(gradient.reshape([pathSteps, count, ...input]), 0).mul(image);
      }) as never) as unknown as (...args: unknown[]) => Value;
      return async (steps) => {
        let total = 0;
        for (let i = 0; i < steps; i++) {
          const map = attribution(x.ref, tree.ref(weights), y.ref, alpha.ref);
          total = ((await map.data()) as Float32Array).reduce((sum, value) => sum + value, 0);
        }
        return total;
      };
    },
  };
}
