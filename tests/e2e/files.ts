/** Files as a visitor might drop them: a whole IDX pair, and several that are broken in ways that have happened. */

import { gzipSync } from 'node:zlib';

export interface Dropped {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** IDX: 0, 0, type (8 for bytes), rank, then the sizes as big-endian u32, then the values. */
function idx(sizes: number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.set([0, 0, 8, sizes.length]);
  sizes.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([header, values]);
}

const file = (name: string, buffer: Buffer): Dropped => ({ name, mimeType: 'application/octet-stream', buffer });

const COUNT = 200;
const SIDE = 12;
const LARGE = 34;

/** Two classes: a bright left half and a bright right half. */
const labels = Uint8Array.from({ length: COUNT }, (_, i) => i % 2);
const imagesOf = (side: number): Buffer =>
  idx(
    [COUNT, side, side],
    Uint8Array.from({ length: COUNT * side * side }, (_, i) => {
      const image = Math.floor(i / (side * side));
      const right = i % side >= side / 2 ? 1 : 0;
      return right === labels[image] ? 200 + ((image * 7 + i) % 50) : (image * 3 + i) % 40;
    }),
  );

const imageFile = imagesOf(SIDE);
const labelFile = file('halves-labels-idx1-ubyte', idx([COUNT], labels));

export const halves: Dropped[] = [file('halves-images-idx3-ubyte.gz', gzipSync(imageFile)), labelFile];

/** The same in images of 1,156 values. */
export const largeHalves: Dropped[] = [file('large-images-idx3-ubyte', imagesOf(LARGE)), labelFile];

/** What is wrong with them, and what the message must say. */
export const broken: { what: string; files: Dropped[]; says: RegExp }[] = [
  {
    what: 'a truncated gzip',
    files: [file('images-idx3-ubyte.gz', gzipSync(imageFile).subarray(0, 500)), labelFile],
    says: /gzip|truncated|incomplete|ends/i,
  },
  {
    what: 'a wrong magic number',
    files: [file('images-idx3-ubyte', Buffer.concat([Buffer.from([1, 2, 3, 4]), imageFile.subarray(4)])), labelFile],
    says: /IDX/,
  },
  {
    what: 'huge counts in the header',
    files: [file('images-idx3-ubyte', idx([0xffffffff, 0xffff, 0xffff], new Uint8Array(64))), labelFile],
    says: /announces .* values, more than/,
  },
  {
    what: 'a PDF',
    files: [
      file('lecture.pdf', Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n')),
    ],
    says: /IDX|PDF/,
  },
];
