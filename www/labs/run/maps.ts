/** Cutting tensors into pictures. */
import type { Named } from '../../engine/types.ts';

/** The planes of `[C, H, W]`. */
export function mapsOf(data: Float32Array, [channels, height, width]: readonly number[]): Float32Array[] {
  const plane = height * width;
  return Array.from({ length: channels }, (_, channel) => data.subarray(channel * plane, (channel + 1) * plane));
}

/** The `index`th image of a batch of images of `size` numbers. */
export const imageOf = (pixels: Float32Array, index: number, size: number): Float32Array =>
  pixels.subarray(index * size, (index + 1) * size);

/** The weight of a layer itself, not of a part of it: `conv1/weight`. */
export const weightOf = (weights: readonly Named[], layer: string): Named | undefined =>
  weights.find(({ name }) => name === `${layer}/weight` || name === `model/${layer}/weight`);
