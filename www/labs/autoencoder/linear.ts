/** The arithmetic of linear codes: columns `[k, size]` (the image that each number of the code adds), codes `[n, k]`. */

/** The smallest angle between two of the columns, in degrees; 90 where there is only one. */
export function leastAngle(columns: Float32Array, k: number): number {
  const size = columns.length / k;
  const dot = (i: number, j: number): number => {
    let sum = 0;
    for (let p = 0; p < size; p++) sum += columns[i * size + p] * columns[j * size + p];
    return sum;
  };
  let largest = 0;
  for (let i = 0; i < k; i++)
    for (let j = 0; j < i; j++) largest = Math.max(largest, Math.abs(dot(i, j)) / Math.sqrt(dot(i, i) * dot(j, j) || 1));
  return (Math.acos(Math.min(largest, 1)) * 180) / Math.PI;
}

/** PCA's mean squared error per value with 0, 1, … `most` components. */
export function errorsOf(variances: Float32Array, most: number): number[] {
  return Array.from(
    { length: Math.min(most, variances.length) + 1 },
    (_, k) => variances.slice(k).reduce((sum, value) => sum + Math.max(value, 0), 0) / variances.length,
  );
}

/**
 * Columns VH and codes H⁻¹h with H = (1 s; 0 1) on the first two numbers: the second column gets `s` times the first, and the first
 * number gives `s` times the second back. The products are the same for every s.
 */
export function mixed(
  columns: Float32Array,
  codes: Float32Array,
  k: number,
  s: number,
): { columns: Float32Array; codes: Float32Array } {
  const size = columns.length / k;
  const [v, h] = [columns.slice(), codes.slice()];
  for (let p = 0; p < size; p++) v[size + p] += s * columns[p];
  for (let i = 0; i < codes.length; i += k) h[i] -= s * codes[i + 1];
  return { columns: v, codes: h };
}

/** `centre` `[size]` + codes · columns: `[n, size]`. */
export function decoded(columns: Float32Array, codes: Float32Array, centre: Float32Array): Float32Array {
  const size = centre.length;
  const k = columns.length / size;
  const n = codes.length / k;
  const images = new Float32Array(n * size);
  for (let i = 0; i < n; i++) {
    images.set(centre, i * size);
    for (let j = 0; j < k; j++) for (let p = 0; p < size; p++) images[i * size + p] += codes[i * k + j] * columns[j * size + p];
  }
  return images;
}

/** The mean squared difference. */
export const squaredError = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length;
