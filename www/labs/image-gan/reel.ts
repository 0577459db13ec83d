/**
 * The sheet over time: what G made of the same noise at some steps, in bounded memory. When there are too many frames every second one is
 * dropped, and from then on only every second one is kept.
 */

export interface Shot {
  step: number;
  /** `[n, C, H, W]`, 0…255. */
  pixels: Uint8Array;
}

export class Reel {
  readonly shots: Shot[] = [];
  readonly #most: number;
  #stride = 1;
  #skipped = 0;

  constructor(most = 64) {
    this.#most = most;
  }

  /** `images` with values 0…1. The first shot is always kept. */
  add(step: number, images: Float32Array): void {
    if (this.shots.length > 0 && ++this.#skipped < this.#stride) return;
    this.#skipped = 0;
    this.shots.push({ step, pixels: Uint8Array.from(images, (value) => Math.round(value * 255)) });
    if (this.shots.length <= this.#most) return;
    const kept = this.shots.filter((_, i) => i % 2 === 0);
    this.shots.splice(0, Infinity, ...kept);
    this.#stride *= 2;
  }

  /** The images of shot `index`, 0…1. */
  images(index: number): Float32Array {
    return Float32Array.from(this.shots[index]?.pixels ?? [], (value) => value / 255);
  }
}
