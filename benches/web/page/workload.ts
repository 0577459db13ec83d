/**
 * Workload W1, a small CNN's training step: [64,1,28,28] → conv 3×3×16 same, ReLU, max-pool 2 → conv 3×3×32 same, ReLU, max-pool 2 →
 * dense 10, softmax cross-entropy, Adam at 1e-3. The images are seeded: a blurred spot per class, plus noise, so that the loss can fall.
 */

export const BATCH = 64;
export const BATCHES = 8;
export const SIDE = 28;
export const CLASSES = 10;
export const LEARNING_RATE = 1e-3;

/** A network under measurement. One call of `run` does so many steps and reads the last loss back. */
export interface Contestant {
  name: string;
  run(steps: number): Promise<number>;
}

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

/** `count` images [count,1,28,28] with pixels in 0…1, and their labels. */
export function images(count: number, seed = 1): { pixels: Float32Array; labels: Uint32Array } {
  const random = uniform(seed);
  const size = SIDE * SIDE;
  const spots = Array.from({ length: CLASSES }, () => {
    const [x, y, s] = [6 + random() * 16, 6 + random() * 16, 2 + random() * 4];
    return Float32Array.from({ length: size }, (_, i) =>
      Math.exp(-(((i % SIDE) - x) ** 2 + (Math.floor(i / SIDE) - y) ** 2) / (2 * s * s)),
    );
  });
  const pixels = new Float32Array(count * size);
  const labels = new Uint32Array(count);
  for (let n = 0; n < count; n++) {
    const label = Math.floor(random() * CLASSES);
    labels[n] = label;
    for (let i = 0; i < size; i++) {
      const value = spots[label][i] * (0.7 + 0.3 * random()) + 0.1 * random();
      pixels[n * size + i] = Math.min(1, Math.max(0, value));
    }
  }
  return { pixels, labels };
}
