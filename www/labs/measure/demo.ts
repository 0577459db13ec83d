/** A disc and a map that misses it a little: enough to see what cutting a map and overlap mean. */
import type { Picture } from '../../ui/paint.ts';

const SIDE = 20;
const RADIUS = 5;

const cells = Array.from({ length: SIDE * SIDE }, (_, i) => ({ x: (i % SIDE) - 9.5, y: Math.floor(i / SIDE) - 9.5 }));

export const OBJECT: readonly boolean[] = cells.map(({ x, y }) => Math.hypot(x, y) <= RADIUS);

/** Greatest 2.5 pixels to the right of the disc's middle. */
export const MAP = Float32Array.from(cells, ({ x, y }) => Math.exp(-((x - 2.5) ** 2 + y ** 2) / 30));

/** Whether a pixel has at least `share` of the map's maximum. */
export function cut(map: Float32Array, share: number): boolean[] {
  const most = map.reduce((a, b) => Math.max(a, b), -Infinity);
  return Array.from(map, (value) => most > 0 && value >= share * most);
}

/** Intersection over union of two sets of pixels, 0…1. */
export function overlap(a: readonly boolean[], b: readonly boolean[]): number {
  const both = a.filter((chosen, i) => chosen && b[i]).length;
  const either = a.filter((chosen, i) => chosen || b[i]).length;
  return either > 0 ? both / either : 0;
}

const plane = (data: Float32Array, scale: Picture['scale']): Picture => ({
  width: SIDE,
  height: SIDE,
  data,
  channels: 1,
  scale,
  limit: 1,
});

export const IMAGE = plane(
  Float32Array.from(OBJECT, (inside) => (inside ? 0.85 : 0.3)),
  'gray',
);
export const WHOLE_MAP = plane(MAP, 'magnitude');
export const selection = (chosen: readonly boolean[]): Picture =>
  plane(
    Float32Array.from(chosen, (inside) => (inside ? 0.75 : 0)),
    'magnitude',
  );
