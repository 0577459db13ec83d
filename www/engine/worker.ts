/**
 * The worker: loads the wasm engine and carries out calls, one after another, on the objects that live in it. It knows no method by
 * name: `client.ts` has the types, `src/wasm` the implementation.
 */

import { expose, transfer } from 'comlink';
import type { Handle, Host, Notice } from './connection.ts';
import { EngineError } from './errors.ts';
import type { DeviceChoice, DeviceInfo, EngineModule } from './types.ts';

/** An object of one of the classes in `src/wasm`. */
interface WasmObject {
  free(): void;
}

const load = {
  full: () => import('../pkg/vitrine.js'),
  small: () => import('../pkg-small/vitrine.js'),
};

const objects = new Map<number, WasmObject>();
let handles = 0;
let queue: Promise<unknown> = Promise.resolve();

function notify(notice: Notice): void {
  postMessage(notice);
}

/** After a panic the wasm instance is unusable and promises may never settle: the client ends this worker and starts another. */
function crashed(message: string): void {
  notify({ notice: 'crashed', message });
}
addEventListener('unhandledrejection', ({ reason }) => crashed(reason instanceof Error ? reason.message : String(reason)));

/** One call at a time, in order, whatever became of those before. */
function enqueue<T>(work: () => Promise<T>): Promise<T> {
  const result = queue.then(work);
  queue = result.catch(() => {});
  return result;
}

function isWasmObject(value: unknown): value is WasmObject {
  return typeof value === 'object' && value !== null && 'free' in value && typeof value.free === 'function';
}

function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && 'handle' in value;
}

function find({ handle }: Handle): WasmObject {
  const object = objects.get(handle);
  if (!object) throw new EngineError('disposed', 'this object was disposed of; make a new one');
  return object;
}

/** Objects stay here and leave as handles; arrays leave without being copied again. */
function leave(value: unknown): unknown {
  if (isWasmObject(value)) {
    objects.set(++handles, value);
    return { handle: handles };
  }
  return typeof value === 'object' && value !== null ? transfer(value, buffers(value)) : value;
}

function buffers(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(buffers) : [];
}

/**
 * A trap of the wasm machine is a bug. Errors of the Rust side are plain objects with a code; what else comes out of a call is the
 * complaint of the generated glue about an argument's type.
 */
function translate(thrown: unknown): never {
  if (thrown instanceof EngineError) throw thrown;
  if (thrown instanceof WebAssembly.RuntimeError) {
    crashed(thrown.message);
    throw EngineError.from(thrown);
  }
  const { code = 'option', message = String(thrown), layer } = thrown as Partial<EngineError>;
  throw new EngineError(code, message, layer);
}

const host: Host = {
  start(device: DeviceChoice, module: EngineModule) {
    return enqueue(async () => {
      const { default: init, Engine } = await load[module]();
      await init();
      const engine = await Engine.create(device, (info: DeviceInfo) => notify({ notice: 'device', info }), crashed);
      return leave(engine) as Handle;
    }).catch(translate);
  },
  call(target, method, args) {
    return enqueue(async () => {
      const object = find({ handle: target }) as unknown as Record<string, (...args: unknown[]) => unknown>;
      if (!object[method]) throw new EngineError('option', `the small engine has no \`${method}\`; create it with module 'full'`);
      const result = await object[method](...args.map((arg) => (isHandle(arg) ? find(arg) : arg)));
      return leave(result);
    }).catch(translate);
  },
  release(target) {
    return enqueue(async () => {
      objects.get(target)?.free();
      objects.delete(target);
    });
  },
};
expose(host);
