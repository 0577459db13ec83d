import { expect, it } from 'vitest';
import { tiled } from './tiled.ts';

it('puts every pixel of every channel in its place', () => {
  const [channels, height, width, columns, n] = [2, 2, 3, 2, 3];
  const images = Float32Array.from({ length: n * channels * height * width }, (_, i) => i + 1);
  const all = tiled(images, [channels, height, width], columns);
  expect(all).toHaveLength(channels * 4 * 6);
  for (let image = 0; image < n; image++)
    for (let channel = 0; channel < channels; channel++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const [row, column] = [Math.floor(image / columns) * height + y, (image % columns) * width + x];
          expect(all[(channel * 4 + row) * 6 + column]).toBe(images[((image * channels + channel) * height + y) * width + x]);
        }
  // The fourth place is empty.
  expect(all[2 * 6 + 3]).toBe(0);
});
