import { expect, it } from 'vitest';
import { Remaker } from './remake.ts';

it('carries out one change at a time, and of those that wait the deepest', async () => {
  const done: string[] = [];
  let open = 0;
  const remaker = new Remaker<'nothing' | 'rate' | 'run' | 'data'>(['nothing', 'rate', 'run', 'data'], async (depth) => {
    open += 1;
    expect(open).toBe(1);
    await Promise.resolve();
    done.push(depth);
    open -= 1;
  });
  await Promise.all([remaker.ask('rate'), remaker.ask('data'), remaker.ask('run'), remaker.ask('nothing')]);
  expect(done).toEqual(['rate', 'data']);
  await remaker.ask('nothing');
  expect(done).toHaveLength(2);
});
