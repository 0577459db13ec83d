/**
 * One experiment: the data, the network, the run. It turns changes of the settings into calls of the engine, drives the training loop in
 * short blocks, and keeps whatever runs alive when a change turns out to be impossible.
 *
 * Looking never trains: only `play`, `stepOnce` and `epochOnce` add steps.
 */
import { EngineError, type Dataset, type Model, type Trainer } from '../../engine/client.ts';
import type { Architecture, DivergenceReport, Evaluation, Layer, LayerProblem, ModelSummary } from '../../engine/types.ts';
import { History } from '../../ui/history.ts';
import type { Action, RunState } from '../../ui/transport.ts';
import type { DoneDetail } from '../lab.ts';
import { DataExperiment } from './data-experiment.ts';
import { depthOfChange, DEPTHS, sourceOf, trainOptionsOf, type Depth, type RunSettings } from './settings.ts';

/** A block of steps should take about this long, so that a pause is felt at once. */
const BLOCK_MS = 60;

export interface Live {
  dataset: Dataset;
  model: Model;
  trainer: Trainer;
  architecture: Architecture;
}

/** Where a message belongs: beside the control that caused it. */
export type Place = 'data' | 'layers' | 'training' | 'inside' | 'attack';

export class Session<S extends RunSettings = RunSettings> extends DataExperiment<S, Place, Depth> {
  live: Live | null = null;
  /** The layer list as edited, legal or not. */
  draft: Layer[] = [];
  draftSummary: ModelSummary | null = null;
  layerProblem: LayerProblem | null = null;
  history = new History();
  evaluation: Evaluation | null = null;
  /** The step that `evaluation` is of. */
  evaluatedAt = -1;
  divergence: DivergenceReport | null = null;
  /** The step at which training will pause by itself. */
  goal = Infinity;

  /** Of the last start: a run that was paused in mid-block must not go on because another was started. */
  #start = 0;

  constructor(settings: S) {
    super(settings, DEPTHS);
  }

  protected override make(): Promise<void> {
    this.live = null;
    return super.make();
  }

  protected override depthOf(before: S, after: S): Depth {
    return depthOfChange(before, after);
  }

  /** Shows an edited layer list at once, and takes it into use if it is legal. */
  editLayers(layers: Layer[]): Promise<void> {
    this.draft = layers;
    return this.#set({ net: 'custom', layers });
  }

