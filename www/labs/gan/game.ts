/**
 * The experiment of this lab: two networks and what is to be looked at of them. It drives the run frame by frame, and slow motion sub-step
 * by sub-step.
 *
 * Looking never trains. What moves with every frame (points, scores, ground) is announced by the game itself; what is read at leisure
 * (coverage, the best D, curves, formulas) by `calm`, a few times a second.
 */
import { EngineError, type Gan } from '../../engine/client.ts';
import type { Coverage, GanMetrics, GanSettings, GanTurn, GanView } from '../../engine/types.ts';
import { Watched } from '../../ui/signal.ts';
import { Trace } from '../../ui/trace.ts';
import { PACE, type Action, type RunState } from '../../ui/transport.ts';
import { Experiment, pause } from '../run/experiment.ts';
import { Remaker } from '../run/remake.ts';
import { frameOf, latentGrid, lattice, type Frame } from './field.ts';
import { SUB_STEPS, type SubStep } from './iteration.ts';
import { changeBetween, cloudOf, optionsOf, type Change, type Settings } from './settings.ts';
import { termsOf, type Terms } from './theory.ts';

/** At full speed the engine gets so long for a frame. */
const FRAME_MS = 14;
const CALM_MS = 250;
/** As in Srivastava et al. 2017. */
export const SAMPLES = 2500;
const CHANGES: readonly Change[] = ['nothing', 'rates', 'seed', 'game'];

/** One game and what does not change while it is played. */
export interface Live {
  gan: Gan;
  settings: GanSettings;
  centres: Float32Array;
  sigma: number;
  frame: Frame;
  places: Float32Array;
}

/** What every frame shows. */
export interface Look {
  view: GanView;
  /** D at the places of the ground. */
  ground: Float32Array;
  /** G at the knots of the latent grid, where that is shown. */
  knots: Float32Array | null;
}

/** What is measured at leisure. */
export interface Reading {
  coverage: Coverage;
  /** D* at the places of the ground. */
  best: Float32Array;
  terms: Terms;
}

const NO_METRICS: GanMetrics = {
  discriminatorSteps: 0,
  generatorSteps: 0,
  discriminatorLoss: 0,
  generatorLoss: 0,
  penalty: 0,
  real: 0,
  fake: 0,
};

export class Game extends Experiment<Settings, 'data' | 'training'> {
  readonly calm = new Watched();
  live: Live | null = null;
  look: Look | null = null;
  reading: Reading | null = null;
  metrics: GanMetrics = NO_METRICS;
  /** Losses of D and G, mean D on real and on fake. */
  trace = new Trace(4);
  /** A loss was no number any more: nothing is learnt until the game begins anew. */
  diverged = false;
  /** Frames shown since the start. */
  frames = 0;
  /** Index of the sub-step of slow motion; `null`: it is off. */
  stage: number | null = null;
  /** Slow motion goes on by itself. */
  walking = false;
  /** Before the last update in slow motion. */
  before: Look | null = null;
  readonly #changes = new Remaker(CHANGES, (change) => this.#carryOut(change));
  #loop: Promise<void> = Promise.resolve();
  #readAt = -Infinity;
  /** Counts the times that slow motion was set going. */
  #walk = 0;

  get subStep(): SubStep | null {
    return this.stage === null ? null : SUB_STEPS[this.stage];
  }

  protected override make(): Promise<void> {
    this.live = null;
    return this.#changes.ask('game');
  }

  async update(changes: Partial<Settings>): Promise<void> {
    const before = this.settings;
    this.settings = { ...before, ...changes };
    this.onSettings();
    this.#announce();
    await this.#changes.ask(changeBetween(before, this.settings));
    if (this.settings.grid && this.look && !this.look.knots && !this.playing) await this.#try(() => this.#see());
  }

