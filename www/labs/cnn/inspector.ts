/**
 * Looking at one image through the network as it is now: its probabilities, every layer's activations, a map, an attack. While the
 * network trains, what is in view is asked for again a few times a second; nothing here changes a weight.
 */
import type { Evaluation, Explanation, Named, Prediction } from '../../engine/types.ts';
import { Watched } from '../../ui/signal.ts';
import type { Live, Session } from '../run/session.ts';
import type { Settings, View } from './settings.ts';

/** While training: at most so often. */
const EVERY_MS = 300;

export interface Subject {
  pixels: Float32Array;
  /** The true class; `null` for a drawing. */
  label: number | null;
  title: string;
}

export interface Fooled {
  /** ε that it was made with. */
  epsilon: number;
  adversarial: Float32Array;
  before: Prediction;
  after: Prediction;
}

export class Inspector extends Watched {
  readonly session: Session<Settings>;
  subject: Subject | null = null;
  probabilities: Float32Array | null = null;
  activations: readonly Named[] = [];
  weights: readonly Named[] = [];
  explanation: Explanation | null = null;
  fooled: Fooled | null = null;
  /** Chosen layer, by name; empty: the first convolution. */
  layer = '';
  /** Layer that Grad-CAM looks at; empty: the last one with maps. */
  camLayer = '';
  /** Class to explain; −1: the predicted one. */
  explainedClass = -1;
  #drawing: Float32Array | null = null;
  #busy = false;
  #again = false;
  #last = 0;
  #seen: { live: Live | null; evaluation: Evaluation | null; step: number } = { live: null, evaluation: null, step: -1 };

  constructor(session: Session<Settings>) {
    super();
    this.session = session;
    session.watch(() => this.#follow());
  }

  get predicted(): number {
    return this.probabilities ? this.probabilities.indexOf(Math.max(...this.probabilities)) : -1;
  }

  /** Layers whose output is a stack of maps. */
  get mapLayers(): string[] {
    return (this.session.live?.model.summary.layers ?? []).filter(({ shape }) => shape.length === 3).map(({ name }) => name);
  }

  get chosenLayer(): string {
    const layers = this.session.live?.model.summary.layers ?? [];
    const chosen = layers.find(({ name }) => name === this.layer) ?? layers.find(({ type }) => type === 'conv') ?? layers[0];
    return chosen?.name ?? '';
  }

  /** The default is the engine's: the last layer with maps of more than one pixel. */
  get chosenCamLayer(): string {
    const layers = (this.session.live?.model.summary.layers ?? []).filter(
      ({ shape }) => shape.length === 3 && shape[1] * shape[2] > 1,
    );
    return layers.some(({ name }) => name === this.camLayer) ? this.camLayer : (layers.at(-1)?.name ?? '');
  }

  chooseLayer(name: string): void {
    this.layer = name;
    this.changed();
  }

  async chooseImage(index: number): Promise<void> {
    this.#drawing = null;
    await this.session.update({ image: index });
    await this.refresh();
  }

  async draw(pixels: Float32Array | null): Promise<void> {
    this.#drawing = pixels;
    await this.refresh();
  }

  /** The session has changed: is there anything new to look at? */
  #follow(): void {
    const { live, evaluation } = this.session;
    const step = live?.trainer.step ?? -1;
    const moved = live !== this.#seen.live || evaluation !== this.#seen.evaluation || step !== this.#seen.step;
    if (!moved || !live) return;
    if (live !== this.#seen.live) this.#drawing = null;
    if (this.session.playing && performance.now() - this.#last < EVERY_MS) return;
    this.#seen = { live, evaluation, step };
    void this.refresh();
  }

  /** Asks again for whatever is in view. Calls while one is under way become one more afterwards. */
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
    this.#last = performance.now();
  }

  async #look(live: Live): Promise<void> {
    const { view } = this.session.settings;
    this.subject = await this.#find(live);
    const { pixels } = this.subject;
    const prediction = await live.model.predict(pixels, 1);
    const activations = await live.model.activations(pixels);
    if (live !== this.session.live) return;
    this.probabilities = prediction.probabilities;
    this.activations = activations;
    const parts: Record<View, () => Promise<void>> = {
      layers: async () => void (this.weights = await live.model.weights()),
      why: () => this.#explain(live, pixels),
      fool: () => this.#fool(live, pixels),
      draw: async () => {},
    };
    await parts[view]();
    this.session.clear('inside');
  }

  async #find(live: Live): Promise<Subject> {
    if (this.#drawing) return { pixels: this.#drawing, label: null, title: 'your drawing' };
    const index = Math.min(this.session.settings.image, live.dataset.info.validation - 1);
    const { pixels, labels } = await live.dataset.images('validation', [index]);
    return { pixels, label: labels[0], title: `validation image ${index}` };
  }

  async #explain(live: Live, pixels: Float32Array): Promise<void> {
    const { method } = this.session.settings;
    const classes = [this.explainedClass >= 0 ? this.explainedClass : this.predicted];
    this.explanation = await live.model.explain(
      method,
      pixels,
      method === 'grad-cam' ? { classes, layer: this.chosenCamLayer } : { classes },
    );
  }

  async #fool(live: Live, pixels: Float32Array): Promise<void> {
    const { attack: method, norm, eps: epsilon, steps, random, target, seed } = this.session.settings;
    // A drawing has no true class; the attack then leads away from the answer.
    const truth = this.subject?.label ?? this.predicted;
    const isTargeted = target >= 0 && target < live.dataset.info.classes.length && method !== 'noise';
    const result = await live.model.attack(pixels, Uint32Array.of(truth), {
      method,
      norm,
      epsilon,
      seed,
      ...(method === 'pgd' ? { steps, randomStart: random, stepSize: (2.5 * epsilon) / steps } : {}),
      ...(isTargeted ? { target } : {}),
    });
    this.fooled = { epsilon, ...result };
  }
}
