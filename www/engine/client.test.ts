import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Handle } from './connection.ts';
import { Engine, EngineError } from './client.ts';

/** A worker that answers from a script and remembers what it was asked. */
const worker = vi.hoisted(() => ({
  calls: [] as [string, unknown[]][],
  answer: (_method: string, _args: unknown[]): unknown => undefined,
  crash: (_error: Error): void => {},
  started: 0,
}));

vi.mock('./connection.ts', () => ({
  Connection: class {
    constructor(_onDevice: unknown, onCrash: (error: Error) => void) {
      worker.crash = onCrash;
    }
    async start(): Promise<Handle> {
      worker.started++;
      return { handle: 1 };
    }
    async call(_target: Handle, method: string, args: unknown[]): Promise<unknown> {
      worker.calls.push([method, args]);
      return worker.answer(method, args);
    }
    async release(): Promise<void> {}
    close(): void {}
  },
}));

const INFO = {
  title: 'Own images',
  source: '',
  shape: [1, 2, 2],
  classes: ['0', '1'],
  train: 80,
  validation: 150,
  mean: [0],
  std: [1],
};

/** A trainer that moves by what it is told, ten steps an epoch. */
function training(divergesAt = Infinity): (method: string, args: unknown[]) => unknown {
  let step = 0;
  return (method, args) => {
    switch (method) {
      case 'info':
        return INFO;
      case 'position':
        return { step, stepsPerEpoch: 10 };
      case 'run': {
        const steps = Math.min(args[0] as number, divergesAt - step);
        step += steps;
        const metrics = Array.from({ length: steps }, (_, i) => ({ step: step - steps + i + 1, loss: 1, accuracy: 0 }));
        return { metrics, stepsDone: steps, divergence: step >= divergesAt ? { step } : null };
      }
      default:
        return { handle: 2 };
    }
  };
}

beforeEach(() => {
  worker.calls.length = 0;
  worker.started = 0;
});

describe('model.train', () => {
  async function prepare() {
    const engine = await Engine.create();
    const data = await engine.dataset({ kind: 'digits' });
    const model = await engine.model([{ type: 'dense', units: 2 }], { input: [1, 2, 2] });
    return { data, model };
  }

  it('goes through all epochs and reports each block once', async () => {
    worker.answer = training();
    const { data, model } = await prepare();
    const seen: number[] = [];
    const result = await model.train(data, { epochs: 2.5, learningRate: 0.1, onProgress: ({ step }) => seen.push(step) });
    expect(seen).toEqual([10, 20, 25]);
    expect(result.metrics.map(({ step }) => step)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
    expect(result.trainer.epoch).toBe(2);
    expect(worker.calls.find(([method]) => method === 'trainer')?.[1]).toEqual([{ handle: 2 }, { learningRate: 0.1 }]);
  });

  it('stops where the loss diverges', async () => {
    worker.answer = training(13);
    const { data, model } = await prepare();
    const result = await model.train(data, { epochs: 5 });
    expect(result.divergence).toEqual({ step: 13 });
    expect(result.trainer.step).toBe(13);
  });

  it('stops between two blocks when its signal is aborted', async () => {
    worker.answer = training();
    const { data, model } = await prepare();
    const controller = new AbortController();
    const run = model.train(data, { epochs: 100, signal: controller.signal, onProgress: () => controller.abort() });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(worker.calls.filter(([method]) => method === 'run')).toHaveLength(1);
  });
});

it('model.robustness covers the split in pieces and weighs each by its size', async () => {
  worker.answer = (method, args) => {
    if (method === 'info') return INFO;
    if (method !== 'robustness') return { handle: 2 };
    const [, , start, end] = args as [Handle, string, number, number];
    return Float32Array.of(1, start === 128 ? 0.5 : (end - start) / 128);
  };
  const engine = await Engine.create();
  const data = await engine.dataset({ kind: 'digits' });
  const model = await engine.model([{ type: 'dense', units: 2 }], { input: [1, 2, 2] });
  const progress: number[] = [];
  const accuracies = await model.robustness(data, {
    method: 'fgsm',
    norm: 'linf',
    epsilons: [0, 0.25],
    onProgress: ({ done, of }) => progress.push(done / of),
  });
  expect(accuracies).toEqual([1, (32 + 32 + 11) / 150]);
  const pieces = worker.calls.filter(([method]) => method === 'robustness').map(([, [, , start, end]]) => [start, end]);
  expect(pieces).toEqual([
    [0, 64],
    [64, 128],
    [128, 150],
  ]);
  expect(progress).toEqual([64 / 150, 128 / 150, 1]);
});

it('a disposed object answers with an error and asks nothing of the worker', async () => {
  worker.answer = training();
  const engine = await Engine.create();
  const data = await engine.dataset({ kind: 'digits' });
  await data.dispose();
  worker.calls.length = 0;
  await expect(data.images('train', [0])).rejects.toMatchObject({ code: 'disposed' });
  expect(worker.calls).toEqual([]);
});

it('a bug brings a fresh worker and is told once', async () => {
  worker.answer = training();
  const engine = await Engine.create();
  const told: EngineError[] = [];
  engine.onRestart((error) => told.push(error));
  const bug = new EngineError('bug', 'index out of bounds');
  worker.crash(bug);
  await vi.waitFor(() => expect(told).toEqual([bug]));
  expect(worker.started).toBe(2);
});
