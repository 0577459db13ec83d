import { expect, test } from 'vitest';
import type { RunState } from '../../ui/transport.ts';
import { Experiment, type LabSettings } from './experiment.ts';

/** Counts its steps, and nothing else. */
class Counter extends Experiment<LabSettings> {
  blocks: number[] = [];
  /** Steps after which it ends by itself. */
  end = Infinity;

  protected override make(): Promise<void> {
    return Promise.resolve();
  }

  override update(): Promise<void> {
    return Promise.resolve();
  }

  override act(): void {}

  /** There are no frames here in which to show it. */
  override changed(): void {}

  override get run(): RunState {
    throw new Error('not shown');
  }

  get steps(): number {
    return this.blocks.reduce((a, b) => a + b, 0);
  }

  async count(steps: number, after: () => void = () => {}): Promise<number[]> {
    this.playing = true;
    const take = async (most: number) => {
      if (this.steps >= this.end) return 0;
      this.blocks.push(most);
      return most;
    };
    await this.inBlocks(steps, 1e6, take, async () => after());
    return this.blocks;
  }
}

const counter = () => new Counter({ v: 1, seed: 1 });

test('blocks that take less time than they may grow twofold, and the last one has what is left', async () => {
  const blocks = await counter().count(700);
  expect(blocks).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 200, 200, 45]);
});

test('a run ends when it is paused, and when no step was taken', async () => {
  const paused = counter();
  expect(await paused.count(700, () => (paused.playing = paused.steps < 3))).toEqual([1, 2]);
  const ended = counter();
  ended.end = 7;
  expect(await ended.count(Infinity)).toEqual([1, 2, 4]);
});

test('at a slow speed steps come one by one', async () => {
  const slow = counter();
  slow.speed = 'brisk';
  expect(await slow.count(3)).toEqual([1, 1, 1]);
  expect(slow.rate).toBeGreaterThan(0);
});
