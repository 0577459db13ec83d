/** What the measured times say: figures, shares and comparisons. Pure, so that every sentence on the page can be tested. */
import type { DeviceInfo } from '../../engine/types.ts';
import { brief, percent } from '../../ui/format.ts';
import { TASKS, type Task, type TaskId } from './tasks.ts';
import type { Timing } from './timing.ts';

export type Kind = DeviceInfo['kind'];

/** One device, and what it did so far. */
export interface Measured {
  device: DeviceInfo;
  /** GFLOP/s that its arithmetic units could do; of the CPU only. */
  peak: number | null;
  times: Partial<Record<TaskId, Timing>>;
}

export interface Figure {
  task: Task;
  device: DeviceInfo;
  value: number;
  /** Of the slowest and the fastest block; for a duration the other way round. */
  low: number;
  high: number;
  blocks: number;
}

export const deviceName = ({ kind, software }: DeviceInfo): string =>
  kind === 'cpu' ? 'CPU' : software ? 'GPU in software' : 'GPU';

export function figureOf(measured: Measured, id: TaskId): Figure | null {
  const timing = measured.times[id];
  const task = TASKS.find((each) => each.id === id);
  if (!timing || !task) return null;
  const [value, one, other] = [timing.median, timing.low, timing.high].map(task.figure);
  return {
    task,
    device: measured.device,
    value: value!,
    low: Math.min(one!, other!),
    high: Math.max(one!, other!),
    blocks: timing.blocks,
  };
}

export const figuresOf = (all: readonly Measured[]): Figure[] =>
  TASKS.flatMap(({ id }) => all.flatMap((measured) => figureOf(measured, id) ?? []));

const valueOf = (measured: Measured | undefined, id: TaskId): number | null => (measured && figureOf(measured, id)?.value) ?? null;

/** `3.2 times as fast`, `equally fast`. */
export function ratioText(a: number, b: number): string {
  const ratio = a / b;
  return ratio > 0.95 && ratio < 1.05
    ? 'equally fast'
    : `${brief(Number(Math.max(ratio, 1 / ratio).toPrecision(2)))} times as fast`;
}

/** The share of its own limit that a device reaches in its best matrix product; null where one of both is unknown. */
export function share(measured: Measured): number | null {
  const products = [valueOf(measured, 'product'), valueOf(measured, 'large-product')].flatMap((value) => value ?? []);
  return measured.peak && products.length > 0 ? Math.max(...products) / measured.peak : null;
}

/** The device that trains faster, as far as both are known. */
export function faster(all: readonly Measured[]): DeviceInfo | null {
  const rates = all.flatMap((measured) => {
    const rate = valueOf(measured, 'training');
    return rate === null ? [] : [{ rate, device: measured.device }];
  });
  return rates.sort((a, b) => b.rate - a.rate)[0]?.device ?? null;
}

export interface Point {
  title: string;
  text: string;
}

/** Where the difference comes from, with this device's own numbers. What was not measured is left out. */
export function explanation(all: readonly Measured[]): Point[] {
  const [cpu, gpu] = (['cpu', 'gpu'] as const).map((kind) => all.find(({ device }) => device.kind === kind));
  const points: Point[] = [];
  const add = (title: string, text: string) => points.push({ title, text });
  const name = gpu ? deviceName(gpu.device) : 'GPU';

  const reached = cpu && share(cpu);
  if (cpu?.peak && reached)
    add(
      'Limit',
      `The CPU's SIMD unit multiplies and adds four numbers at a time, at most ${brief(cpu.peak)} GFLOP/s in this browser on one core. The matrix product reaches ${percent(reached, 0)} of that; the rest goes into fetching numbers.`,
    );

  const [call, gpuCall] = [valueOf(cpu, 'kernel'), valueOf(gpu, 'kernel')];
  if (call !== null && gpuCall !== null)
    add(
      'Overhead',
      `A training step is a chain of kernels, each waiting for the one before. Calling one takes ${brief(call)} µs on the CPU and ${brief(gpuCall)} µs on the ${name}: a hundred calls cost ${brief(call / 10)} and ${brief(gpuCall / 10)} ms before anything is computed. Small networks feel nothing else.`,
    );
  else if (call !== null)
    add(
      'Overhead',
      `Calling a kernel takes ${brief(call)} µs on the CPU. On a GPU the call has to be written down, sent and started, which takes longer.`,
    );

  const [small, large] = [valueOf(gpu, 'product'), valueOf(gpu, 'large-product')];
  const cpuLarge = valueOf(cpu, 'large-product');
  if (small !== null && large !== null && gpu && !gpu.device.software)
    add(
      'Width',
      `A GPU does thousands of multiplications at once, if there are so many to do: with matrices of 512 it reaches ${brief(small)} GFLOP/s, with 1024 ${brief(large)}.${cpuLarge === null ? '' : ` The CPU does ${brief(cpuLarge)}, large or small: its units are few and always full.`}`,
    );
  else if (small !== null && large !== null)
    add(
      'Width',
      `A real GPU does thousands of multiplications at once. This one is a program that plays a GPU on the CPU's own units and pays for the play: ${brief(large)} GFLOP/s${cpuLarge === null ? '' : `, against ${brief(cpuLarge)} when the CPU is used directly`}.`,
    );

  const [own, theirs] = [valueOf(cpu, 'memory'), valueOf(gpu, 'memory')];
  if (own !== null)
    add(
      'Memory',
      `Activations and optimisers touch every number once and compute hardly anything: they are as fast as memory is. Here ${brief(own)} GB/s on the CPU${theirs === null ? '' : ` and ${brief(theirs)} GB/s on the ${name}`}.`,
    );
  return points;
}

/** What the visitor may do with the result. */
export function verdict(all: readonly Measured[]): string | null {
  const rates = all.flatMap((measured) => {
    const rate = valueOf(measured, 'training');
    return rate === null ? [] : [{ rate, name: deviceName(measured.device) }];
  });
  rates.sort((a, b) => b.rate - a.rate);
  const [first, second] = rates;
  if (!first) return null;
  if (!second) return `The ${first.name} trains this small network at ${brief(first.rate)} steps a second.`;
  return `The ${first.name} trains this small network at ${brief(first.rate)} steps a second, the ${second.name} at ${brief(second.rate)}: ${
    ratioText(first.rate, second.rate) === 'equally fast' ? 'equally fast' : `${ratioText(first.rate, second.rate)}`
  }.`;
}
