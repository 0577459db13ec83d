/** Losses and densities as formulas, with numbers, for a batch of D's scores. Pure. */
import { brief } from '../../ui/format.ts';
import type { LossName } from './settings.ts';

/** Whether D's score is a probability. */
export const isProbability = (loss: LossName): boolean => loss === 'minimax' || loss === 'non-saturating';

/** What D's score is where real and fake cannot be told apart, and how far it may go to either side; `null`: without bounds. */
export const RANGE: Record<LossName, { middle: number; reach: number | null }> = {
  minimax: { middle: 0.5, reach: 0.5 },
  'non-saturating': { middle: 0.5, reach: 0.5 },
  'least-squares': { middle: 0.5, reach: 0.5 },
  'wasserstein-gp': { middle: 0, reach: null },
};

/** ln 0 is as far as single precision tells D(x) from 0. */
const TINY = 1e-7;
const ln = (x: number) => Math.log(Math.max(x, TINY));

const mean = (values: ArrayLike<number>, f: (x: number) => number = (x) => x): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += f(values[i]);
  return values.length > 0 ? sum / values.length : NaN;
};

/** The two terms of D's loss, without penalty, and G's loss. */
export interface Terms {
  real: number;
  fake: number;
  generator: number;
}

export function termsOf(loss: LossName, real: ArrayLike<number>, fake: ArrayLike<number>): Terms {
  switch (loss) {
    case 'minimax':
      return { real: -mean(real, ln), fake: -mean(fake, (d) => ln(1 - d)), generator: mean(fake, (d) => ln(1 - d)) };
    case 'non-saturating':
      return { real: -mean(real, ln), fake: -mean(fake, (d) => ln(1 - d)), generator: -mean(fake, ln) };
    case 'least-squares':
      return {
        real: 0.5 * mean(real, (d) => (d - 1) ** 2),
        fake: 0.5 * mean(fake, (d) => d * d),
        generator: 0.5 * mean(fake, (d) => (d - 1) ** 2),
      };
    case 'wasserstein-gp':
      return { real: -mean(real), fake: mean(fake), generator: -mean(fake) };
  }
}

type Rows = readonly [first: string, second: string];

const GAME: Rows = [String.raw`-\mathbb{E}_x\left[\ln D(x)\right]`, String.raw`-\mathbb{E}_z\left[\ln(1 - D(G(z)))\right]`];

const DISCRIMINATOR: Record<LossName, Rows> = {
  minimax: GAME,
  'non-saturating': GAME,
  'least-squares': [
    String.raw`\tfrac12\,\mathbb{E}_x\left[(D(x) - 1)^2\right]`,
    String.raw`+\tfrac12\,\mathbb{E}_z\left[D(G(z))^2\right]`,
  ],
  'wasserstein-gp': [String.raw`-\mathbb{E}_x\left[D(x)\right]`, String.raw`+\mathbb{E}_z\left[D(G(z))\right]`],
};

const SLOPE = String.raw`+\tfrac{\gamma}{2}\,\mathbb{E}_x\|\nabla D(x)\|^2`;
const GRADIENT_PENALTY = String.raw`+\lambda\,\mathbb{E}_{\hat x}\left[(\|\nabla D(\hat x)\| - 1)^2\right]`;

const GENERATOR: Record<LossName, string> = {
  minimax: String.raw`\mathbb{E}_z\left[\ln(1 - D(G(z)))\right]`,
  'non-saturating': String.raw`-\mathbb{E}_z\left[\ln D(G(z))\right]`,
  'least-squares': String.raw`\tfrac12\,\mathbb{E}_z\left[(D(G(z)) - 1)^2\right]`,
  'wasserstein-gp': String.raw`-\mathbb{E}_z\left[D(G(z))\right]`,
};

/** D's loss term by term, each with its number. `penalty` as it enters; `null`: not known yet; `undefined`: there is none. */
export function discriminatorFormula(loss: LossName, terms: Terms, penalty: number | null | undefined): string {
  const rows: [string, number | null][] = [
    [DISCRIMINATOR[loss][0], terms.real],
    [DISCRIMINATOR[loss][1], terms.fake],
  ];
  if (penalty !== undefined) rows.push([loss === 'wasserstein-gp' ? GRADIENT_PENALTY : SLOPE, penalty]);
  const total = rows.reduce((sum, [, value]) => sum + (value ?? 0), 0);
  return aligned('L_D', rows, total);
}

export function generatorFormula(loss: LossName, { generator }: Terms): string {
  return aligned('L_G', [[GENERATOR[loss], generator]], null);
}

function aligned(name: string, rows: readonly (readonly [string, number | null])[], total: number | null): string {
  const text = rows.map(([letters, value], i) => `${i === 0 ? `${name} ={}` : ''} & ${letters} && ${texNumber(value)}`);
  if (total !== null) text.push(`={} &&& \\mathbf{${texNumber(total)}}`);
  return String.raw`\begin{aligned} ${text.join(String.raw` \\ `)} \end{aligned}`;
}

function texNumber(value: number | null): string {
  if (value === null) return '';
  if (!Number.isFinite(value)) return String.raw`\text{${brief(value)}}`;
  const [digits, exponent] = brief(value).replaceAll('−', '-').split('e');
  return exponent === undefined ? digits : String.raw`${digits} \cdot 10^{${Number(exponent)}}`;
}

/** p at each of `points`, on the line: the mean of the normal densities with deviation `sigma` around `centres`. */
export function density(centres: ArrayLike<number>, sigma: number, points: ArrayLike<number>): number[] {
  const at = (x: number) => mean(centres, (c) => Math.exp(-((x - c) ** 2) / (2 * sigma * sigma)));
  return Array.from(points, (x) => at(x) / (sigma * Math.sqrt(2 * Math.PI)));
}

/** Mean length of vectors `[n, dims]`. */
export function meanLength(vectors: ArrayLike<number>, dims: number): number {
  let sum = 0;
  for (let i = 0; i < vectors.length; i += dims) sum += Math.hypot(vectors[i], dims === 2 ? vectors[i + 1] : 0);
  return vectors.length > 0 ? (sum * dims) / vectors.length : 0;
}
