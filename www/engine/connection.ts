/**
 * The wire between page and worker: one `call` by Comlink, addressed to an object that lives in the worker, and three kinds of
 * unasked message. A worker that dies rejects everything that was waiting for it instead of leaving it hanging.
 */

import { wrap, type Remote } from 'comlink';
import { EngineError } from './errors.ts';
import type { DeviceChoice, DeviceInfo, EngineModule } from './types.ts';
import workerUrl from './worker.ts?worker&url';

/** An object that lives in the worker, as it appears in arguments and results. */
export interface Handle {
  handle: number;
}

/** What the worker offers; `worker.ts` implements it. */
export interface Host {
  /** Loads the engine; the handle is the engine itself. */
  start(device: DeviceChoice, module: EngineModule): Promise<Handle>;
  /** Calls `method` of the object behind `target`. Calls are carried out one after another, in the order in which they came. */
  call(target: number, method: string, args: unknown[]): Promise<unknown>;
  /** Frees the object behind `target` after the calls that came before. */
  release(target: number): Promise<void>;
}

/** What the worker says unasked. */
export type Notice = { notice: 'device'; info: DeviceInfo } | { notice: 'crashed'; message: string };

/** One worker from its start to its end. */
export class Connection {
  readonly #worker: Worker;
  readonly #host: Remote<Host>;
  /** Rejects when the worker is gone, for whatever reason. */
  readonly #gone: Promise<never>;
  #reject!: (error: EngineError) => void;
  #closed = false;

  constructor(onDevice: (info: DeviceInfo) => void, onCrash: (error: EngineError) => void) {
    this.#gone = new Promise((_, reject) => (this.#reject = reject));
    this.#gone.catch(() => {});
    const crashed = (message: string): void => {
      if (this.#closed) return;
      const error = new EngineError('bug', `the engine met a bug and was started anew: ${message}`);
      this.close(error);
      onCrash(error);
    };
    this.#worker = startWorker();
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Partial<Notice>>) => {
      if (data.notice === 'device' && data.info) onDevice(data.info);
      if (data.notice === 'crashed') crashed(data.message ?? '');
    });
    this.#worker.addEventListener('error', (event) => crashed(event.message || 'the worker could not be loaded'));
    this.#host = wrap<Host>(this.#worker);
  }

  start(device: DeviceChoice, module: EngineModule): Promise<Handle> {
    return this.#untilGone(this.#host.start(device, module));
  }

  call<T>(target: Handle, method: string, args: unknown[]): Promise<T> {
    return this.#untilGone(this.#host.call(target.handle, method, args) as Promise<T>);
  }

  release(target: Handle): Promise<void> {
    return this.#untilGone(this.#host.release(target.handle));
  }

  /** Ends the worker; whatever waits for it is rejected with `error`. */
  close(error: EngineError): void {
    this.#closed = true;
    this.#worker.terminate();
    this.#reject(error);
  }

  async #untilGone<T>(answer: Promise<T>): Promise<T> {
    try {
      return await Promise.race([answer, this.#gone]);
    } catch (thrown) {
      throw EngineError.from(thrown);
    }
  }
}

/** A worker script must come from the page's own origin; a course page that embeds the element loads it through a local one-liner. */
function startWorker(): Worker {
  const url = new URL(workerUrl, import.meta.url);
  if (url.origin === location.origin) return new Worker(url, { type: 'module', name: 'vitrine' });
  const local = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' }));
  return new Worker(local, { type: 'module', name: 'vitrine' });
}
