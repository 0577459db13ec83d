/** LIME's segments as switches: what the network sees when some are off, and what the linear model predicts for it. */
import type { ExplainDetails } from '../../engine/types.ts';

export type Surrogate = NonNullable<ExplainDetails['surrogate']>;

/** `image` with every pixel of a segment in `off` as in `baseline`; both `[C, H, W]`. */
export function masked(image: Float32Array, segments: Uint32Array, off: ReadonlySet<number>, baseline: Float32Array): Float32Array {
  const plane = segments.length;
  return image.map((value, i) => (off.has(segments[i % plane]) ? baseline[i] : value));
}

/** S_c as the linear model has it: its intercept and the weights of the segments that are on. */
export const predicted = ({ weights, intercept }: Surrogate, off: ReadonlySet<number>): number =>
  weights.reduce((sum, weight, segment) => (off.has(segment) ? sum : sum + weight), intercept);

/** Segments by the strength of their weights, the strongest first. */
export const strongest = ({ weights }: Surrogate): number[] =>
  Array.from({ length: weights.length }, (_, i) => i).sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]));
