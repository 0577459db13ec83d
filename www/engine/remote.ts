import type { Connection, Handle } from './connection.ts';
import { EngineError } from './errors.ts';

/** Something that lives in the worker. */
export abstract class Remote {
  readonly #connection: Connection;
  /** Its address in the worker. */
  readonly #handle: Handle;
  #disposed = false;

  constructor(connection: Connection, handle: Handle) {
    this.#connection = connection;
    this.#handle = handle;
  }

  protected call<T>(method: string, ...args: unknown[]): Promise<T> {
    if (this.#disposed) return Promise.reject(new EngineError('disposed', 'this object was disposed of; make a new one'));
    return this.#connection.call<T>(this.#handle, method, args);
  }

  /** For handles as arguments. */
  protected static handleOf(object: Remote): Handle {
    return object.#handle;
  }

  /** Frees its memory in the worker, after the calls that came before. Handles that nobody disposes of live as long as the engine. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#connection.release(this.#handle).catch(() => {}); // with the worker gone, so is this object
  }
}
