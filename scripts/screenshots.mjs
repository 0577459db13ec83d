// Pictures of the trained CNN lab, wide and on a phone, light and dark, into target/screenshots: `make screenshots`.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchOptions } from './chromium.mjs';
import { serve } from './serve.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { chromium } = createRequire(path.join(root, 'www/package.json'))('playwright-core');
const target = path.join(root, 'target/screenshots');
const views = ['Layers', 'Why', 'Fool it', 'Draw'];

mkdirSync(target, { recursive: true });
const server = await serve({ root: path.join(root, 'www/dist') });
const browser = await chromium.launch(launchOptions);
for (const width of [1280, 390]) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport: { width, height: width > 600 ? 900 : 844 }, colorScheme });
    const shoot = (name, fullPage = true) =>
      page.screenshot({ path: path.join(target, `${name}-${width}-${colorScheme}.png`), fullPage });
    await page.goto(server.url);
    await page
      .getByRole('link', { name: /Open the lab/ })
      .first()
      .waitFor();
    await shoot('catalogue');
    await page
      .getByRole('link', { name: /Open the lab/ })
      .first()
      .click();
    const epoch = page.getByRole('button', { name: 'Epoch', exact: true });
    for (let i = 0; i < 8; i++) {
      await epoch.click();
      await page.getByText(`epoch ${i + 1}.0`).waitFor();
    }
    await shoot('first-view', false);
    for (const view of views) {
      await page.getByRole('tab', { name: view }).click();
      await page.waitForTimeout(800);
      await shoot(view.toLowerCase().replace(' ', '-'));
    }
    await page.close();
  }
}
await browser.close();
await server.close();
console.log(`${path.relative(process.cwd(), target)}: ${4 * (2 + views.length)} pictures`);
