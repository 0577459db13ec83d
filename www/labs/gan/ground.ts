/** Scores as colours: blue where D says real, orange where it says fake, paper where it cannot tell. */
import type { Inks, Rgb } from './inks.ts';
import type { LossName } from './settings.ts';
import { RANGE } from './theory.ts';

/** What the colours of a ground mean. */
export interface Tone {
  middle: number;
  /** Distance from the middle to the strongest colour. */
  reach: number;
}

/** The strongest colour still lets the points stand out. */
const STRENGTH = 0.62;

export function toneOf(loss: LossName, scores: ArrayLike<number>): Tone {
  const { middle, reach } = RANGE[loss];
  if (reach !== null) return { middle, reach };
  // A critic's zero means nothing: the middle of its scores takes its place.
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < scores.length; i++) {
    if (scores[i] < low) low = scores[i];
    if (scores[i] > high) high = scores[i];
  }
  return high > low ? { middle: (low + high) / 2, reach: (high - low) / 2 } : { middle: 0, reach: 1 };
}

/** −1 (surely fake) … 1 (surely real). */
export const lean = (score: number, { middle, reach }: Tone): number =>
  Number.isFinite(score) ? Math.min(Math.max((score - middle) / reach, -1), 1) : 0;

/** `scores` of `side`×`side` cells as an image of that size. */
export function paintGround(canvas: HTMLCanvasElement, scores: ArrayLike<number>, side: number, tone: Tone, inks: Inks): void {
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(side, side);
  const [paper, blue, orange] = [inks.rgb('paper'), inks.rgb('blue'), inks.rgb('orange')];
  const mix = (to: Rgb, share: number, channel: number) => paper[channel] + (to[channel] - paper[channel]) * share;
  for (let i = 0; i < side * side; i++) {
    const side = lean(scores[i], tone);
    const [to, share] = [side > 0 ? blue : orange, Math.abs(side) * STRENGTH];
    for (let channel = 0; channel < 3; channel++) image.data[4 * i + channel] = mix(to, share, channel);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
