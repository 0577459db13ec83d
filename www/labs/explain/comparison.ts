/**
 * One question put to several methods: why does the network say this of this image? It picks an image that the network recognises and one
 * that it misreads, and asks every chosen method about both, for the same class and layer. Nothing here changes a weight; while the
 * network trains it waits.
 */
import { EngineError } from '../../engine/client.ts';
import type { Evaluation, ExplainMethodInfo, ExplainSettings, Explanation } from '../../engine/types.ts';
import { Watched } from '../../ui/signal.ts';
import { ask, methodsOf } from '../run/ask.ts';
import { mistakesOf, spread, type Mistake } from '../run/confusion.ts';
import type { Live, Session } from '../run/session.ts';
import { settingsFrom } from './options.ts';
import { ANY, ITS_ANSWER, THE_TRUTH, type Settings } from './settings.ts';

/** An image with what the network says of it. */
export interface Subject {
  /** Of the validation images. */
  index: number;
  pixels: Float32Array;
  label: number;
  logits: Float32Array;
  probabilities: Float32Array;
  predicted: number;
  /** The class that its maps answer for. */
  asked: number;
}

/** What one method says of all subjects, or why it cannot. */
export interface Result {
  method: ExplainMethodInfo;
  /** One per subject. */
  answers: readonly Explanation[];
  problem: string | null;
}

export class Comparison extends Watched {
  readonly session: Session<Settings>;
  /** The chosen image first, then the misread one, if there is any. */
  subjects: readonly Subject[] = [];
  /** All that the engine has. */
  all: readonly ExplainMethodInfo[] = [];
  /** Of the chosen methods that have answered, in the engine's order. */
  results: readonly Result[] = [];
  /** Methods still to be asked; 0: everything in view is up to date. */
  waiting = 0;
  #busy = false;
  #again = false;
  #seen: { live: Live | null; step: number; evaluation: Evaluation | null } = { live: null, step: -1, evaluation: null };

  constructor(session: Session<Settings>) {
    super();
    this.session = session;
    session.watch(() => this.#follow());
  }

  get methods(): ExplainMethodInfo[] {
    return this.all.filter(({ id }) => this.session.settings.methods.includes(id));
  }

  /** What the visitor has set about the methods. */
  get methodSettings(): ExplainSettings {
    const { layer } = this;
    return { ...settingsFrom(this.session.settings), seed: this.session.settings.seed, ...(layer ? { layer } : {}) };
  }

  /** The result that is looked at closely. */
  get closest(): Result | null {
    return this.results.find(({ method }) => method.id === this.session.settings.method) ?? this.results[0] ?? null;
  }

  /** Layers whose output is a stack of maps of more than one pixel. */
  get layers(): string[] {
    const layers = this.session.live?.model.summary.layers ?? [];
    return layers.filter(({ shape }) => shape.length === 3 && shape[1] * shape[2] > 1).map(({ name }) => name);
  }

  /** The layer to look at; empty: the engine's choice. */
  get layer(): string {
    const { layer } = this.session.settings;
    return this.layers.includes(layer) ? layer : '';
  }

  /** Indices of images that the network recognises, of different classes first. */
  get recognised(): number[] {
    const { evaluation } = this.session;
    return evaluation ? spread(evaluation) : [];
  }

  get mistakes(): Mistake[] {
    const { evaluation } = this.session;
    return evaluation && this.session.evaluatedAt > 0 ? mistakesOf(evaluation) : [];
  }

  /** Changes settings and asks again. */
  async update(changes: Partial<Settings>): Promise<void> {
    await this.session.update(changes);
    await this.refresh();
  }

  #follow(): void {
    const { live, evaluation, playing, busy } = this.session;
    if (!live || playing || busy) return;
    const seen = this.#seen;
    const { step } = live.trainer;
    if (live === seen.live && step === seen.step && evaluation === seen.evaluation) return;
    this.#seen = { live, step, evaluation };
    void this.refresh();
  }

  /** Calls while one is under way become one more afterwards. */
  async refresh(): Promise<void> {
    this.#again = true;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#again) {
      this.#again = false;
      const { live } = this.session;
      if (!live) break;
      await this.#look(live).catch((error: unknown) => this.session.report('inside', error));
      this.changed();
    }
    this.#busy = false;
  }

  async #look(live: Live): Promise<void> {
    this.all = await methodsOf(this.session.engine);
    const { image, mistake } = this.session.settings;
    const last = live.dataset.info.validation - 1;
    const misread = this.mistakes.find(({ index }) => index === mistake) ?? this.mistakes[0];
    const chosen = Math.min(image === ANY ? (this.recognised[0] ?? 0) : image, last);
    const indices = [chosen, ...(misread && misread.index !== chosen ? [misread.index] : [])];
    const subjects = await this.#see(live, indices);
    if (live !== this.session.live) return;
    this.subjects = subjects;
    this.results = this.results.filter(({ method }) => this.methods.includes(method));
    this.session.clear('inside');
    const { methods } = this;
    for (const [i, method] of methods.entries()) {
      this.waiting = methods.length - i;
      this.changed();
      const result = await this.#ask(live, method, subjects);
      if (this.#again || live !== this.session.live) break;
      const others = this.results.filter((other) => other.method !== method);
      this.results = this.all.flatMap((each) => [result, ...others].filter((other) => other.method === each));
    }
    this.waiting = 0;
  }

  async #see(live: Live, indices: number[]): Promise<Subject[]> {
    const { pixels, labels } = await live.dataset.images('validation', indices);
    const { logits, probabilities } = await live.model.predict(pixels, indices.length);
    const [size, classes] = [pixels.length / indices.length, live.dataset.info.classes.length];
    return indices.map((index, i) => {
      const own = probabilities.slice(i * classes, (i + 1) * classes);
      const predicted = own.indexOf(Math.max(...own));
      return {
        index,
        pixels: pixels.slice(i * size, (i + 1) * size),
        label: labels[i],
        logits: logits.slice(i * classes, (i + 1) * classes),
        probabilities: own,
        predicted,
        asked: this.#asked(predicted, labels[i], classes),
      };
    });
  }

  #asked(predicted: number, label: number, classes: number): number {
    const { question } = this.session.settings;
    if (question === THE_TRUTH) return label;
    return question === ITS_ANSWER || question >= classes ? predicted : question;
  }

  async #ask(live: Live, method: ExplainMethodInfo, subjects: readonly Subject[]): Promise<Result> {
    const answers: Explanation[] = [];
    try {
      for (const { pixels, asked } of subjects) {
        answers.push(await ask(live.model, method, pixels, [asked], this.methodSettings));
      }
      return { method, answers, problem: null };
    } catch (error) {
      // The engine names the option at fault; here the method stands above it.
      return { method, answers: [], problem: EngineError.from(error).message.replace(/^method: /, '') };
    }
  }
}
