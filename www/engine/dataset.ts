import type { Connection, Handle } from './connection.ts';
import { Remote } from './remote.ts';
import type { DatasetInfo, Split } from './types.ts';

/** Images and their labels as plain arrays. */
export interface LabelledImages {
  /** `[n, C, H, W]`, 0…1. */
  images: Float32Array;
  labels: Uint32Array;
}

/** Images whose object is known. */
export interface MaskedImages extends LabelledImages {
  /** `[n, H, W]`, the share of each pixel that the object covers, 0…1. */
  masks: Float32Array;
}

export interface DatasetOptions {
  /** For `arrays`: part of each class held out for validation, 0 ≤ f < 1. 0.2. Other sources come with a validation part. */
  validationFraction?: number;
  /** What is drawn (`rooms`, `strokes`) or held out (`arrays`, `files` without a test part). 0. */
  seed?: number;
}

/** A data set in the worker, split for training and validation. Made by `engine.dataset`. */
export class Dataset extends Remote {
  readonly info: DatasetInfo;

  /** @internal */
  constructor(connection: Connection, handle: Handle, info: DatasetInfo) {
    super(connection, handle);
    this.info = info;
  }

  /** The images of `split` at `indices`. */
  images(split: Split, indices: Uint32Array | number[]): Promise<{ pixels: Float32Array; labels: Uint32Array }> {
    return this.call('images', split, Uint32Array.from(indices));
  }

  /** Where the object is in these images, `[n, H, W]`: the share of each pixel that it covers, 0…1. Only where `info.masks`. */
  masks(split: Split, indices: Uint32Array | number[]): Promise<Float32Array> {
    return this.call('masks', split, Uint32Array.from(indices));
  }
}

/** Images of `split`, the first `chosen` or those at `chosen`, with their masks. */
export async function masked(data: Dataset, split: Split, chosen: number | readonly number[]): Promise<MaskedImages> {
  const first = (count: number) => Array.from({ length: Math.min(count, data.info[split]) }, (_, i) => i);
  const indices = typeof chosen === 'number' ? first(chosen) : [...chosen];
  const { pixels, labels } = await data.images(split, indices);
  return { images: pixels, labels, masks: await data.masks(split, indices) };
}
