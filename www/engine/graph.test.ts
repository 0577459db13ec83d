import { expect, it } from 'vitest';
import { GraphRecorder } from './graph.ts';

it('numbers values in the order in which the worker makes them, several for one gradient', () => {
  const graph = new GraphRecorder();
  const x = graph.input('x', [4, 3]);
  const w = graph.state('w', [3, 2]);
  const loss = x.matmul(w).sub(1).mean();
  const [dx, dw] = graph.grad(loss, [x, w]);
  graph.update('w', w.sub(dw!.mul(0.5)));
  graph.output('dx', dx!);
  expect(graph.instructions).toEqual([
    { op: 'input', name: 'x', shape: [4, 3], dtype: 'f32' },
    { op: 'state', name: 'w', shape: [3, 2], dtype: 'f32' },
    { op: 'matmul', a: 0, b: 1, transposeA: false, transposeB: false },
    { op: 'fill', value: 1, shape: [] },
    { op: 'binary', function: 'sub', a: 2, b: 3 },
    { op: 'reduce', x: 4, function: 'mean', axes: undefined },
    { op: 'grad', y: 5, wrt: [0, 1] },
    { op: 'fill', value: 0.5, shape: [] },
    { op: 'binary', function: 'mul', a: 7, b: 8 },
    { op: 'binary', function: 'sub', a: 1, b: 9 },
    { op: 'update', name: 'w', x: 10 },
    { op: 'output', name: 'dx', x: 6 },
  ]);
});
