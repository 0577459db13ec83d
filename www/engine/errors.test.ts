import { expose, wrap, type Endpoint } from 'comlink';
import { describe, expect, it } from 'vitest';
import { EngineError, throwIfAborted } from './errors.ts';

describe('errors', () => {
  it('keep code, message and layer on their way out of the worker', async () => {
    const { port1, port2 } = new MessageChannel();
    expose(
      {
        build() {
          throw new EngineError('layer', 'layer 2 (conv): the kernel does not fit', 1);
        },
        stumble() {
          throw new TypeError('x is not a function');
        },
      },
      port1 as unknown as Endpoint,
    );
    const remote = wrap<{ build(): void; stumble(): void }>(port2 as unknown as Endpoint);
    const layer = await Promise.resolve(remote.build()).catch((error: unknown) => error);
    expect(layer).toBeInstanceOf(EngineError);
    expect(layer).toMatchObject({ code: 'layer', message: 'layer 2 (conv): the kernel does not fit', layer: 1 });
    await expect(remote.stumble()).rejects.toMatchObject({ code: 'bug', message: 'x is not a function', layer: undefined });
    port1.close();
    port2.close();
  });

  it('say who stopped long work', () => {
    throwIfAborted(undefined);
    throwIfAborted(new AbortController().signal);
    const reason = new Error('enough');
    expect(() => throwIfAborted(AbortSignal.abort(reason))).toThrow(expect.objectContaining({ code: 'cancelled', cause: reason }));
  });
});
