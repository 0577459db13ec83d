/** Round numbers along an axis. */

/** At most six steps that cover 0 and everything from `low` to `high`. */
export function ticksFor(low: number, high: number): number[] {
  const from = Math.min(0, low);
  const to = Math.max(0, high) > from ? Math.max(0, high) : from + 1;
  const power = 10 ** Math.floor(Math.log10((to - from) / 5));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => (to - from) / size <= 5 + 1e-9) ?? to - from;
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
