/** What came out of a comparison with few labels, in a table's rows and in a sentence that claims no more than was measured. */
import type { FewLabels } from '../../engine/types.ts';

export interface Method {
  label: string;
  /** One for each draw of labelled images. */
  accuracies: readonly number[];
}

export function methodsOf({ pixels, codes, scratch, learnt }: FewLabels): Method[] {
  return [
    { label: 'pixels, logistic regression', accuracies: pixels.logistic },
    { label: 'pixels, 5 nearest', accuracies: pixels.knn },
    { label: 'code, logistic regression', accuracies: codes.logistic },
    { label: 'code, 5 nearest', accuracies: codes.knn },
    { label: 'network from scratch', accuracies: scratch },
    { label: 'encoder fine-tuned', accuracies: learnt },
  ];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const points = (share: number): string => (100 * share).toFixed(1);

/** Fine-tuned against from scratch, draw by draw; then the best of all. */
export function verdict(found: FewLabels): string {
  const gains = found.learnt.map((value, i) => value - found.scratch[i]);
  const [gain, n] = [mean(gains), gains.length];
  const won = gains.filter((each) => each > 0).length;
  const lost = gains.filter((each) => each < 0).length;
  const size = points(Math.abs(gain));
  const compared =
    won === n
      ? `What the encoder learnt without labels helps: in all ${n} draws it beats the same network from scratch, by ${size} points on average.`
      : lost === n
        ? `What the encoder learnt without labels does harm: in all ${n} draws the same network from scratch does better, by ${size} points on average.`
        : `No clear difference: fine-tuned, the encoder beats the same network from scratch in ${won} of ${n} draws, and is ${
            size === '0.0' ? 'as good' : `${size} points ${gain < 0 ? 'worse' : 'better'}`
          } on average.`;
  const best = methodsOf(found).reduce((a, b) => (mean(b.accuracies) > mean(a.accuracies) ? b : a));
  const first = best.accuracies === found.learnt ? 'No other method does better' : `Best of all: ${best.label}`;
  return `${compared} ${first}, with ${points(mean(best.accuracies))} % right.`;
}
