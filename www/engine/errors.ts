/**
 * The one error type of the engine, and how it crosses from the worker: Comlink's own handler keeps name and message only, this one
 * also keeps `code` and `layer`. Both sides import this file.
 */

import { transferHandlers } from 'comlink';

/**
 * What a rejected promise of the engine carries. `code` is stable: the codes of the Rust `Error::code` (`shape`, `graph`, `layer`,
 * `option`, `data`, `run`, `device`, `device-lost`, `cancelled`), `bug` for a fault of the engine itself (the worker was started anew,
 * earlier handles are gone) and `disposed` for a call on something that was disposed of.
 */
export class EngineError extends Error {
  readonly code: string;
  /** Index of the offending layer, for `layer` errors. */
  readonly layer: number | undefined;

  constructor(code: string, message: string, layer?: number, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
    this.layer = layer;
  }

  /** Any thrown value as an `EngineError`; what is none already is a bug. */
  static from(thrown: unknown): EngineError {
    if (thrown instanceof EngineError) return thrown;
    return new EngineError('bug', thrown instanceof Error ? thrown.message : String(thrown), undefined, { cause: thrown });
  }
}

/** Rejects long work whose signal was aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new EngineError('cancelled', 'stopped', undefined, { cause: signal.reason });
}

interface Thrown {
  code: string;
  message: string;
  layer: number | undefined;
}

const original = transferHandlers.get('throw');
if (!original) throw new Error('this version of Comlink has no `throw` handler to replace');
transferHandlers.set('throw', {
  canHandle: original.canHandle as (value: unknown) => value is { value: unknown },
  serialize({ value }: { value: unknown }): [Thrown, Transferable[]] {
    const { code, message, layer } = EngineError.from(value);
    return [{ code, message, layer }, []];
  },
  deserialize({ code, message, layer }: Thrown): never {
    throw new EngineError(code, message, layer);
  },
});
