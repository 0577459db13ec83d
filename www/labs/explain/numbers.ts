/** A method's formula with the numbers of the map in view in it, in TeX. */
import type { ExplainDetails, ExplainMethod, Explanation } from '../../engine/types.ts';

/** So many feature maps are written out. */
const MOST_TERMS = 4;

/** Three significant digits; powers of ten where they are needed. */
export function texNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? String.raw`\infty` : String.raw`\text{?}`;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
    const [digits, power] = value.toExponential(1).split('e');
    return String.raw`${digits} \cdot 10^{${Number(power)}}`;
  }
  return String(Number(value.toPrecision(3)));
}

/** `0.31 A^{12} - 0.22 A^{7} + …`: the terms of the largest weights, counted from 1; `factor` is `A` for feature maps, `z` for segments. */
export function weightedSum(weights: ArrayLike<number>, factor: 'A' | 'z' = 'A'): string {
  const order = Array.from({ length: weights.length }, (_, k) => k).sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]));
  const terms = order
    .slice(0, MOST_TERMS)
    .map(
      (k, i) =>
        `${weights[k] < 0 ? '-' : i > 0 ? '+' : ''} ${texNumber(Math.abs(weights[k]))} ${factor}${factor === 'A' ? '^' : '_'}{${k + 1}}`,
    );
  return terms.join(' ').trim() + (order.length > MOST_TERMS ? String.raw` + \dots` : '');
}

/** Strongest value of a map and its place, counted from 1. */
function strongest({ maps, width, height }: Explanation): { value: number; row: number; column: number } {
  const map = maps.subarray(0, width * height);
  const at = map.reduce((best, value, i) => (Math.abs(value) > Math.abs(map[best]) ? i : best), 0);
  return { value: map[at], row: Math.floor(at / width) + 1, column: (at % width) + 1 };
}

/** The score is shared out among pixels or features: what they add up to beside what was to be shared. CAM's baseline is the bias. */
function completeness({ score, baselineScore, total }: ExplainDetails, method: ExplainMethod): string[] {
  if (baselineScore === null || total === null) return [];
  if (method === 'cam') {
    const sum = `${texNumber(total)} ${baselineScore < 0 ? '-' : '+'} ${texNumber(Math.abs(baselineScore))}`;
    return [
      String.raw`\frac{1}{hw} \sum_{ij} M_{ij} + b_c = ${sum} = ${texNumber(total + baselineScore)}`,
      `S_c = ${texNumber(score)}`,
    ];
  }
  const difference = `${texNumber(score)} - ${baselineScore < 0 ? `(${texNumber(baselineScore)})` : texNumber(baselineScore)}`;
  return [
    String.raw`S_c(x) - S_c(x') = ${difference} = ${texNumber(score - baselineScore)}`,
    String.raw`\sum M = ${texNumber(total)}`,
  ];
}

/** A linear model of the segments that are on: the strongest weights, and how well it fits. */
function fitted({ weights, intercept, r2 }: NonNullable<ExplainDetails['surrogate']>): string[] {
  const sum = weightedSum(weights, 'z');
  return [
    String.raw`S_c \approx ${texNumber(intercept)} ${sum.startsWith('-') ? sum : `+ ${sum}`}`,
    String.raw`R^2 = ${texNumber(r2)}`,
  ];
}

/** Lines that say what the first map of `explanation` is made of. */
export function withNumbers(explanation: Explanation): string[] {
  const details = explanation.details[0];
  if (!details) return [];
  const { value, row, column } = strongest(explanation);
  const lines = completeness(details, explanation.method);
  if (details.surrogate) lines.push(...fitted(details.surrogate));
  if (details.units && (explanation.method === 'cam' || details.baselineScore === null))
    lines.push(String.raw`\sum_k w_k A^k = ${weightedSum(details.units)}`);
  return [...lines, String.raw`\text{strongest: } M_{${row},${column}} = ${texNumber(value)}`];
}