  /** `update` for what every run has. */
  #set(changes: Partial<RunSettings>): Promise<void> {
    return this.update(changes as Partial<S>);
  }

  protected override async retune(): Promise<void> {
    try {
      await this.live?.trainer.setLearningRate(this.settings.lr);
      this.clear('training');
    } catch (error) {
      this.report('training', error);
    }
  }

  protected override async remake(depth: Depth): Promise<void> {
    const old = this.live;
    const { settings } = this;
    let place: Place = 'data';
    try {
      this.requireFiles();
      const dataset =
        depth === 'data' || !old
          ? await this.engine.dataset(sourceOf(settings, this.files), { validationFraction: settings.held, seed: settings.split })
          : old.dataset;
      this.clear('data');
      place = 'layers';
      const architecture = depth === 'run' && old ? old.architecture : await this.#architecture(dataset);
      if (!architecture) {
        if (dataset !== old?.dataset) await dataset.dispose();
        return;
      }
      const model = await this.engine.model(architecture, { seed: settings.seed });
      this.clear('layers');
      place = 'training';
      const trainer = await model.trainer(dataset, trainOptionsOf(settings));
      this.problems = {};
      this.live = { dataset, model, trainer, architecture };
      this.#forget();
      await this.#evaluate();
      if (old) await this.#dispose(old, this.live);
    } catch (error) {
      const { layer, message } = EngineError.from(error);
      if (place === 'layers') this.layerProblem = { layer: layer ?? null, message };
      this.report(place, error);
    }
  }

  async #dispose(old: Live, now: Live): Promise<void> {
    await old.trainer.dispose();
    await old.model.dispose();
    if (old.dataset !== now.dataset) await old.dataset.dispose();
  }

  /** The chosen network for this data set; `null`, with `layerProblem` set, where it cannot be built. */
  async #architecture(dataset: Dataset): Promise<Architecture | null> {
    const { shape, classes, mean, std } = dataset.info;
    const { net, layers } = this.settings;
    const isCustom = net === 'custom' && layers.length > 0;
    const plain = isCustom
      ? { input: shape, layers }
      : await this.engine.preset(net === 'custom' ? 'lenet-5' : net, shape, classes.length);
    const architecture = { ...plain, mean, std };
    this.draft = architecture.layers;
    const { summary, problem } = await this.engine.describe(architecture);
    this.layerProblem = problem;
    this.draftSummary = summary ?? (await this.#describeBefore(problem?.layer ?? 0, architecture));
    if (summary && !problem && summary.classes !== classes.length) {
      const message = `The last layer has ${summary.classes} outputs, but the data has ${classes.length} classes.`;
      this.layerProblem = { layer: architecture.layers.length - 1, message };
    }
    return this.layerProblem ? null : architecture;
  }

  /** The layers that come before the one that is wrong still have shapes to show. */
  async #describeBefore(layer: number, architecture: Architecture): Promise<ModelSummary | null> {
    if (layer === 0) return null;
    const { summary } = await this.engine.describe({ ...architecture, layers: architecture.layers.slice(0, layer) });
    return summary;
  }

  #forget(): void {
    this.history = new History();
    this.evaluation = null;
    this.divergence = null;
    this.rate = 0;
  }

  // --- the run ---

  get run(): RunState {
    const { playing, busy, live, rate, speed, settings, device, divergence } = this;
    return {
      playing,
      blocked: busy || !live || divergence !== null,
      step: live?.trainer.step ?? 0,
      stepsPerEpoch: live?.trainer.stepsPerEpoch ?? 0,
      rate,
      speed,
      seed: settings.seed,
      device,
    };
  }

  act(action: Action): void {
    const actions: Record<Action, () => void> = {
      toggle: () => (this.playing ? this.pause() : this.play()),
      step: () => this.stepOnce(),
      epoch: () => this.epochs(1),
      rewind: () => void this.rewind(),
      seed: () => void this.newSeed(),
    };
    actions[action]();
  }

  play(): void {
    this.#some(Infinity);
  }

  pause(): void {
    this.playing = false;
    this.changed();
  }

  stepOnce(): void {
    this.#some(1);
  }

  /** `count` epochs, of which the one under way is the first. */
  epochs(count: number): void {
    const trainer = this.live?.trainer;
    if (trainer) this.#some(trainer.stepsPerEpoch * count - (trainer.step % trainer.stepsPerEpoch));
  }

  #some(steps: number): void {
    if (this.playing || this.busy || !this.live || this.divergence) return;
    this.playing = true;
    this.goal = this.live.trainer.step + steps;
    this.running = this.#drive(steps, ++this.#start);
    this.changed();
  }

  async #drive(steps: number, start: number): Promise<void> {
    const { live } = this;
    if (!live) return;
    const { trainer } = live;
    const take = async (most: number) => {
      if (start !== this.#start || live !== this.live || this.divergence) return 0;
      const toEpochEnd = trainer.stepsPerEpoch - (trainer.step % trainer.stepsPerEpoch);
      const wanted = Math.max(1, Math.min(most, toEpochEnd));
      const run = await trainer.run(wanted);
      this.history.add(run.metrics);
      this.divergence = run.divergence;
      const last = run.metrics.at(-1);
      if (last) this.onStep(last);
      return wanted;
    };
    try {
      await this.inBlocks(steps, BLOCK_MS, take, async () => {
        if (this.divergence) this.playing = false;
        else if (trainer.step % trainer.stepsPerEpoch === 0) await this.#evaluate();
      });
      if (start !== this.#start) return;
      if (live === this.live && !this.divergence && this.evaluatedAt !== live.trainer.step) await this.#evaluate();
    } catch (error) {
      this.report('training', error);
    }
    this.playing = false;
    this.onDone(this.#outcome());
    this.changed();
  }

  #outcome(): DoneDetail {
    const { evaluation, live, divergence } = this;
    const validation = evaluation && { loss: evaluation.loss, accuracy: evaluation.accuracy };
    return { step: live?.trainer.step ?? 0, diverged: divergence !== null, validation };
  }

  async #evaluate(): Promise<void> {
    if (!this.live) return;
    const { trainer } = this.live;
    this.evaluation = await trainer.evaluate('validation');
    this.evaluatedAt = trainer.step;
    const { loss, accuracy } = this.evaluation;
    if (this.history.validation.at(-1)?.step !== trainer.step) this.history.validation.push({ step: trainer.step, loss, accuracy });
    this.changed();
  }

  /** Back to step 0 and the same initial weights. */
  async rewind(): Promise<void> {
    await this.#settle(async ({ trainer }) => {
      await trainer.rewind();
      this.#forget();
    });
  }

  /** After a divergence: the last good weights, and from there a smaller learning rate. */
  async returnToCheckpoint(): Promise<void> {
    const { divergence } = this;
    await this.#settle(async ({ trainer }) => {
      this.history.cut(trainer.step);
      this.divergence = null;
    });
    if (divergence) await this.#set({ lr: divergence.suggestedLearningRate });
  }

  async retrySlower(): Promise<void> {
    const { divergence } = this;
    if (!divergence) return;
    await this.#set({ lr: divergence.suggestedLearningRate });
    await this.rewind();
  }

  async #settle(change: (live: Live) => Promise<void>): Promise<void> {
    this.playing = false;
    await this.running;
    if (!this.live) return;
    try {
      await change(this.live);
      await this.#evaluate();
      this.clear('training');
    } catch (error) {
      this.report('training', error);
    }
    this.changed();
  }
}
