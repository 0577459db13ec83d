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
  masks: true,
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

describe('model.measure', () => {
  const REPORT = { rows: [], summary: [], tests: [], curves: [] };

  async function prepare() {
    worker.answer = (method, args) => {
      const count = (args[1] as ArrayLike<number> | undefined)?.length ?? 0;
      switch (method) {
        case 'info':
          return INFO;
        case 'images':
          return { pixels: new Float32Array(4 * count), labels: args[1] };
        case 'masks':
          return new Float32Array(4 * count);
        case 'report':
          return REPORT;
        default:
          return { handle: 2 };
      }
    };
    const engine = await Engine.create();
    const data = await engine.dataset({ kind: 'rooms' });
    const model = await engine.model([{ type: 'dense', units: 2 }], { input: [1, 2, 2] });
    return { data, model };
  }

  const measured = () => worker.calls.filter(([method]) => method === 'run').map(([, args]) => args);

  it('measures image by image, at most the whole split', async () => {
    const { data, model } = await prepare();
    const seen: number[] = [];
    const options = { methods: ['saliency' as const], images: 1000, seed: 3 };
    expect(await model.measure(data, { ...options, onProgress: ({ done }) => seen.push(done) })).toBe(REPORT);
    expect(worker.calls.find(([method]) => method === 'measurement')?.[1]).toEqual([{ methods: ['saliency'], seed: 3 }]);
    expect(measured().map(([, labels]) => (labels as Uint32Array)[0])).toEqual(Array.from({ length: 150 }, (_, i) => i));
    expect(seen.at(-1)).toBe(150);
  });

  it('takes chosen images, or own ones with masks', async () => {
    const { data, model } = await prepare();
    await model.measure(data, { methods: ['saliency'], images: [7, 3] });
    expect(measured().map(([, labels]) => (labels as Uint32Array)[0])).toEqual([7, 3]);
    worker.calls.length = 0;
    const images = Float32Array.from({ length: 8 }, (_, i) => i / 8);
    await model.measure({ images, labels: Uint32Array.of(1, 0), masks: images }, { methods: ['saliency'] });
    expect(measured()).toEqual([
      [images.slice(0, 4), Uint32Array.of(1), images.slice(0, 4)],
      [images.slice(4), Uint32Array.of(0), images.slice(4)],
    ]);
  });

  it('stops between two images when its signal is aborted', async () => {
    const { data, model } = await prepare();
    const controller = new AbortController();
    const run = model.measure(data, { methods: ['saliency'], signal: controller.signal, onProgress: () => controller.abort() });
    await expect(run).resolves.toEqual(REPORT);
    expect(measured()).toHaveLength(1);
  });

  it('has nothing to report where it is stopped before the first image', async () => {
    const { model, data } = await prepare();
    const run = model.measure(data, { methods: ['saliency'], signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(measured()).toHaveLength(0);
  });
});

describe('model.explain', () => {
  /** Maps and classes that tell which images they are of, by their first pixel. */
  function explaining(method: string, args: unknown[]): unknown {
    if (method === 'input') return [1, 2, 2];
    if (method === 'explainMethods') return ['saliency', 'lime'].map((id) => ({ id, versions: id === 'lime' }));
    if (method !== 'explain') return { handle: 2 };
    const [, images, classes] = args as [string, Float32Array, Uint32Array | undefined];
    const count = images.length / 4;
    return {
      maps: images,
      classes: classes ?? new Uint32Array(count),
      note: images[0] === 16 ? 'zero' : null,
      details: Array.from({ length: count }, (_, i) => ({ score: images[4 * i] })),
      cost: { forward: count, backward: 2 * count, milliseconds: 10 * count, bytes: 1000 - count },
    };
  }

  async function prepare() {
    worker.answer = explaining;
    const engine = await Engine.create();
    return engine.model([{ type: 'dense', units: 2 }], { input: [1, 2, 2] });
  }

  const images = Float32Array.from({ length: 4 * 20 }, (_, i) => Math.floor(i / 4));

  it('asks once, with the settings and the classes', async () => {
    const model = await prepare();
    await model.explain('lime', images, { classes: Array(20).fill(1), segments: 9 });
    const asked = worker.calls.filter(([method]) => method === 'explain').map(([, args]) => args);
    expect(asked).toEqual([['lime', images, new Uint32Array(20).fill(1), { segments: 9 }]]);
  });

  it('goes through the images in pieces where somebody listens, and joins them', async () => {
    const model = await prepare();
    const heard: number[] = [];
    const classes = Array.from({ length: 20 }, (_, i) => i);
    const found = await model.explain('saliency', images, { classes, onProgress: ({ done }) => heard.push(done) });
    expect(heard).toEqual([16, 20]);
    expect(found.maps).toEqual(images);
    expect(found.classes).toEqual(Uint32Array.from(classes));
    expect(found.details.map(({ score }) => score)).toEqual(classes);
    expect(found.note).toBe('zero');
    expect(found.cost).toEqual({ forward: 20, backward: 40, milliseconds: 200, bytes: 996 });
  });

  it('goes image by image where one image takes many passes', async () => {
    const model = await prepare();
    const heard: number[] = [];
    await model.explain('lime', images.slice(0, 12), { onProgress: ({ done }) => heard.push(done) });
    expect(heard).toEqual([1, 2, 3]);
  });

  it('stops between two pieces when its signal is aborted', async () => {
    const model = await prepare();
    const controller = new AbortController();
    const run = model.explain('saliency', images, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(worker.calls.filter(([method]) => method === 'explain')).toHaveLength(1);
  });

  it('leaves it to the engine to say what is wrong with the images', async () => {
    const model = await prepare();
    await model.explain('saliency', images.slice(1), { onProgress: () => {} });
    const asked = worker.calls.filter(([method]) => method === 'explain').map(([, args]) => (args[1] as Float32Array).length);
    expect(asked).toEqual([79]);
  });
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
