/**
 * Some measures of a run against its steps, in a bounded number of points: when there are too many, neighbours are averaged and from then
 * on each point stands for twice as many.
 */
import type { PlotData } from './plot.ts';

const MOST_POINTS = 800;

export class Trace {
  readonly #x: number[] = [];
  readonly #y: number[][];
  #stride = 1;
  #open: number[] = [];
  #count = 0;

  constructor(lines: number) {
    this.#y = Array.from({ length: lines }, () => []);
  }

  /** One value per line; those that are not finite leave a gap. */
  add(step: number, values: readonly number[]): void {
    this.#open = values.map((value, i) => value + (this.#count > 0 ? this.#open[i] : 0));
    this.#count += 1;
    if (this.#count < this.#stride) return;
    this.#x.push(step);
    this.#y.forEach((line, i) => line.push(this.#open[i] / this.#count));
    this.#count = 0;
    if (this.#x.length >= MOST_POINTS) this.#halve();
  }

  #halve(): void {
    const half = this.#x.length >> 1;
    for (let i = 0; i < half; i++) {
      this.#x[i] = this.#x[2 * i + 1];
      for (const line of this.#y) line[i] = (line[2 * i] + line[2 * i + 1]) / 2;
    }
    for (const line of [this.#x, ...this.#y]) line.length = half;
    this.#stride *= 2;
  }

  /** The lines `chosen`. */
  data(chosen: readonly number[]): PlotData {
    const finite = (value: number) => (Number.isFinite(value) ? value : null);
    return { x: [...this.#x], y: chosen.map((line) => this.#y[line].map(finite)) };
  }
}
