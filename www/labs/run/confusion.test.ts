import { describe, expect, it } from 'vitest';
import { confusionOf, mistakesOf, scoresOf, spread } from './confusion.ts';

const labels = Uint32Array.of(0, 0, 1, 1, 1);
const predictions = Uint32Array.of(0, 1, 1, 1, 0);
const confidences = Float32Array.of(0.9, 0.6, 0.8, 0.7, 0.95);

describe('the confusion matrix', () => {
  it('holds every image once, at its truth and its answer', () => {
    const { cells, worst } = confusionOf({ labels, predictions }, 2);
    expect(cells).toEqual([[0], [1], [4], [2, 3]]);
    expect(worst).toBe(1);
  });

  it('gives recall and precision, and none where a class has no images', () => {
    const scores = scoresOf(confusionOf({ labels, predictions }, 3), ['a', 'b', 'c']);
    expect(scores[0]).toEqual({ name: 'a', images: 2, recall: 1 / 2, precision: 1 / 2 });
    expect(scores[1]).toEqual({ name: 'b', images: 3, recall: 2 / 3, precision: 2 / 3 });
    expect(scores[2]).toEqual({ name: 'c', images: 0, recall: null, precision: null });
  });

  it('lists mistakes, the most confident first', () => {
    const mistakes = mistakesOf({ labels, predictions, confidences });
    expect(mistakes.map(({ index }) => index)).toEqual([4, 1]);
    expect(mistakes[0]).toMatchObject({ truth: 1, predicted: 0 });
  });
});

it('recognised images are spread over the classes', () => {
  const truths = Uint32Array.of(0, 0, 0, 1, 1, 2);
  const answers = Uint32Array.of(0, 1, 0, 1, 1, 2);
  expect(spread({ labels: truths, predictions: answers })).toEqual([0, 3, 5, 2, 4]);
});
