/** Numbers to pixels. One canvas pixel per value; style sheets enlarge with `image-rendering: pixelated`. */
import { gray, magnitude, signed, type Rgb, type Scale } from './colors.ts';

export interface Picture {
  width: number;
  height: number;
  /** One plane (`gray`, `signed`, `magnitude`) or three (red, green, blue), planar, row-major. */
  data: Float32Array;
  channels: 1 | 3;
  scale: Scale;
  /** The value that gets the strongest colour. */
  limit: number;
}

const SCALES: Record<Scale, (value: number) => Rgb> = { gray, magnitude, signed };

/** An image of the data set, `[C, H, W]` in 0…1. */
export function photograph(data: Float32Array, shape: readonly number[]): Picture {
  const [channels, height, width] = shape;
  return { width, height, data, channels: channels === 3 ? 3 : 1, scale: 'gray', limit: 1 };
}

export function colorAt(picture: Picture, index: number): Rgb {
  const { data, channels, limit } = picture;
  if (channels === 1) return SCALES[picture.scale](data[index] / limit);
  const plane = picture.width * picture.height;
  return [gray(data[index])[0], gray(data[index + plane])[0], gray(data[index + 2 * plane])[0]];
}

/** Values at one position: one number, or red, green, blue. */
export function valuesAt(picture: Picture, x: number, y: number): number[] {
  const plane = picture.width * picture.height;
  return Array.from({ length: picture.channels }, (_, channel) => picture.data[channel * plane + y * picture.width + x]);
}

export function paint(canvas: HTMLCanvasElement, picture: Picture, over?: { map: Picture; opacity: number }): void {
  const { width, height } = picture;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  if (!context || width * height === 0) return;
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    let [red, green, blue] = colorAt(picture, i);
    if (over) {
      const top = colorAt(over.map, i);
      const mix = (below: number, above: number) => below + (above - below) * over.opacity;
      [red, green, blue] = [mix(red, top[0]), mix(green, top[1]), mix(blue, top[2])];
    }
    image.data.set([red, green, blue, 255], i * 4);
  }
  context.putImageData(image, 0, 0);
}
