/**
 * The networks of the workloads, as data, and the one interpreter that carries them out on any library. Layers that Vitrine has bear
 * Vitrine's names (`www/engine/types.ts`).
 */

export type Shape = number[];

export type Layer =
  | { type: 'conv'; filters: number; kernel: number; stride?: number; padding?: 'same' | 'valid'; bias?: boolean }
  | { type: 'conv-transpose'; filters: number; kernel: number; stride: number }
  | { type: 'batch-norm' }
  | { type: 'activation'; function: Activation }
  | { type: 'max-pool' | 'avg-pool'; size: number; stride?: number }
  /** Two 3×3 convolutions with batch norm beside a shortcut, which is a 1×1 convolution with batch norm where the shape changes. */
  | { type: 'residual'; filters: number; stride?: number }
  /** SqueezeNet: 1×1 to `squeeze`, then 1×1 and 3×3 to `expand` each, side by side. */
  | { type: 'fire'; squeeze: number; expand: number }
  | { type: 'global-avg-pool' }
  | { type: 'flatten' }
  | { type: 'reshape'; shape: [number, number, number] }
  | { type: 'dense'; units: number };

export type Activation = 'relu' | 'leaky-relu' | 'tanh' | 'sigmoid';

/** Kernels begin He-normal for `fanIn`, scales with 1, shifts with 0. `channels`: of feature maps, not of a dense layer. */
export type Parameter =
  | { kind: 'kernel' | 'transposed-kernel'; inputs: number; outputs: number; size: number; fanIn: number }
  | { kind: 'matrix'; inputs: number; outputs: number; fanIn: number }
  | { kind: 'scale' | 'shift'; outputs: number; channels: boolean };

/** What a library must be able to do. Images are laid out as it likes; shapes are `[C, H, W]` or `[units]`, without the batch. */
export interface Operations<T> {
  conv(x: T, kernel: T, how: { size: number; stride: number; padding: 'same' | 'valid'; input: Shape; output: Shape }): T;
  convTranspose(x: T, kernel: T, how: { size: number; stride: number; input: Shape; output: Shape }): T;
  /** With the statistics of the batch, as in training. */
  batchNorm(x: T, scale: T, shift: T, channels: number): T;
  activation(x: T, f: Activation): T;
  pool(x: T, kind: 'max' | 'avg', how: { size: number; stride: number; input: Shape }): T;
  globalAvgPool(x: T): T;
  /** Adds a shift, or two values of one shape. */
  add(a: T, b: T): T;
  concatChannels(a: T, b: T): T;
  /** To this shape, without the batch. */
  reshape(x: T, shape: Shape): T;
  matmul(x: T, matrix: T): T;
  /** `x` for a second use, where a library consumes its operands. */
  again(x: T): T;
}

/** Applies `layers` to `x`, one image of which has `shape`; asks `parameter` for each parameter, in order. */
export function forward<T>(layers: Layer[], shape: Shape, x: T, ops: Operations<T>, parameter: (p: Parameter) => T): T {
  return apply(layers, [x, shape], ops, parameter)[0];
}

/** The parameters of `layers`, in the order in which `forward` asks for them. */
export function parameters(layers: Layer[], shape: Shape): Parameter[] {
  const found: Parameter[] = [];
  const nothing = new Proxy({} as Operations<null>, { get: () => () => null });
  forward(layers, shape, null, nothing, (p) => (found.push(p), null));
  return found;
}

type Value<T> = [T, Shape];

function apply<T>(layers: Layer[], start: Value<T>, ops: Operations<T>, parameter: (p: Parameter) => T): Value<T> {
  return layers.reduce((value, layer) => applyOne(layer, value, ops, parameter), start);
}

function applyOne<T>(layer: Layer, [x, shape]: Value<T>, ops: Operations<T>, parameter: (p: Parameter) => T): Value<T> {
  const inputs = shape[0];
  const shifted = (y: T, outputs: number, channels: boolean) => ops.add(y, parameter({ kind: 'shift', outputs, channels }));
  const run = (list: Layer[], from: Value<T>) => apply(list, from, ops, parameter);
  switch (layer.type) {
    case 'conv': {
      const { filters: outputs, kernel: size, stride = 1, padding = 'same', bias = true } = layer;
      const side = (n: number) => (padding === 'same' ? Math.ceil(n / stride) : Math.floor((n - size) / stride) + 1);
      const output = [outputs, side(shape[1]), side(shape[2])];
      const kernel = parameter({ kind: 'kernel', inputs, outputs, size, fanIn: inputs * size * size });
      const y = ops.conv(x, kernel, { size, stride, padding, input: shape, output });
      return [bias ? shifted(y, outputs, true) : y, output];
    }
    case 'conv-transpose': {
      const { filters: outputs, kernel: size, stride } = layer;
      const output = [outputs, shape[1] * stride, shape[2] * stride];
      const fanIn = (inputs * size * size) / stride ** 2;
      const kernel = parameter({ kind: 'transposed-kernel', inputs, outputs, size, fanIn });
      return [shifted(ops.convTranspose(x, kernel, { size, stride, input: shape, output }), outputs, true), output];
    }
    case 'batch-norm': {
      const scale = parameter({ kind: 'scale', outputs: inputs, channels: true });
      const shift = parameter({ kind: 'shift', outputs: inputs, channels: true });
      return [ops.batchNorm(x, scale, shift, inputs), shape];
    }
    case 'activation':
      return [ops.activation(x, layer.function), shape];
    case 'max-pool':
    case 'avg-pool': {
      const { size, stride = size } = layer;
      const side = (n: number) => Math.floor((n - size) / stride) + 1;
      const kind = layer.type === 'max-pool' ? 'max' : 'avg';
      return [ops.pool(x, kind, { size, stride, input: shape }), [inputs, side(shape[1]), side(shape[2])]];
    }
    case 'residual': {
      const { filters, stride = 1 } = layer;
      const conv = (kernel: number, by: number): Layer[] => [
        { type: 'conv', filters, kernel, stride: by, bias: false },
        { type: 'batch-norm' },
      ];
      const shortcut = stride === 1 && filters === inputs ? [] : conv(1, stride);
      const [left, output] = run(
        [...conv(3, stride), { type: 'activation', function: 'relu' }, ...conv(3, 1)],
        [ops.again(x), shape],
      );
      return [ops.activation(ops.add(left, run(shortcut, [x, shape])[0]), 'relu'), output];
    }
    case 'fire': {
      const conv = (filters: number, kernel: number): Layer[] => [
        { type: 'conv', filters, kernel },
        { type: 'activation', function: 'relu' },
      ];
      const [squeezed, small] = run(conv(layer.squeeze, 1), [x, shape]);
      const [one] = run(conv(layer.expand, 1), [ops.again(squeezed), small]);
      const [three] = run(conv(layer.expand, 3), [squeezed, small]);
      return [ops.concatChannels(one, three), [2 * layer.expand, small[1], small[2]]];
    }
    case 'global-avg-pool':
      return [ops.globalAvgPool(x), [inputs]];
    case 'flatten': {
      const flat = [shape.reduce((a, b) => a * b)];
      return [ops.reshape(x, flat), flat];
    }
    case 'reshape':
      return [ops.reshape(x, layer.shape), layer.shape];
    case 'dense': {
      const matrix = parameter({ kind: 'matrix', inputs, outputs: layer.units, fanIn: inputs });
      return [shifted(ops.matmul(x, matrix), layer.units, false), [layer.units]];
    }
  }
}
