/**
 * Ratings of explanation maps by people: what one rating is, in which blinded order a rater meets the methods, and what all ratings
 * together say. Ratings come from this browser's storage, where other pages of the same site may have written: hostile until parsed.
 */

/** What is rated from 1 (not at all) to 5 (fully), and how it is asked. */
export const CRITERIA = [
  { id: 'coherence', title: 'Coherence', text: 'It forms connected regions, not scattered points.' },
  { id: 'completeness', title: 'Completeness', text: 'It covers the whole object.' },
  { id: 'precision', title: 'Precision', text: 'It covers the object and nothing else.' },
] as const;

export type Criterion = (typeof CRITERIA)[number]['id'];
export const CRITERION_IDS: readonly Criterion[] = CRITERIA.map(({ id }) => id);
export const HIGHEST = 5;

/** What one rater says of one method's map of one image. */
export interface Rating extends Record<Criterion, number> {
  /** Which network, images and methods; ratings of different studies are never mixed. */
  study: string;
  rater: string;
  /** Of the validation images. */
  image: number;
  method: string;
  /** Chosen as the best map of this image. */
  best: boolean;
}

export const LONGEST_NAME = 40;
const MOST_RATINGS = 20_000;

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest;
const isWhole = (value: unknown, low: number, high: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;

function isRating(value: unknown): value is Rating {
  if (typeof value !== 'object' || value === null) return false;
  const { study, rater, image, method, best, ...marks } = value as Record<string, unknown>;
  return (
    isText(study, 2000) &&
    isText(rater, LONGEST_NAME) &&
    isText(method, LONGEST_NAME) &&
    isWhole(image, 0, 1e9) &&
    typeof best === 'boolean' &&
    CRITERION_IDS.every((id) => isWhole(marks[id], 1, HIGHEST))
  );
}

/** What a text of this browser's storage holds; everything that is no rating is left out. */
export function parseRatings(text: string | null): Rating[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(list) ? list.slice(0, MOST_RATINGS).filter(isRating) : [];
  } catch {
    return [];
  }
}

/** A number 0 ≤ r < 1 from each call, the same for the same text: FNV-1a for the start, then mulberry32. */
function randomFrom(text: string): () => number {
  let state = 2166136261;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0)!, 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The order in which `rater` meets `methods` at `image`: another one for every rater and image, so that no place tells the method. */
export function blindedOrder(methods: readonly string[], study: string, rater: string, image: number): string[] {
  const random = randomFrom(`${study} ${rater} ${image}`);
  const order = [...methods];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** With n − 1; 0 for one value. */
function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.length > 1 ? values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1) : 0;
}

/**
 * Cronbach's α = k/(k−1)·(1 − Σ_r var(ratings of r)/var(sum over raters)) of k raters who all rated the same cases; `byRater[r]` holds
 * rater r's marks, case by case. `null` for fewer than two raters or cases, or where the sums do not vary.
 */
export function cronbachAlpha(byRater: readonly (readonly number[])[]): number | null {
  const k = byRater.length;
  const cases = byRater[0]?.length ?? 0;
  if (k < 2 || cases < 2) return null;
  const total = variance(Array.from({ length: cases }, (_, i) => byRater.reduce((sum, marks) => sum + marks[i], 0)));
  const single = byRater.reduce((sum, marks) => sum + variance(marks), 0);
  return total > 0 ? (k / (k - 1)) * (1 - single / total) : null;
}

export interface Score {
  method: string;
  /** Mean and standard deviation of the marks. */
  marks: Record<Criterion, { mean: number; deviation: number }>;
  /** Of the images that were rated, the share in which this map was called the best. */
  best: number;
  ratings: number;
}

/** What all raters together say of each method that has ratings. */
export function scoresOf(ratings: readonly Rating[], methods: readonly string[]): Score[] {
  return methods.flatMap((method) => {
    const own = ratings.filter((rating) => rating.method === method);
    if (own.length === 0) return [];
    const marksOf = (id: Criterion) => {
      const values = own.map((rating) => rating[id]);
      return [id, { mean: mean(values), deviation: Math.sqrt(variance(values)) }] as const;
    };
    const marks = Object.fromEntries(CRITERION_IDS.map(marksOf)) as Score['marks'];
    return [{ method, marks, best: own.filter(({ best }) => best).length / own.length, ratings: own.length }];
  });
}

const caseOf = ({ image, method }: Rating): string => `${image} ${method}`;

/** Raters who rated every case that anybody rated. */
export function completeRaters(ratings: readonly Rating[]): string[] {
  const cases = new Set(ratings.map(caseOf)).size;
  const raters = [...new Set(ratings.map(({ rater }) => rater))];
  return raters.filter((name) => ratings.filter(({ rater }) => rater === name).length === cases);
}

/** Agreement on one criterion between the raters who rated everything. */
export function agreement(ratings: readonly Rating[], criterion: Criterion): number | null {
  const cases = [...new Set(ratings.map(caseOf))];
  const marks = (name: string) =>
    cases.map((wanted) => ratings.find((rating) => rating.rater === name && caseOf(rating) === wanted)?.[criterion] ?? NaN);
  return cronbachAlpha(completeRaters(ratings).map(marks));
}

/** `ratings` with those of `rater` for `image` in `study` replaced by `marks`. */
export function withRatings(ratings: readonly Rating[], marks: readonly Rating[]): Rating[] {
  const replaced = (old: Rating) =>
    marks.some(({ study, rater, image }) => old.study === study && old.rater === rater && old.image === image);
  return [...ratings.filter((old) => !replaced(old)), ...marks];
}
