import { describe, expect, it } from 'vitest';
import type { DeviceInfo } from '../../engine/types.ts';
import { explanation, faster, figureOf, figuresOf, ratioText, share, verdict, type Measured } from './figures.ts';
import type { TaskId } from './tasks.ts';
import type { Timing } from './timing.ts';

const CPU: DeviceInfo = { kind: 'cpu', name: 'CPU (SIMD128)', software: false, reason: '', rates: null };
const GPU: DeviceInfo = { kind: 'gpu', name: 'a card', software: false, reason: '', rates: null };

const steady = (seconds: number): Timing => ({ median: seconds, low: seconds, high: seconds, blocks: 5, steps: 10 });
const measured = (device: DeviceInfo, times: Partial<Record<TaskId, number>>, peak: number | null = null): Measured => ({
  device,
  peak,
  times: Object.fromEntries(Object.entries(times).map(([id, seconds]) => [id, steady(seconds)])),
});

describe('figures', () => {
  it('count two operations for each multiply–accumulate', () => {
    // 512³ multiply–adds in 10 ms are 26.8 GFLOP/s; a gradient pair is twice the forward pass.
    const { times } = measured(CPU, { product: 0.01, convolution: 0.01, gradients: 0.02 });
    const value = (id: TaskId) => figureOf({ device: CPU, peak: null, times }, id)!.value;
    expect(value('product')).toBeCloseTo(26.8435, 3);
    expect(value('convolution')).toBeCloseTo((2 * 16 * 28 * 28 * 32 * 32 * 9) / 0.01 / 1e9, 6);
    expect(value('gradients')).toBeCloseTo(value('convolution'), 9);
  });

  it('put the slowest block at the low end of a rate and at the high end of a duration', () => {
    const timing: Timing = { median: 2e-3, low: 1e-3, high: 4e-3, blocks: 5, steps: 1 };
    const all: Measured = { device: CPU, peak: null, times: { training: timing, kernel: timing } };
    expect(figureOf(all, 'training')).toMatchObject({ value: 500, low: 250, high: 1000 });
    expect(figureOf(all, 'kernel')).toMatchObject({ value: 40, low: 20, high: 80 });
  });

  it('are listed task by task, device by device, without what was not measured', () => {
    const all = [measured(CPU, { training: 0.02, product: 0.01 }), measured(GPU, { training: 0.01 })];
    expect(figuresOf(all).map(({ task, device }) => `${task.id} ${device.kind}`)).toEqual([
      'product cpu',
      'training cpu',
      'training gpu',
    ]);
  });

  it('the share of the limit is that of the better matrix product', () => {
    const large = (2 * 1024 ** 3) / 45e9;
    expect(share(measured(CPU, { product: 0.01, 'large-product': large }, 50))).toBeCloseTo(0.9, 9);
    expect(share(measured(CPU, { product: 0.01 }))).toBeNull();
    expect(share(measured(CPU, { training: 0.01 }, 50))).toBeNull();
  });
});

describe('comparisons', () => {
  it('say how many times, whichever way round, and do not split hairs', () => {
    expect(ratioText(30, 10)).toBe('3 times as fast');
    expect(ratioText(10, 30)).toBe('3 times as fast');
    expect(ratioText(1.03, 1)).toBe('equally fast');
  });

  it('name the device that trains faster', () => {
    const [slow, fast] = [measured(CPU, { training: 0.02 }), measured(GPU, { training: 0.005 })];
    expect(faster([slow, fast])).toBe(GPU);
    expect(faster([slow])).toBe(CPU);
    expect(faster([measured(CPU, {})])).toBeNull();
    expect(verdict([slow, fast])).toBe('The GPU trains this small network at 200 steps a second, the CPU at 50: 4 times as fast.');
    expect(verdict([slow])).toContain('The CPU trains this small network at 50 steps a second.');
    expect(verdict([])).toBeNull();
  });

  it('explain only what was measured, with its own numbers', () => {
    expect(explanation([])).toEqual([]);
    const times = { product: 0.01, 'large-product': 0.05, memory: 0.002, kernel: 25e-6 } as const;
    const cpu = measured(CPU, times, 50);
    expect(explanation([cpu]).map(({ title }) => title)).toEqual(['Limit', 'Overhead', 'Memory']);
    expect(explanation([cpu])[0]!.text).toContain('86 %');
    const both = explanation([cpu, measured(GPU, { ...times, kernel: 500e-6 })]);
    expect(both.map(({ title }) => title)).toEqual(['Limit', 'Overhead', 'Width', 'Memory']);
    expect(both[1]!.text).toContain('0.5 µs on the CPU and 10 µs on the GPU');
    const software = explanation([cpu, measured({ ...GPU, software: true }, times)]);
    expect(software[2]!.text).toContain('plays a GPU');
  });
});
