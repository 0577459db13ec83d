/** Noise to look at. What training uses is the engine's own. */

/** `pixels` with normal noise of deviation `sigma`, cut to 0…1; the same for the same seed. */
export function noisy(pixels: Float32Array, sigma: number, seed: number): Float32Array {
  const random = uniform(seed);
  return pixels.map((value) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.min(Math.max(value + sigma * normal, 0), 1);
  });
}

/** Numbers in 0…1 (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
