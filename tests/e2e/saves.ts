/** What a lab offers to save: every picture of figures as PNG and as CSV, both with something in them. */

import { readFile } from 'node:fs/promises';
import type { Lab } from './lab.ts';
import { expect } from './support.ts';

const ENDING = /: save as (PNG|CSV)$/;
/** Every PNG begins so. */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Names of what can be saved in this view, and under each name both files, or the test fails. */
export async function expectSaves(lab: Lab): Promise<string[]> {
  const labels = await lab.root
    .getByRole('button', { name: ENDING })
    .evaluateAll((all) => all.map((button) => button.ariaLabel ?? ''));
  const named = (kind: string) => labels.filter((label) => label.endsWith(kind)).map((label) => label.replace(ENDING, ''));
  const names = named('PNG').sort();
  expect(names).toEqual(named('CSV').sort());
  for (const name of names) {
    const file = async (kind: 'PNG' | 'CSV') => {
      const download = lab.page.waitForEvent('download');
      await lab.button(`${name}: save as ${kind}`).click();
      const done = await download;
      expect(done.suggestedFilename()).toMatch(kind === 'PNG' ? /\.png$/ : /\.csv$/);
      return readFile(await done.path());
    };
    expect([...(await file('PNG')).subarray(0, 8)], name).toEqual(SIGNATURE);
    const lines = (await file('CSV')).toString('utf8').trim().split('\r\n');
    expect(lines.length, name).toBeGreaterThan(1);
    expect(lines[0]!.split(',').length, name).toBeGreaterThan(1);
  }
  return names;
}
