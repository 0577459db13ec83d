/** What an evaluation says class by class. */
import type { Evaluation } from '../../engine/types.ts';

export interface Confusion {
  classes: number;
  /** `cells[truth * classes + predicted]`: indices of the images, in order. */
  cells: number[][];
  /** Largest count off the diagonal. */
  worst: number;
}

export function confusionOf({ labels, predictions }: Pick<Evaluation, 'labels' | 'predictions'>, classes: number): Confusion {
  const cells: number[][] = Array.from({ length: classes * classes }, () => []);
  labels.forEach((truth, i) => cells[truth * classes + predictions[i]]?.push(i));
  const worst = Math.max(0, ...cells.map((cell, i) => (Math.floor(i / classes) === i % classes ? 0 : cell.length)));
  return { classes, cells, worst };
}

export interface Mistake {
  index: number;
  truth: number;
  predicted: number;
  confidence: number;
}

/** Wrong answers, the most confident first. */
export function mistakesOf({
  labels,
  predictions,
  confidences,
}: Pick<Evaluation, 'labels' | 'predictions' | 'confidences'>): Mistake[] {
  const mistakes: Mistake[] = [];
  labels.forEach((truth, index) => {
    if (predictions[index] !== truth)
      mistakes.push({ index, truth, predicted: predictions[index], confidence: confidences[index] });
  });
  return mistakes.sort((a, b) => b.confidence - a.confidence);
}