  #announce(): void {
    this.changed();
    this.calm.changed();
  }

  async #carryOut(change: Change): Promise<void> {
    if (!this.started) return;
    if (change === 'rates') {
      await this.#try(() => this.#setRates());
      return;
    }
    this.playing = this.walking = false;
    this.busy = true;
    this.#announce();
    await this.#loop;
    this.busy = true;
    await this.#try(() => (change === 'game' || !this.live ? this.#begin() : this.live.gan.rewind(this.settings.seed)), 'data');
    await this.#afresh();
    this.busy = false;
    this.#announce();
  }

  /** Says where `work` failed. */
  async #try(work: () => Promise<unknown>, place: 'data' | 'training' = 'training'): Promise<void> {
    try {
      await work();
      this.clear(place);
    } catch (error) {
      this.report(place, error);
    }
    this.#announce();
  }

  async #setRates(): Promise<void> {
    if (!this.live) return;
    const { gan, settings } = this.live;
    const { dlr, glr } = this.settings;
    await gan.setLearningRates(dlr > 0 ? dlr : settings.discriminatorRate, glr > 0 ? glr : settings.generatorRate);
    this.live = { ...this.live, settings: await gan.options() };
  }

  async #begin(): Promise<void> {
    const old = this.live;
    const gan = await this.engine.gan(cloudOf(this.settings), optionsOf(this.settings));
    const [settings, { centres, dims, sigma }] = await Promise.all([gan.options(), gan.cloud()]);
    const frame = frameOf(centres, dims, sigma);
    this.live = { gan, settings, centres, sigma, frame, places: lattice(frame) };
    await old?.gan.dispose();
  }

  /** Nothing has been learnt yet, and that is shown. */
  async #afresh(): Promise<void> {
    this.trace = new Trace(4);
    this.metrics = NO_METRICS;
    this.rate = 0;
    this.diverged = false;
    this.stage = this.before = null;
    await this.#try(() => this.#see());
  }

  // --- the run ---

  get run(): RunState {
    const { playing, busy, live, diverged, rate, speed, settings, device, metrics } = this;
    return {
      playing,
      blocked: busy || !live || diverged,
      step: Math.max(metrics.discriminatorSteps / (live?.settings.discriminatorSteps ?? 1), metrics.generatorSteps),
      stepsPerEpoch: 0,
      rate,
      speed,
      speeds: { slow: '2 steps a second', brisk: 'a step each frame', full: 'full speed' },
      seed: settings.seed,
      device,
    };
  }

  act(action: Action): void {
    const actions: Record<Action, () => void> = {
      toggle: () => (this.playing || this.walking ? this.halt() : this.#some(Infinity, this.settings.turn)),
      step: () => this.#some(1, this.settings.turn),
      epoch: () => {},
      rewind: () => void this.rewind(),
      seed: () => void this.newSeed(),
    };
    actions[action]();
  }

  /** What is under way comes to its end first. */
  halt(): void {
    if (this.playing) {
      this.busy = true;
      void this.#loop.then(() => {
        this.busy = false;
        this.#announce();
      });
    }
    this.playing = this.walking = false;
    this.#announce();
  }

  /** One step of `turn`, whatever the setting is. */
  stepOf(turn: GanTurn): void {
    this.#some(1, turn);
  }

  async rewind(): Promise<void> {
    this.halt();
    await this.#loop;
    if (!this.live) return;
    const { gan } = this.live;
    await this.#try(() => gan.rewind());
    await this.#afresh();
  }

  /** After a divergence: a tenth of both rates, and from the start. */
  async retrySlower(): Promise<void> {
    if (!this.live) return;
    const { discriminatorRate, generatorRate } = this.live.settings;
    const tenth = (rate: number) => Number((rate / 10).toPrecision(3));
    await this.update({ dlr: tenth(discriminatorRate), glr: tenth(generatorRate) });
    await this.rewind();
  }

  #some(turns: number, turn: GanTurn): void {
    if (this.playing || this.walking || this.run.blocked) return;
    this.stage = this.before = null;
    this.playing = true;
    this.#loop = this.#drive(turns, turn);
    this.#announce();
  }

  async #drive(turns: number, turn: GanTurn): Promise<void> {
    const { live } = this;
    let left = turns;
    let block = 1;
    await this.#try(async () => {
      while (this.playing && live && left > 0) {
        const began = performance.now();
        const wanted = Math.min(this.speed === 'full' ? block : 1, left);
        await this.#see(turn, wanted);
        const spent = performance.now() - began;
        left -= wanted;
        block = Math.round(Math.min(Math.max((block * FRAME_MS) / Math.max(spent, 1), 1), block * 2, 50));
        if (left > 0) await (this.speed === 'slow' ? pause(Math.max(0, 1000 / PACE.slow - spent)) : frame());
        const pace = (wanted * 1000) / Math.max(performance.now() - began, 1);
        this.rate = this.rate === 0 ? pace : this.rate * 0.9 + pace * 0.1;
      }
    });
    this.playing = false;
    // The last frames may have gone by without a reading. After a divergence there is nothing to read, and its message stays.
    if (!this.diverged) await this.#try(() => this.#see());
    this.onDone({ step: this.run.step, diverged: this.diverged, validation: null });
    this.#announce();
  }

  /** Takes `turns` turns and looks. All calls are posted at once: the engine carries them out in order. */
  async #see(turn: GanTurn = 'both', turns = 0): Promise<void> {
    const { live, settings } = this;
    if (!live) return;
    const {
      gan,
      places,
      frame: { dims },
    } = live;
    const isGrid = settings.grid && dims === 2 && settings.latent === 2;
    const isTime = !this.playing || performance.now() - this.#readAt > CALM_MS;
    const [metrics, view, ground, knots, samples] = await Promise.all([
      turns > 0 ? gan.run(turn, turns) : null,
      gan.view(),
      gan.surface(places),
      isGrid ? gan.generate(latentGrid()) : null,
      isTime ? gan.samples(SAMPLES) : null,
    ]);
    if (metrics) this.#note(metrics);
    this.look = { view, ground, knots };
    this.frames += 1;
    this.changed();
    if (!samples) return;
    this.#readAt = performance.now();
    const [coverage, best] = await Promise.all([gan.coverage(samples), gan.optimal(view.fake, places)]);
    this.reading = { coverage, best, terms: termsOf(settings.loss, view.realScore, view.fakeScore) };
    this.calm.changed();
  }

  #note(metrics: GanMetrics): void {
    this.metrics = metrics;
    const { discriminatorSteps, generatorSteps, discriminatorLoss, generatorLoss, real, fake } = metrics;
    const { step } = this.run;
    // Before a network's first step it has no loss.
    const ofD = (value: number) => (discriminatorSteps > 0 ? value : NaN);
    this.trace.add(step, [ofD(discriminatorLoss), generatorSteps > 0 ? generatorLoss : NaN, ofD(real), ofD(fake)]);
    if (![discriminatorLoss, generatorLoss].every(Number.isFinite)) {
      this.diverged = true;
      const message = `At step ${step} a loss is no longer a number: the run diverged. Choose smaller learning rates, then rewind.`;
      throw new EngineError('run', message);
    }
    this.onStep({ step, loss: generatorLoss, accuracy: null });
  }

  // --- slow motion ---

  /** The next sub-step, or with −1 the one before, as long as that undoes no learning. */
  async walk(by: 1 | -1 = 1): Promise<void> {
    const { live, stage } = this;
    if (!live || this.playing || this.run.blocked) return;
    const next = stage === null ? 0 : (stage + by + SUB_STEPS.length) % SUB_STEPS.length;
    if (by < 0 && (stage === null || stage === 0 || SUB_STEPS[stage].learns)) return;
    const { learns, network } = SUB_STEPS[next];
    this.busy = true;
    if (next === 0) this.before = null;
    if (learns && by > 0) {
      this.before = this.look;
      const turns = network === 'discriminator' ? live.settings.discriminatorSteps : 1;
      await this.#try(() => this.#see(network, turns));
    }
    this.stage = next;
    this.busy = false;
    this.#announce();
  }

  /** Slow motion by itself, `seconds` for each sub-step, until it is halted. */
  async walkOn(seconds: number): Promise<void> {
    if (this.walking || this.playing || this.busy) return;
    this.walking = true;
    this.#announce();
    const walk = ++this.#walk;
    while (this.walking && walk === this.#walk && this.live && !this.problems.training) {
      await this.walk();
      await pause(seconds * 1000);
    }
    if (walk === this.#walk) this.halt();
  }

  /** Ends slow motion. */
  leave(): void {
    this.halt();
    this.stage = this.before = null;
    this.#announce();
  }
}

const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
