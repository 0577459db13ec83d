/** Carries changes out one at a time. Those that come in the meantime become one: the deepest of them. */

export class Remaker<D extends string> {
  readonly #depths: readonly D[];
  readonly #work: (depth: D) => Promise<void>;
  #pending: D;
  #working: Promise<void> | null = null;

  /** `depths` from nothing, for which nothing is done, to everything. */
  constructor(depths: readonly D[], work: (depth: D) => Promise<void>) {
    this.#depths = depths;
    this.#pending = depths[0];
    this.#work = work;
  }

  /** Resolves when nothing is left to do. */
  async ask(depth: D): Promise<void> {
    const at = (each: D) => this.#depths.indexOf(each);
    if (at(depth) > at(this.#pending)) this.#pending = depth;
    if (this.#pending === this.#depths[0]) return;
    this.#working ??= this.#loop().finally(() => (this.#working = null));
    await this.#working;
  }

  async #loop(): Promise<void> {
    while (this.#pending !== this.#depths[0]) {
      const depth = this.#pending;
      this.#pending = this.#depths[0];
      await this.#work(depth);
    }
  }
}
