/**
 * What a run has measured so far, in a bounded number of points: when there are too many, neighbours are averaged and from then on each
 * point stands for twice as many steps. So a plot of a long run stays as quick as one of a short run.
 */
import type { StepMetric } from '../engine/types.ts';

export interface ValidationPoint {
  step: number;
  loss: number;
  accuracy: number;
}

export type Measure = 'loss' | 'accuracy';

const MOST_POINTS = 1200;
/** Weight of the past in the smooth line. */
const MEMORY = 0.9;

interface Sum {
  count: number;
  loss: number;
  accuracy: number;
}

export class History {
  readonly validation: ValidationPoint[] = [];
  #points: StepMetric[] = [];
  #stride = 1;
  #open: Sum = { count: 0, loss: 0, accuracy: 0 };

  get points(): readonly StepMetric[] {
    return this.#points;
  }

  get last(): StepMetric | undefined {
    return this.#points.at(-1);
  }

  add(metrics: readonly StepMetric[]): void {
    for (const metric of metrics) {
      this.#open.count += 1;
      this.#open.loss += metric.loss;
      this.#open.accuracy += metric.accuracy;
      if (this.#open.count < this.#stride) continue;
      const { count, loss, accuracy } = this.#open;
      this.#points.push({ step: metric.step, loss: loss / count, accuracy: accuracy / count });
      this.#open = { count: 0, loss: 0, accuracy: 0 };
      if (this.#points.length >= MOST_POINTS) this.#halve();
    }
  }

  #halve(): void {
    const pairs: StepMetric[] = [];
    for (let i = 1; i < this.#points.length; i += 2) {
      const [a, b] = [this.#points[i - 1], this.#points[i]];
      pairs.push({ step: b.step, loss: (a.loss + b.loss) / 2, accuracy: (a.accuracy + b.accuracy) / 2 });
    }
    this.#points = pairs;
    this.#stride *= 2;
  }

  /** Forgets everything after `step`, as when a run returns to a checkpoint. */
  cut(step: number): void {
    this.#points = this.#points.filter((point) => point.step <= step);
    this.#open = { count: 0, loss: 0, accuracy: 0 };
    const kept = this.validation.filter((point) => point.step <= step);
    this.validation.splice(0, Infinity, ...kept);
  }

  /** As measured, smoothed, and on the validation images, against the step. What is missing or not finite is `null`. */
  aligned(measure: Measure): { x: number[]; y: (number | null)[][] } {
    const held = new Map(this.validation.map((point) => [point.step, point[measure]]));
    const measured = new Map(this.#points.map((point) => [point.step, point[measure]]));
    const steps = [...new Set([...measured.keys(), ...held.keys()])].sort((a, b) => a - b);
    const memory = MEMORY ** this.#stride;
    let [mean, weight] = [0, 0];
    const smooth = steps.map((step) => {
      const value = measured.get(step);
      if (value === undefined || !Number.isFinite(value)) return null;
      mean = memory * mean + (1 - memory) * value;
      weight = memory * weight + (1 - memory);
      return mean / weight;
    });
    const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);
    return { x: steps, y: [steps.map((step) => finite(measured.get(step))), smooth, steps.map((step) => finite(held.get(step)))] };
  }
}
