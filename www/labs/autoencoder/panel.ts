/** What every panel of this lab has: the experiment, and values that follow its weights. */
import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import { photograph, type Picture } from '../../ui/paint.ts';
import { follow } from '../../ui/signal.ts';
import type { Coding } from './experiment.ts';

/** While training goes on, looking takes at most one part in so many of the time. */
const PATIENCE = 5;

export abstract class Panel extends LitElement {
  @property({ attribute: false }) coding!: Coding;
  /** What the values in view were computed for. */
  private fetched = '';
  private fetching = false;
  /** Not before this moment, in training. */
  private next = 0;

  constructor() {
    super();
    follow(this, () => [this.coding]);
  }

  /**
   * Runs `work` where `key` differs from that of the last time, one at a time: what is wanted meanwhile is looked at again afterwards.
   * `key` stands for everything that `work` depends on but the weights.
   */
  protected refresh(key: string, work: () => Promise<void>): void {
    const { coding } = this;
    if (coding.busy || coding.coders.length === 0) return;
    const wanted = `${coding.settings.seed} ${coding.version} ${key}`;
    const began = performance.now();
    if (this.fetching || wanted === this.fetched || (coding.playing && began < this.next)) return;
    this.fetching = true;
    this.fetched = wanted;
    void work()
      .catch((error: unknown) => coding.report('inside', error))
      .finally(() => {
        this.fetching = false;
        this.next = performance.now() + (performance.now() - began) * PATIENCE;
        this.requestUpdate();
      });
  }

  /** Image `i` of `pixels`. */
  protected picture(pixels: Float32Array, i: number): Picture {
    const size = this.coding.held!.size;
    return photograph(pixels.subarray(i * size, (i + 1) * size), this.coding.dataset!.info.shape);
  }
}
