/** What every lab keeps of its experiment: the settings, the engine, what went wrong, and how fast it is to run. */
import { Engine, EngineError } from '../../engine/client.ts';
import type { DeviceChoice, DeviceInfo, EngineModule } from '../../engine/types.ts';
import { Watched } from '../../ui/signal.ts';
import { PACE, type Action, type RunState, type Speed } from '../../ui/transport.ts';
import type { DoneDetail, StepDetail } from '../lab.ts';

/** Steps of a block at most. */
const LONGEST_BLOCK = 200;

/** What the settings of every lab have. */
export interface LabSettings {
  /** Version of the schema; another one is not read. */
  v: number;
  seed: number;
}

/** `P`: where messages belong, beside the control that caused them. */
export abstract class Experiment<S extends LabSettings, P extends string = string> extends Watched {
  settings: S;
  device: DeviceInfo | null = null;
  problems: Partial<Record<P | 'engine', string>> = {};
  /** Something the visitor should know that stops nothing. */
  notice = '';
  playing = false;
  busy = true;
  speed: Speed = 'full';
  /** Steps per second, measured. */
  rate = 0;
  onStep: (detail: StepDetail) => void = () => {};
  onDone: (detail: DoneDetail) => void = () => {};
  onProblem: (error: EngineError) => void = () => {};
  onSettings: () => void = () => {};

  #engine: Engine | null = null;

  constructor(settings: S) {
    super();
    this.settings = settings;
  }

  /** Makes everything as the settings say; also after the engine had to be started anew. */
  protected abstract make(): Promise<void>;
  /** Changes settings and makes anew whatever depends on them. */
  abstract update(changes: Partial<S>): Promise<void>;
  /** What a button of the transport bar does. */
  abstract act(action: Action): void;
  /** What the transport bar shows. */
  abstract get run(): RunState;

  get engine(): Engine {
    if (!this.#engine) throw new EngineError('device', 'the engine has not started');
    return this.#engine;
  }

  /** Whether the engine has started and not been disposed of. */
  protected get started(): boolean {
    return this.#engine !== null;
  }

  async start(device: DeviceChoice, module: EngineModule = 'full'): Promise<void> {
    try {
      this.#engine = await Engine.create({ device, module });
      this.#engine.onDeviceChange((info) => {
        this.device = info;
        this.changed();
      });
      this.#engine.onRestart((error) => {
        this.report('engine', error);
        void this.make();
      });
      this.device = await this.#engine.info();
    } catch (error) {
      this.report('engine', error);
      this.busy = false;
      this.changed();
      return;
    }
    await this.make();
  }

  dispose(): void {
    this.playing = false;
    this.#engine?.dispose();
    this.#engine = null;
  }

  report(place: P | 'engine', thrown: unknown): void {
    const error = EngineError.from(thrown);
    if (error.code === 'disposed' || error.code === 'cancelled') return;
    this.problems = { ...this.problems, [place]: error.message };
    this.onProblem(error);
    this.changed();
  }

  clear(place: P | 'engine'): void {
    if (!this.problems[place]) return;
    this.problems = { ...this.problems, [place]: undefined };
    this.changed();
  }

  /**
   * Takes `steps` steps while `playing` and measures their rate: in blocks of about `milliseconds`, or one by one where the speed asks for
   * it. `take` takes at most so many and says how many they were, 0 to end the run; `after` does not count to a block's time.
   */
  protected async inBlocks(
    steps: number,
    milliseconds: number,
    take: (most: number) => Promise<number>,
    after: () => Promise<void>,
  ): Promise<void> {
    let left = steps;
    let block = 1;
    while (this.playing && left > 0) {
      const slow = Number.isFinite(PACE[this.speed]);
      const began = performance.now();
      const taken = await take(Math.min(slow ? 1 : block, left));
      if (taken === 0) return;
      const spent = performance.now() - began;
      left -= taken;
      block = Math.round(Math.min(Math.max((taken * milliseconds) / Math.max(spent, 1), 1), block * 2, LONGEST_BLOCK));
      await after();
      if (slow && left > 0 && this.playing) await pause(Math.max(0, 1000 / PACE[this.speed] - spent));
      const pace = (taken * 1000) / Math.max(performance.now() - began, 1);
      this.rate = this.rate === 0 ? pace : this.rate * 0.8 + pace * 0.2;
      this.changed();
    }
  }

  newSeed(): Promise<void> {
    return this.update({ seed: Math.floor(Math.random() * 10000) } as Partial<S>);
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
