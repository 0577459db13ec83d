import { describe, expect, it } from 'vitest';
import { History } from './history.ts';

const metrics = (from: number, to: number, loss: (step: number) => number = () => 1) =>
  Array.from({ length: to - from }, (_, i) => ({ step: from + i + 1, loss: loss(from + i + 1), accuracy: 0.5 }));

describe('the history of a run', () => {
  it('stays bounded, ends at the last steps and keeps the mean', () => {
    const history = new History();
    history.add(metrics(0, 40000, (step) => step % 2));
    expect(history.points.length).toBeLessThanOrEqual(1200);
    expect(history.last?.step).toBeGreaterThan(40000 - 128);
    expect(history.points[100].loss).toBeCloseTo(0.5, 10);
  });

  it('lines training and validation up by step', () => {
    const history = new History();
    history.validation.push({ step: 0, loss: 3, accuracy: 0.1 });
    history.add(metrics(0, 2));
    history.validation.push({ step: 2, loss: 2, accuracy: 0.4 });
    const { x, y } = history.aligned('loss');
    expect(x).toEqual([0, 1, 2]);
    expect(y[0]).toEqual([null, 1, 1]);
    expect(y[2]).toEqual([3, null, 2]);
  });

  it('smooths without a bias at the start and leaves holes where the loss is not finite', () => {
    const history = new History();
    history.add([
      { step: 1, loss: 4, accuracy: 0 },
      { step: 2, loss: NaN, accuracy: 0 },
      { step: 3, loss: 4, accuracy: 0 },
    ]);
    const [measured, smooth] = history.aligned('loss').y;
    expect(measured).toEqual([4, null, 4]);
    expect(smooth[0]).toBeCloseTo(4, 12);
    expect(smooth[1]).toBeNull();
    expect(smooth[2]).toBeCloseTo(4, 12);
  });

  it('forgets what came after a checkpoint', () => {
    const history = new History();
    history.add(metrics(0, 10));
    history.validation.push({ step: 5, loss: 1, accuracy: 1 }, { step: 10, loss: 1, accuracy: 1 });
    history.cut(6);
    expect(history.last?.step).toBe(6);
    expect(history.validation.map(({ step }) => step)).toEqual([5]);
  });
});
