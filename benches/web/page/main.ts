/** One page per library and back end, so that each starts cold and a stuck one can be closed; `../bench.mjs` calls them in turns. */

import { WORKLOADS, type Workload } from './workloads/index.ts';
import { POINTS, multiplications } from './workloads/scaling.ts';
import type { Run, Tasks } from './libraries/library.ts';

const LIBRARIES: Record<string, () => Promise<{ start(backend: never): Promise<Tasks> }>> = {
  vitrine: () => import('./libraries/vitrine.ts'),
  tensorflow: () => import('./libraries/tensorflow.ts'),
  jax: () => import('./libraries/jax.ts'),
  convnet: () => import('./libraries/convnet.ts'),
};

export interface Started {
  /** Of the first step. */
  result: number;
  /** From navigation to the end of the first step, ms. */
  sinceNavigation: number;
  /** Multiplications and additions of a step, where it is a matrix product. */
  operations?: number;
}

declare global {
  interface Window {
    /** The points at which `../scaling.mjs` measures, without their workloads. */
    points: { name: string; sweep: string; value: number; multiplications: number }[];
    /** Loads a library and does the first step of a workload or point; null where it cannot do such a task. */
    prepare(library: string, backend: string, name: string): Promise<Started | null>;
    /** Does so many steps of the workload that was prepared, `runs` times, each with its result. */
    measure(steps: number, runs?: number): Promise<{ milliseconds: number; result: number }>;
    /** GFLOP/s that one core's SIMD unit can do, by the library that was prepared; null where it cannot tell. */
    peak(): Promise<number | null>;
  }
}

const nameOf = ({ sweep, value }: { sweep: string; value: number }) => `${sweep} ${value}`;
const points = Object.fromEntries(POINTS.map((point) => [nameOf(point), point.workload]));
const workloads: Record<string, Workload> = { ...WORKLOADS, ...points };

window.points = POINTS.map(({ sweep, value, workload }) => ({
  name: nameOf({ sweep, value }),
  sweep,
  value,
  multiplications: multiplications(workload),
}));

let run: Run;
let tasks: Tasks;

window.prepare = async (library, backend, name) => {
  const { start } = await LIBRARIES[library]();
  tasks = await start(backend as never);
  const workload = workloads[name];
  const task = tasks[workload.task] as ((workload: never) => Run | Promise<Run>) | undefined;
  if (!task) return null;
  run = await task(workload as never);
  const result = await run(1);
  const sinceNavigation = performance.now();
  return workload.task === 'matrix-product'
    ? { result, sinceNavigation, operations: 2 * workload.size ** 3 }
    : { result, sinceNavigation };
};

window.peak = async () => (await tasks.peak?.()) ?? null;

window.measure = async (steps, runs = 1) => {
  const start = performance.now();
  let result = NaN;
  for (let i = 0; i < runs; i++) result = await run(steps);
  return { milliseconds: performance.now() - start, result };
};
