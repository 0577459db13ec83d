/** `images` `[n, C, H, W]` as one image `[C, rows·H, columns·W]`, row by row; places without an image are black. */
export function tiled(images: Float32Array, [channels, height, width]: readonly number[], columns: number): Float32Array {
  const size = channels * height * width;
  const count = Math.floor(images.length / size);
  const rows = Math.max(Math.ceil(count / columns), 1);
  const all = new Float32Array(channels * rows * height * columns * width);
  for (let image = 0; image < count; image++) {
    const [row, column] = [Math.floor(image / columns), image % columns];
    for (let line = 0; line < channels * height; line++) {
      const [channel, y] = [Math.floor(line / height), line % height];
      const to = ((channel * rows + row) * height + y) * columns * width + column * width;
      all.set(images.subarray(image * size + line * width, image * size + (line + 1) * width), to);
    }
  }
  return all;
}
