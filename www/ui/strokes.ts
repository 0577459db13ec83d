/**
 * Pen strokes to pixels, as the data sets were made: the drawing is fitted into a box in the middle (UCI digits fill theirs, MNIST leaves
 * a margin of 4 in 28), drawn finely, and averaged per pixel.
 */

export interface Point {
  x: number;
  y: number;
}

export type Stroke = readonly Point[];

/** Fine pixels per pixel and side. */
const FINE = 8;

/** Moves and scales the strokes, keeping proportions, so that they fill the middle `share` of the unit square. */
export function centered(strokes: readonly Stroke[], share: number): Stroke[] {
  const points = strokes.flat();
  if (points.length === 0) return [];
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  // A dot stays a dot.
  const scale = share / Math.max(right - left, bottom - top, 0.2);
  return strokes.map((stroke) =>
    stroke.map(({ x, y }) => ({ x: 0.5 + (x - (left + right) / 2) * scale, y: 0.5 + (y - (top + bottom) / 2) * scale })),
  );
}

/** `[height, width]` in 0…1. */
export function rasterize(strokes: readonly Stroke[], width: number, height: number): Float32Array {
  const pixels = new Float32Array(width * height);
  const canvas = document.createElement('canvas');
  canvas.width = width * FINE;
  canvas.height = height * FINE;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context || strokes.length === 0) return pixels;
  const isSmall = Math.min(width, height) < 16;
  context.strokeStyle = '#fff';
  context.lineCap = context.lineJoin = 'round';
  context.lineWidth = canvas.width * (isSmall ? 0.12 : 0.085);
  for (const stroke of centered(strokes, isSmall ? 0.82 : 0.64)) trace(context, stroke, canvas.width, canvas.height);
  const fine = context.getImageData(0, 0, canvas.width, canvas.height).data;
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      pixels[Math.floor(y / FINE) * width + Math.floor(x / FINE)] += fine[(y * canvas.width + x) * 4 + 3] / (255 * FINE * FINE);
    }
  }
  return pixels.map((value) => Math.min(value, 1));
}

export function trace(context: CanvasRenderingContext2D, stroke: Stroke, width: number, height: number): void {
  context.beginPath();
  for (const { x, y } of stroke) context.lineTo(x * width, y * height);
  const only = stroke.length === 1 ? stroke[0] : null;
  if (only) context.lineTo(only.x * width + 0.01, only.y * height);
  context.stroke();
}

/** Ready-made digits, on a grid of 0…10, for those who cannot draw. */
const DIGITS: readonly string[] = [
  '5,1 3,2 2,5 3,8 5,9 7,8 8,5 7,2 5,1',
  '3,3 5,1 5,9',
  '2.5,3 3.5,1.5 5.5,1 7.3,2 7.2,4 5,6.5 2.5,9 8,9',
  '2.5,2 5,1 7,2 7,4 4.5,5 7.2,6 7.4,8 5,9.2 2.4,8',
  '6,9 6,1 2,6.5 8,6.5',
  '7.5,1 3,1 2.8,4.6 5.2,4 7.3,5.2 7.4,7.6 5.2,9.2 2.5,8.4',
  '6.6,1 3.8,3 2.6,6.2 3.4,8.6 5.4,9.2 7.3,7.6 6.8,5.6 4.8,5 2.8,6.4',
  '2.2,1 7.8,1 5.2,5 4,9',
  '5,5 3,3.4 3.4,1.6 5,1 6.7,1.7 7,3.4 5,5 2.8,7 3.2,8.7 5,9.3 6.9,8.6 7.2,7 5,5',
  '7.2,4 5.2,5.2 3,4.2 2.9,2.2 5,1 7,2 7.2,4 6.8,7 5.6,9.2',
];

export function presetDigit(digit: number): Stroke[] {
  const points = DIGITS[digit].split(' ').map((pair) => pair.split(',').map(Number));
  return [points.map(([x, y]) => ({ x: x / 10, y: y / 10 }))];
}
