/** Seeded data, the same for every library. */

import type { Parameter, Shape } from './network.ts';

/** Mulberry32: uniform in [0, 1). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `count` standard normal numbers, by Box–Muller. */
export function normal(count: number, seed: number): Float32Array {
  const random = uniform(seed);
  return Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random()));
}

/** Initial values of a parameter with so many elements, in whatever order its library stores them. */
export function initial(parameter: Parameter, count: number, seed: number): Float32Array {
  if (!('fanIn' in parameter)) return new Float32Array(count).fill(parameter.kind === 'scale' ? 1 : 0);
  const deviation = Math.sqrt(2 / parameter.fanIn);
  return normal(count, seed).map((value) => value * deviation);
}

/** `count` images [count,C,H,W] with pixels in 0…1, and their labels: a blurred spot per class, plus noise, so that a loss can fall. */
export function images(
  count: number,
  [channels, height, width]: Shape,
  classes: number,
): { pixels: Float32Array; labels: Uint32Array } {
  const random = uniform(1);
  const size = channels * height * width;
  const spots = Array.from({ length: classes }, () => {
    const [x, y, s] = [width * (0.2 + 0.6 * random()), height * (0.2 + 0.6 * random()), (width / 14) * (1 + 2 * random())];
    return Float32Array.from({ length: size }, (_, i) => {
      const [column, row] = [i % width, Math.floor(i / width) % height];
      return Math.exp(-((column - x) ** 2 + (row - y) ** 2) / (2 * s * s));
    });
  });
  const pixels = new Float32Array(count * size);
  const labels = Uint32Array.from({ length: count }, () => Math.floor(random() * classes));
  labels.forEach((label, n) => {
    for (let i = 0; i < size; i++) pixels[n * size + i] = Math.min(1, spots[label][i] * (0.7 + 0.3 * random()) + 0.1 * random());
  });
  return { pixels, labels };
}

/** `count` points of eight Gaussians on a circle of radius 2, [count,2]. */
export function ring(count: number): Float32Array {
  const random = uniform(2);
  const noise = normal(2 * count, 3);
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const angle = (Math.floor(random() * 8) * Math.PI) / 4;
    points[2 * i] = 2 * Math.cos(angle) + 0.05 * noise[2 * i];
    points[2 * i + 1] = 2 * Math.sin(angle) + 0.05 * noise[2 * i + 1];
  }
  return points;
}

/** [n,classes], 1 at the label. */
export function oneHot(labels: Uint32Array, classes: number): Float32Array {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => (rows[i * classes + label] = 1));
  return rows;
}

/** `values`, which hold `rows` rows, in batches of `batch` rows. */
export function batches(values: Float32Array, rows: number, batch: number): Float32Array[] {
  const size = (values.length / rows) * batch;
  return Array.from({ length: rows / batch }, (_, i) => values.subarray(i * size, (i + 1) * size));
}
