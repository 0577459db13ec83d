/** What every panel of this lab has: the trial. */
import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import { follow } from '../../ui/signal.ts';
import type { Settings } from './settings.ts';
import type { Trial } from './trial.ts';

export abstract class Panel extends LitElement {
  @property({ attribute: false }) trial!: Trial;
  /** Parts that the embedding page left out. */
  @property({ attribute: false }) omitted: ReadonlySet<string> = new Set();

  constructor() {
    super();
    follow(this, () => [this.trial]);
  }

  protected shows(part: string): boolean {
    return !this.omitted.has(part);
  }

  protected set(changes: Partial<Settings>): void {
    void this.trial.update(changes);
  }

  /** `[C, H, W]` of the images. */
  protected get shape(): readonly number[] {
    return this.trial.live?.dataset.info.shape ?? [1, 1, 1];
  }
}
