/** What a library's adapter offers to the benchmark. */

import type { Task, Workload } from '../workloads/index.ts';

/** Does so many steps, reads the last result back, and returns one number of it: the loss where there is one. */
export type Run = (steps: number) => Promise<number>;

/** How each kind of task is set up; a kind that is missing is one that the library cannot do. */
export type Tasks = { [T in Task]?: (workload: Extract<Workload, { task: T }>) => Run | Promise<Run> } & {
  /** GFLOP/s that one core's SIMD unit can do here, where the library can tell. */
  peak?: () => Promise<number>;
};
