/** Families of training steps in which one quantity grows: how Vitrine's cost follows the work. */

import { W1 } from './w1-cnn.ts';
import type { Classify } from './index.ts';
import { forward, type Layer, type Operations } from './network.ts';

export interface Point {
  /** What grows: `batch`, `width`, `depth`, `image`; `overhead` is a step that computes next to nothing. */
  sweep: string;
  value: number;
  workload: Classify;
}

const square = (side: number) => [1, side, side];
const w1 = (change: Partial<Classify>): Classify => ({ ...W1, ...change });
const sweep = (name: string, values: number[], workload: (value: number) => Classify): Point[] =>
  values.map((value) => ({ sweep: name, value, workload: workload(value) }));

const widened = (factor: number): Layer[] =>
  W1.network.map((layer) => (layer.type === 'conv' ? { ...layer, filters: layer.filters * factor } : layer));

/** So many layers with weights: 3×3 convolutions of 16 filters, and one dense layer. */
const stacked = (depth: number): Layer[] => [
  ...Array.from({ length: depth - 1 }, (): Layer[] => [
    { type: 'conv', filters: 16, kernel: 3 },
    { type: 'activation', function: 'relu' },
  ]).flat(),
  { type: 'global-avg-pool' },
  { type: 'dense', units: 10 },
];

const single: Layer[] = [{ type: 'flatten' }, { type: 'dense', units: 2 }];

export const POINTS: Point[] = [
  ...sweep('batch', [1, 2, 4, 8, 16, 32, 64, 128, 256, 512], (batch) => w1({ batch })),
  ...sweep('width', [1, 2, 3, 4, 6, 8], (factor) => w1({ network: widened(factor) })),
  ...sweep('depth', [2, 4, 8, 14, 20, 32, 44, 56], (depth) => w1({ batch: 16, input: square(16), network: stacked(depth) })),
  ...sweep('image', [8, 16, 28, 48, 64, 96, 128], (side) => w1({ batch: 16, input: square(side) })),
  ...sweep('overhead', [1], () => w1({ batch: 1, input: square(1), classes: 2, network: single })),
];

/** Multiply–accumulates of the matrix products and convolutions of one step: forward, and as many for each of the two gradients. */
export function multiplications({ network, input, batch }: Classify): number {
  let count = 0;
  const counting = new Proxy({} as Operations<null>, {
    get: (_, operation) => (_x: null, _w: null, how: { size: number; input: number[]; output: number[] }) => {
      if (operation === 'conv') count += how.size ** 2 * how.input[0] * how.output.reduce((a, b) => a * b);
      return null;
    },
  });
  forward(network, input, null, counting, (parameter) => {
    if (parameter.kind === 'matrix') count += parameter.inputs * parameter.outputs;
    return null;
  });
  return 3 * batch * count;
}
