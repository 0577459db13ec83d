/**
 * What all end-to-end tests share: the built page under a sub-path, as a course would host it, and a page that must not log an error,
 * throw, break its content security policy or ask any other host for anything.
 */

import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { serve } from '../../scripts/serve.mjs';

export { expect };

interface Site {
  url: string;
  /** Every file sent so far; `bytes` as they went over the wire, `asked` for at that time. */
  responses: { path: string; bytes: number; asked: number }[];
}

export const test = base.extend<{ expectedErrors: RegExp[]; clean: void }, { site: Site }>({
  site: [
    async ({}, use) => {
      const site = await serve({ root: new URL('../../www/dist', import.meta.url).pathname, base: '/some/course/vitrine/' });
      await use(site);
      await site.close();
    },
    { scope: 'worker' },
  ],

  /** Console errors that a test provokes on purpose. */
  expectedErrors: [[], { option: true }],

  clean: [
    async ({ context, site, expectedErrors }, use) => {
      const complaints: string[] = [];
      const origin = new URL(site.url).origin;
      context.on('console', (message) => {
        // Chromium reports violations of the content security policy as console errors.
        if (message.type() === 'error' && !expectedErrors.some((pattern) => pattern.test(message.text())))
          complaints.push(message.text());
      });
      context.on('weberror', (error) => complaints.push(String(error.error())));
      context.on('request', (request) => {
        const { protocol, origin: asked } = new URL(request.url());
        if (/^https?:$/.test(protocol) && asked !== origin) complaints.push(`request to ${request.url()}`);
      });
      await use();
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

/** Puts `code` at the start of the engine's worker, before it touches WebGPU. */
export async function patchWorker(page: Page, code: string): Promise<void> {
  await page.context().route(/\/worker[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code};\n${await response.text()}` });
  });
}

/** axe finds nothing wrong on the page as it is; `where` names the state in the report. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  // Further down the bar that stays in view covers whatever happens to be under it.
  await page.evaluate(() => window.scrollTo(0, 0));
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect
    .soft(violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`))
    .toEqual([]);
}
