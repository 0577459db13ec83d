/** Carrying the protocol out on held-out rooms, and what it found. */
import { EngineError } from '../../engine/client.ts';
import type { ExplainMethodInfo, MeasureReport } from '../../engine/types.ts';
import { Watched } from '../../ui/signal.ts';
import { methodsOf } from '../run/ask.ts';
import type { Session } from '../run/session.ts';
import type { Settings } from './settings.ts';

export class Measurement extends Watched {
  readonly session: Session<Settings>;
  /** All methods of the engine. */
  all: readonly ExplainMethodInfo[] = [];
  report: MeasureReport | null = null;
  /** Share that is done; `null`: nothing is under way. */
  share: number | null = null;
  problem = '';
  /** Where it was stopped: images done, and how many there would have been. */
  stopped: { done: number; of: number } | null = null;
  /** The network and its training that `report` is of. */
  #measured: unknown = null;
  #stop: AbortController | null = null;

  constructor(session: Session<Settings>) {
    super();
    this.session = session;
    session.watch(() => this.#follow());
  }

  get methods(): ExplainMethodInfo[] {
    return this.all.filter(({ id }) => this.session.settings.methods.includes(id));
  }

  titleOf(id: string): string {
    return this.all.find((method) => method.id === id)?.title ?? id;
  }

  /** Why nothing can be measured now; empty: it can. */
  get obstacle(): string {
    const { session, methods } = this;
    if (session.live && !session.live.dataset.info.masks)
      return 'Only rooms come with the true place of their object: choose them as the data.';
    if (!session.live || session.evaluatedAt <= 0 || session.playing || session.busy) return 'First train the network.';
    return methods.length === 0 ? 'Choose at least one method.' : '';
  }

  /** A figure is of the network as it was: more training makes it stale. */
  get stale(): boolean {
    return this.report !== null && this.#measured !== this.session.evaluation;
  }

  #follow(): void {
    if (this.session.live && this.all.length === 0) void this.#list();
  }

  async #list(): Promise<void> {
    try {
      this.all = await methodsOf(this.session.engine);
      this.changed();
    } catch (error) {
      this.session.report('inside', error);
    }
  }

  async run(): Promise<void> {
    const { session, methods } = this;
    const { live, evaluation, settings } = session;
    if (!live || this.obstacle || this.share !== null) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.share = 0;
    this.problem = '';
    this.changed();
    let reached = { done: 0, of: 0 };
    try {
      this.report = await live.model.measure(live.dataset, {
        methods: methods.map(({ id }) => id),
        images: settings.images,
        explain: { seed: settings.seed, baseline: settings.start },
        baseline: settings.baseline,
        patch: settings.patch,
        noisyCopies: settings.copies,
        seed: settings.seed,
        onProgress: (progress) => {
          reached = progress;
          this.share = progress.done / progress.of;
          this.changed();
        },
        signal: stop.signal,
      });
      this.#measured = evaluation;
      this.stopped = reached.done < reached.of ? reached : null;
    } catch (error) {
      const { code, message } = EngineError.from(error);
      if (code !== 'cancelled' && code !== 'disposed') this.problem = message;
    }
    this.share = null;
    this.changed();
  }

  stop(): void {
    this.#stop?.abort();
  }
}
