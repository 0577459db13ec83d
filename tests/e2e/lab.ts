/** A lab that trains, as a visitor meets it: by roles and names. What only the CNN lab has says so. */

import { expect, type Locator, type Page } from '@playwright/test';

interface Step {
  step: number;
  loss: number;
  accuracy: number;
}

declare global {
  interface Window {
    steps: Step[];
    validations: number[];
  }
}

export class Lab {
  readonly page: Page;
  /** One lab, where the page has several. */
  readonly root: Locator;

  constructor(page: Page, root: Locator = page.locator('vitrine-lab')) {
    this.page = page;
    this.root = root;
  }

  /** Opens `path` of the site and listens to the events of its labs. */
  static async visit(page: Page, url: string, path = ''): Promise<Lab> {
    await page.addInitScript(() => {
      window.steps = [];
      window.validations = [];
      document.addEventListener('vitrine-step', (event) => window.steps.push((event as CustomEvent).detail));
      document.addEventListener('vitrine-done', (event) =>
        window.validations.push((event as CustomEvent).detail.validation?.accuracy),
      );
    });
    await page.goto(url + path);
    return new Lab(page);
  }

  /** The lab `name` in the page's full width, with `state` in its address; a link to a lab opens it. */
  static async open(page: Page, url: string, state = '', name = 'cnn'): Promise<Lab> {
    const lab = await Lab.visit(page, url, `#lab=${name}${state && '&'}${state}`);
    await lab.ready();
    return lab;
  }

  /** The lab as a frame shows it, on a device of choice. */
  static async embed(page: Page, url: string, device: string, state = ''): Promise<Lab> {
    const lab = await Lab.visit(page, url, `embed.html#lab=cnn&device=${device}${state && '&'}${state}`);
    await lab.button('Open the lab').click();
    await lab.ready();
    return lab;
  }

  async ready(): Promise<void> {
    await expect(this.button('Train')).toBeEnabled();
  }

  button(name: string | RegExp): Locator {
    return this.root.getByRole('button', { name, exact: typeof name === 'string' });
  }

  get device(): Locator {
    return this.root.getByText(/^Runs on the/);
  }

  /** Steps done, as the transport bar says. */
  async step(): Promise<number> {
    const text = await this.root.getByText(/^epoch [\d.]+, step/).innerText();
    return Number(/step ([\d.,\s]+)/.exec(text)![1].replace(/\D/g, ''));
  }

  /** Trains until at least `step` steps are done, then pauses. */
  async trainTo(step: number): Promise<void> {
    await this.button('Train').click();
    await expect.poll(() => this.step(), { timeout: 60_000 }).toBeGreaterThanOrEqual(step);
    await this.button('Pause').click();
    await expect(this.button('Train')).toBeVisible();
  }

  /** Trains so many whole epochs. */
  async epochs(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.button('Epoch').click();
      await expect.poll(() => this.page.evaluate(() => window.validations.length), { timeout: 60_000 }).toBe(i + 1);
      await expect(this.button('Epoch')).toBeEnabled();
    }
  }

  steps(): Promise<Step[]> {
    return this.page.evaluate(() => window.steps);
  }

  /** Opens a view of the CNN lab's "Look inside". */
  async view(name: 'Layers' | 'Why' | 'Fool it' | 'Draw'): Promise<void> {
    await this.root.getByRole('tab', { name }).click();
  }

  /** A picture; one that can be read pixel by pixel with the arrow keys may be a group. */
  picture(name: string | RegExp): Locator {
    return this.root.getByRole('img', { name }).or(this.root.getByRole('group', { name }));
  }
}
