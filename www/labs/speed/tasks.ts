/** What is measured: for each figure the work of one step, counted, and how the engine does it. */
import type { Engine, Program } from '../../engine/client.ts';
import type { Layer } from '../../engine/types.ts';

export type TaskId = 'product' | 'large-product' | 'convolution' | 'gradients' | 'training' | 'memory' | 'kernel';

export interface Task {
  id: TaskId;
  title: string;
  unit: 'GFLOP/s' | 'GB/s' | 'steps/s' | 'µs';
  /** One sentence about the work of one step. */
  text: string;
  /** The figure, from the seconds of one step. */
  figure: (seconds: number) => number;
  /** Carries out so many steps and waits for the last. */
  prepare: (engine: Engine) => Promise<(steps: number) => Promise<unknown>>;
}

/** Images, filters, sides of the convolution. */
const [N, C, SIDE, K] = [16, 32, 28, 3];
const CONVOLUTION = 2 * N * C * SIDE * SIDE * C * K * K;
/** Values of the element-wise operation: 16 MB, more than most caches hold. */
const VALUES = 1 << 22;
/** Kernel calls in a step that computes next to nothing. */
const CALLS = 50;

const gigaflops = (operations: number) => (seconds: number) => operations / seconds / 1e9;
const stepper = (program: Program) => (steps: number) => program.run({}, { steps });

/** Numbers between −1 and 1 that no shortcut can be taken with. */
const values = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i % 9973)));

const product = (size: number) => async (engine: Engine) => {
  const program = await engine.program((g) => {
    const [a, b] = [g.state('a', [size, size]), g.state('b', [size, size])];
    g.output('corner', a.matmul(b).slice([0, 0], [1, 1]));
  });
  for (const name of ['a', 'b']) await program.setState(name, values(size * size));
  return stepper(program);
};

const convolution = (gradients: boolean) => async (engine: Engine) => {
  const program = await engine.program((g) => {
    const x = g.state('x', [N, C, SIDE, SIDE]);
    const w = g.state('w', [C, C, K, K]);
    const y = x.conv2d(w, { padding: 1 });
    // The gradients of Σ y·r in x and in w; y itself is not needed for them.
    const r = g.state('r', [N, C, SIDE, SIDE]);
    const results = gradients ? g.grad(y.mul(r).sum(), [x, w]) : [y];
    results.forEach((result, i) => g.output(String(i), result.slice([0, 0, 0, 0], [1, 1, 1, 1])));
    if (!gradients) g.output('r', r.slice([0, 0, 0, 0], [1, 1, 1, 1]));
  });
  for (const name of ['x', 'r']) await program.setState(name, values(N * C * SIDE * SIDE));
  await program.setState('w', values(C * C * K * K));
  return stepper(program);
};

/** The network of the benchmarks' W1. */
export const LAYERS: Layer[] = [
  { type: 'conv', filters: 16, kernel: 3 },
  { type: 'activation', function: 'relu' },
  { type: 'max-pool', size: 2 },
  { type: 'conv', filters: 32, kernel: 3 },
  { type: 'activation', function: 'relu' },
  { type: 'max-pool', size: 2 },
  { type: 'flatten' },
  { type: 'dense', units: 10 },
];

async function training(engine: Engine) {
  const data = await engine.dataset({ kind: 'strokes', count: 640 });
  const model = await engine.model(LAYERS, { input: data.info.shape });
  const trainer = await model.trainer(data, { batchSize: 64, learningRate: 1e-3 });
  return (steps: number) => trainer.run(steps);
}

async function memory(engine: Engine) {
  const program = await engine.program((g) => {
    const next = g.state('x', [VALUES]).mul(0.999);
    g.update('x', next);
    g.output('first', g.state('one', [1]));
  });
  await program.setState('x', new Float32Array(VALUES).fill(1));
  return stepper(program);
}

async function kernel(engine: Engine) {
  const program = await engine.program((g) => {
    const turn = g.state('turn', [2, 2]);
    let x = g.state('x', [2, 2]);
    for (let i = 0; i < CALLS; i++) x = x.matmul(turn);
    g.update('x', x);
    g.output('x', x);
  });
  // A rotation: however often it is applied, nothing grows.
  await program.setState('turn', [0.6, -0.8, 0.8, 0.6]);
  await program.setState('x', [1, 0, 0, 1]);
  return stepper(program);
}

export const TASKS: readonly Task[] = [
  {
    id: 'product',
    title: 'matrix product',
    unit: 'GFLOP/s',
    text: 'Two matrices of 512×512 numbers, multiplied: 268 million operations.',
    figure: gigaflops(2 * 512 ** 3),
    prepare: product(512),
  },
  {
    id: 'large-product',
    title: 'large matrix product',
    unit: 'GFLOP/s',
    text: 'The same with 1024×1024: eight times the work, four times the numbers.',
    figure: gigaflops(2 * 1024 ** 3),
    prepare: product(1024),
  },
  {
    id: 'convolution',
    title: 'convolution',
    unit: 'GFLOP/s',
    text: 'Sixteen images of 28×28 with 32 channels, 32 filters of 3×3.',
    figure: gigaflops(CONVOLUTION),
    prepare: convolution(false),
  },
  {
    id: 'gradients',
    title: 'its gradients',
    unit: 'GFLOP/s',
    text: 'What training does on the way back: the gradients of that convolution in the images and in the filters.',
    figure: gigaflops(2 * CONVOLUTION),
    prepare: convolution(true),
  },
  {
    id: 'training',
    title: 'training',
    unit: 'steps/s',
    text: 'Steps of Adam for a small network, two convolutions and a dense layer, on 64 images of 28×28.',
    figure: (seconds) => 1 / seconds,
    prepare: training,
  },
  {
    id: 'memory',
    title: 'memory',
    unit: 'GB/s',
    text: 'Four million numbers read, scaled and written back: hardly any arithmetic.',
    figure: (seconds) => (8 * VALUES) / seconds / 1e9,
    prepare: memory,
  },
  {
    id: 'kernel',
    title: 'calling a kernel',
    unit: 'µs',
    text: 'Fifty products of 2×2 matrices, each waiting for the one before. What it takes is the call itself.',
    figure: (seconds) => (seconds * 1e6) / CALLS,
    prepare: kernel,
  },
];
