/** What a lab offers to save: every picture of figures as PNG and as CSV, both with something in them. */

import type { Lab } from './lab.ts';
import { expect } from './support.ts';

const ENDING = /: save as (PNG|CSV)$/;
/** Every PNG begins so. */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

interface Saved {
  name: string;
  head: number[];
  text: string;
}

declare global {
  interface Window {
    saved?: Saved[];
  }
}

/** The page keeps what it would save: Chromium allows no more than ten downloads in a row. */
const keepFiles = (lab: Lab): Promise<void> =>
  lab.page.evaluate(() => {
    if (window.saved) return;
    const saved: Saved[] = (window.saved = []);
    const blobs = new Map<string, Blob>();
    const create = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob: Blob) => {
      const url = create(blob);
      blobs.set(url, blob);
      return url;
    };
    HTMLAnchorElement.prototype.click = function () {
      const { download: name, href } = this;
      void blobs
        .get(href)!
        .arrayBuffer()
        .then((buffer) => {
          const head = [...new Uint8Array(buffer.slice(0, 8))];
          saved.push({ name, head, text: new TextDecoder().decode(buffer) });
        });
    };
  });

/** Names of what can be saved in this view, and under each name both files, or the test fails. */
export async function expectSaves(lab: Lab): Promise<string[]> {
  await keepFiles(lab);
  const labels = await lab.root
    .getByRole('button', { name: ENDING })
    .evaluateAll((all) => all.map((button) => button.ariaLabel ?? ''));
  const named = (kind: string) => labels.filter((label) => label.endsWith(kind)).map((label) => label.replace(ENDING, ''));
  const names = named('PNG').sort();
  expect(names).toEqual(named('CSV').sort());
  for (const name of names) {
    const file = async (kind: 'PNG' | 'CSV'): Promise<Saved> => {
      const before = await lab.page.evaluate(() => window.saved!.length);
      await lab.button(`${name}: save as ${kind}`).click();
      await expect.poll(() => lab.page.evaluate(() => window.saved!.length)).toBe(before + 1);
      const saved = await lab.page.evaluate(() => window.saved!.at(-1)!);
      expect(saved.name).toMatch(kind === 'PNG' ? /\.png$/ : /\.csv$/);
      return saved;
    };
    expect((await file('PNG')).head, name).toEqual(SIGNATURE);
    const lines = (await file('CSV')).text.trim().split('\r\n');
    expect(lines.length, name).toBeGreaterThan(1);
    expect(lines[0]!.split(',').length, name).toBeGreaterThan(1);
  }
  return names;
}
