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

export interface ClassScore {
  name: string;
  images: number;
  /** Of the images of this class, the share that is recognised; `null` where there are none. */
  recall: number | null;
  /** Of the images given this answer, the share that deserves it. */
  precision: number | null;
}

export function scoresOf({ classes, cells }: Confusion, names: readonly string[]): ClassScore[] {
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : null);
  const sum = (indices: number[]) => indices.reduce((total, index) => total + cells[index].length, 0);
  const all = Array.from({ length: classes }, (_, i) => i);
  return all.map((i) => {
    const images = sum(all.map((predicted) => i * classes + predicted));
    const answered = sum(all.map((truth) => truth * classes + i));
    const right = cells[i * classes + i].length;
    return { name: names[i] ?? String(i), images, recall: share(right, images), precision: share(right, answered) };
  });
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

/** Images that are recognised: the first of each class, then the second of each, and so on. */
export function spread({ labels, predictions }: Pick<Evaluation, 'labels' | 'predictions'>): number[] {
  const seen = new Map<number, number>();
  const ranked: { index: number; round: number }[] = [];
  labels.forEach((label, index) => {
    if (predictions[index] !== label) return;
    const round = seen.get(label) ?? 0;
    seen.set(label, round + 1);
    ranked.push({ index, round });
  });
  return ranked.sort((a, b) => a.round - b.round || a.index - b.index).map(({ index }) => index);
}
