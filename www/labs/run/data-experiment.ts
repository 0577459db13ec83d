/** An experiment on a data set, which may be the visitor's own files. Changes are carried out one at a time. */
import { EngineError } from '../../engine/client.ts';
import type { DroppedFile } from '../../ui/file-drop.ts';
import { Experiment, type LabSettings } from './experiment.ts';
import { Remaker } from './remake.ts';

/** `D`: how deep a change goes. */
export abstract class DataExperiment<
  S extends LabSettings & { data: string },
  P extends string,
  D extends string,
> extends Experiment<S, P | 'data'> {
  /** Bytes of the files that `data: 'files'` stands for; no link can carry them. */
  files: DroppedFile[] = [];
  /** Ends when the run under way does. */
  protected running: Promise<void> = Promise.resolve();
  readonly #depths: readonly D[];
  readonly #changes: Remaker<D>;

  /** `depths`: nothing, what can be set while it runs, and so on to a new data set. */
  constructor(settings: S, depths: readonly D[]) {
    super(settings);
    this.#depths = depths;
    this.#changes = new Remaker(depths, (depth) => this.#carryOut(depth));
  }

  protected abstract depthOf(before: S, after: S): D;
  /** Sets what can be set while it runs. */
  protected abstract retune(): Promise<void>;
  /** Makes anew what a change of such depth calls for; nothing runs meanwhile. */
  protected abstract remake(depth: D): Promise<void>;

  /** Resolves when a change of such depth is carried out. */
  protected carryOut(depth: D): Promise<void> {
    return this.#changes.ask(depth);
  }

  protected override make(): Promise<void> {
    return this.#begin();
  }

  async update(changes: Partial<S>): Promise<void> {
    const before = this.settings;
    this.settings = { ...before, ...changes };
    this.onSettings();
    this.changed();
    await this.carryOut(this.depthOf(before, this.settings));
  }

  /** Takes dropped files as the data set, if they are one. */
  async open(files: DroppedFile[]): Promise<void> {
    const before = { files: this.files, data: this.settings.data };
    this.files = files;
    this.settings = { ...this.settings, data: 'files' };
    await this.#begin();
    if (this.problems.data) {
      this.files = before.files;
      this.settings = { ...this.settings, data: before.data };
    }
    this.onSettings();
    this.changed();
  }

  #begin(): Promise<void> {
    return this.carryOut(this.#depths.at(-1)!);
  }

  /** Throws where the data are files that are not there, as after a link. */
  protected requireFiles(): void {
    if (this.settings.data === 'files' && this.files.length === 0)
      throw new EngineError('data', 'A link cannot carry files. Drop them here again.');
  }

  async #carryOut(depth: D): Promise<void> {
    if (!this.started) return;
    if (depth === this.#depths[1]) {
      await this.retune();
      return;
    }
    this.playing = false;
    this.busy = true;
    this.changed();
    await this.running;
    await this.remake(depth);
    this.busy = false;
    this.changed();
  }
}
