/** Numbers as text. */

/** Three significant digits, no trailing noise: `0.0123`, `1.5`, `12300`, `1.2e-7`. */
export function brief(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(1) : String(Number(value.toPrecision(3)));
  return text.replaceAll('-', '−');
}

export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

/** `12 345`, grouped by a narrow space at which no line breaks. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** `6×8×8`. */
export const shapeText = (shape: readonly number[]): string => shape.join('×');

/** `512 B`, `48 kB`, `1.2 MB`, `130 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${Number((bytes / 1e6).toPrecision(2))} MB`;
}
