/** Vitrine through its public API: models and trainers where a page would use them, graphs of one's own for the rest. */

import { Engine } from '../../../../www/engine/client.ts';
import type { GraphNode, GraphRecorder } from '../../../../www/engine/graph.ts';
import type { DeviceChoice, Layer as EngineLayer } from '../../../../www/engine/types.ts';
import { batches, images, initial, normal, ring } from '../workloads/data.ts';
import { BATCHES, LEARNING_RATE } from '../workloads/index.ts';
import { forward, parameters, type Layer, type Operations, type Parameter, type Shape } from '../workloads/network.ts';
import type { Tasks } from './library.ts';

/** Images are `[N, C, H, W]`. */
const operations = (g: GraphRecorder, batch: number): Operations<GraphNode> => ({
  conv: (x, kernel, { size, stride, padding, input, output }) =>
    x.conv2d(kernel, { stride, padding: padding === 'same' ? margin(size, stride, input[1], output[1]) : 0 }),
  convTranspose: (x, kernel, { size, stride, input, output }) =>
    x.convTranspose2d(kernel, [output[1], output[2]], { stride, padding: margin(size, stride, output[1], input[1]) }),
  batchNorm(x, scale, shift, channels) {
    const mean = (y: GraphNode) => y.mean([0, 2, 3]).reshape([1, channels, 1, 1]);
    const centred = x.sub(mean(x));
    return centred
      .mul(mean(centred.mul(centred)).add(1e-5).map('rsqrt'))
      .mul(scale)
      .add(shift);
  },
  activation: (x, f) => (f === 'leaky-relu' ? x.with('max', x.mul(0.2)) : x.map(f)),
  pool: (x, kind, { size, stride }) => (kind === 'max' ? x.maxPool2d(size, { stride }) : x.avgPool2d(size, { stride })),
  globalAvgPool: (x) => x.mean([2, 3]),
  add: (a, b) => a.add(b),
  concatChannels: (a, b) => g.concat([a, b], 1),
  reshape: (x, shape) => x.reshape([batch, ...shape]),
  matmul: (x, matrix) => x.matmul(matrix),
  again: (x) => x,
});

/** Cells of zeros on each side, for a convolution from `input` to `output` cells. */
const margin = (size: number, stride: number, input: number, output: number) =>
  Math.ceil(Math.max(0, (output - 1) * stride + size - input) / 2);

function shapeOf(parameter: Parameter): Shape {
  switch (parameter.kind) {
    case 'kernel':
      return [parameter.outputs, parameter.inputs, parameter.size, parameter.size];
    case 'transposed-kernel':
      return [parameter.inputs, parameter.outputs, parameter.size, parameter.size];
    case 'matrix':
      return [parameter.inputs, parameter.outputs];
    default:
      return parameter.channels ? [1, parameter.outputs, 1, 1] : [1, parameter.outputs];
  }
}

/** A network in a graph: its parameters are states called `name/0`, `name/1`, … */
class Network {
  readonly values: { name: string; shape: Shape; data: Float32Array }[];

  constructor(
    name: string,
    private readonly layers: Layer[],
    private readonly input: Shape,
  ) {
    this.values = parameters(layers, input).map((parameter, i) => {
      const shape = shapeOf(parameter);
      const count = shape.reduce((a, b) => a * b);
      return { name: `${name}/${i}`, shape, data: initial(parameter, count, i) };
    });
  }

  states(g: GraphRecorder): GraphNode[] {
    return this.values.map(({ name, shape }) => g.state(name, shape));
  }

  apply(g: GraphRecorder, weights: GraphNode[], x: GraphNode, batch: number): GraphNode {
    const rest = weights.values();
    return forward(this.layers, this.input, x, operations(g, batch), () => rest.next().value!);
  }

  /** One step of Adam down `loss`, after `t` steps; returns the new weights. */
  adam(g: GraphRecorder, weights: GraphNode[], loss: GraphNode, t: GraphNode, beta1 = 0.9, beta2 = 0.999): GraphNode[] {
    const correction = (beta: number) => g.fill(1, []).sub(g.fill(beta, []).with('pow', t.add(1)));
    const rate = correction(beta2).map('sqrt').div(correction(beta1)).mul(LEARNING_RATE);
    const gradients = g.grad(loss, weights);
    return weights.map((w, i) => {
      const { name, shape } = this.values[i];
      const average = (moment: string, beta: number, value: GraphNode) => {
        const next = g
          .state(`${name}/${moment}`, shape)
          .mul(beta)
          .add(value.mul(1 - beta));
        g.update(`${name}/${moment}`, next);
        return next;
      };
      const [m, v] = [average('m', beta1, gradients[i]), average('v', beta2, gradients[i].mul(gradients[i]))];
      const next = w.sub(rate.mul(m).div(v.map('sqrt').add(1e-8)));
      g.update(name, next);
      return next;
    });
  }
}

/** Compiles `build`; the networks get their initial weights. A run goes round `inputs`, one batch for all steps of a call. */
async function program(
  engine: Engine,
  networks: Network[],
  inputs: Record<string, Float32Array>[],
  build: (g: GraphRecorder) => void,
) {
  const compiled = await engine.program(build);
  for (const { name, data } of networks.flatMap(({ values }) => values)) await compiled.setState(name, data);
  let turn = 0;
  return async (steps: number) => {
    const outputs = await compiled.run(inputs[turn++ % inputs.length], { steps });
    return outputs.result.data[0];
  };
}

/** A state that counts steps. */
function counter(g: GraphRecorder): GraphNode {
  const t = g.state('t', []);
  g.update('t', t.add(1));
  return t;
}

export async function start(device: DeviceChoice): Promise<Tasks> {
  const engine = await Engine.create({ device });
  return {
    peak: () => engine.simdPeak(),

    async classify({ input, batch, classes, network }) {
      const { pixels, labels } = images(batch * BATCHES, input, classes);
      const shape = input as [number, number, number];
      const data = await engine.dataset({ kind: 'arrays', images: pixels, labels, shape }, { validationFraction: 0 });
      const model = await engine.model(network as EngineLayer[], { input: shape });
      const trainer = await model.trainer(data, { batchSize: batch, learningRate: LEARNING_RATE });
      return async (steps) => {
        const { metrics, divergence } = await trainer.run(steps);
        if (divergence) throw new Error(divergence.message);
        return metrics[metrics.length - 1].loss;
      };
    },

    autoencode({ input, batch, network }) {
      const coder = new Network('coder', network, input);
      const { pixels } = images(batch * BATCHES, input, 10);
      const inputs = batches(pixels, batch * BATCHES, batch).map((x) => ({ x }));
      return program(engine, [coder], inputs, (g) => {
        const x = g.input('x', [batch, ...input]);
        const weights = coder.states(g);
        const error = coder.apply(g, weights, x, batch).sub(x);
        const loss = error.mul(error).mean();
        coder.adam(g, weights, loss, counter(g));
        g.output('result', loss);
      });
    },

    adversarial({ latent, sample, batch, generator, discriminator }) {
      const [G, D] = [new Network('G', generator, [latent]), new Network('D', discriminator, sample)];
      const rows = batch * BATCHES;
      const real = batches(sample.length === 1 ? ring(rows) : images(rows, sample, 10).pixels, rows, batch);
      const [z1, z2] = [4, 5].map((seed) => batches(normal(rows * latent, seed), rows, batch));
      const inputs = real.map((x, i) => ({ real: x, z1: z1[i], z2: z2[i] }));
      return program(engine, [G, D], inputs, (g) => {
        const [gWeights, dWeights] = [G.states(g), D.states(g)];
        const judge = (weights: GraphNode[], x: GraphNode) => D.apply(g, weights, x, batch);
        const fake = (weights: GraphNode[], z: string) => G.apply(g, weights, g.input(z, [batch, latent]), batch);
        const t = counter(g);
        const right = judge(dWeights, g.input('real', [batch, ...sample]))
          .map('neg')
          .map('softplus')
          .mean();
        const dLoss = right.add(judge(dWeights, fake(gWeights, 'z1')).map('softplus').mean());
        const improved = D.adam(g, dWeights, dLoss, t, 0.5);
        // The same weights by another name: their gradient must not go through the step of the discriminator, which saw them too.
        const again = gWeights.map((weights) => weights.mul(1));
        const gLoss = judge(improved, fake(again, 'z2')).map('neg').map('softplus').mean();
        G.adam(g, again, gLoss, t, 0.5);
        g.output('result', dLoss.add(gLoss));
      });
    },

    async 'input-gradient'({ input, network }) {
      const net = new Network('net', network, input);
      const x = normal(
        input.reduce((a, b) => a * b),
        99,
      );
      const run = await program(engine, [net], [{ x }], (g) => {
        const image = g.input('x', [1, ...input]);
        const logit = net.apply(g, net.states(g), image, 1).slice([0, 7], [1, 1]).sum();
        g.output('gradient', g.grad(logit, [image])[0]);
        g.output('result', logit);
      });
      return async (steps) => {
        let logit = 0;
        for (let i = 0; i < steps; i++) logit = await run(1);
        return logit;
      };
    },

    async 'matrix-product'({ size }) {
      const compiled = await engine.program((g) => {
        const [a, b] = [g.state('a', [size, size]), g.state('b', [size, size])];
        g.output('product', a.matmul(b));
      });
      await compiled.setState('a', normal(size * size, 5));
      await compiled.setState('b', normal(size * size, 6));
      return async (steps) => (await compiled.run({}, { steps })).product.data[0];
    },

    async 'integrated-gradients'({ input, count, steps: pathSteps, classes, network }) {
      const { pixels, labels } = images(count, input, classes);
      const model = await engine.model(network as EngineLayer[], { input: input as [number, number, number] });
      return async (steps) => {
        let first = 0;
        for (let i = 0; i < steps; i++) {
          const { maps } = await model.explain('integrated-gradients', pixels, { classes: labels, steps: pathSteps });
          first = maps.reduce((sum, value) => sum + value, 0);
        }
        return first;
      };
    },

    async explanations({ input, classes, network }) {
      const { pixels, labels } = images(1, input, classes);
      const model = await engine.model(network as EngineLayer[], { input: input as [number, number, number] });
      const methods = await engine.explainMethods();
      return async (steps) => {
        let last = 0;
        for (let i = 0; i < steps; i++) {
          for (const { id } of methods) last = (await model.explain(id, pixels, { classes: labels })).maps[0];
        }
        return last;
      };
    },
  };
}
