/** The measurement: one device after the other, figure by figure, until it is done or stopped. */
import { Engine, EngineError } from '../../engine/client.ts';
import type { DeviceChoice } from '../../engine/types.ts';
import { Watched } from '../../ui/signal.ts';
import type { Measured } from './figures.ts';
import type { Settings } from './settings.ts';
import { TASKS } from './tasks.ts';
import { time } from './timing.ts';

/** `gpu-software` takes a real GPU where there is one, and else says that it is none. */
const CHOICES: Record<Settings['devices'], readonly DeviceChoice[]> = {
  both: ['cpu', 'gpu-software'],
  cpu: ['cpu'],
  gpu: ['gpu-software'],
};

export class Measurement extends Watched {
  measured: Measured[] = [];
  /** What is under way, `null` at rest. */
  current: string | null = null;
  /** 0…1 */
  share = 0;
  /** Whether all was measured that was asked for. */
  finished = false;
  /** Why there is no GPU, where there is none. */
  absent = '';
  problem = '';
  onProblem: (error: EngineError) => void = () => {};

  #engine: Engine | null = null;
  /** Counts starts and stops: what belongs to an earlier one is not kept. */
  #turn = 0;

  get running(): boolean {
    return this.current !== null;
  }

  async start({ devices, seconds }: Settings): Promise<void> {
    this.stop();
    const turn = this.#turn;
    Object.assign(this, { measured: [], finished: false, absent: '', problem: '', share: 0 });
    const choices = CHOICES[devices];
    for (const [i, choice] of choices.entries()) {
      this.#say(`Opening the ${choice === 'cpu' ? 'CPU' : 'GPU'}`, i / choices.length);
      try {
        const engine = await Engine.create({ device: choice });
        if (turn !== this.#turn) return engine.dispose();
        this.#engine = engine;
        await this.#measure(engine, seconds, (done) => (i + done) / choices.length, turn);
      } catch (thrown) {
        if (turn !== this.#turn) return;
        const error = EngineError.from(thrown);
        if (choice !== 'cpu' && error.code === 'device' && !this.#engine) this.absent = error.message;
        else {
          this.problem = error.message;
          this.onProblem(error);
        }
      }
      this.#engine?.dispose();
      this.#engine = null;
    }
    this.finished = this.problem === '';
    this.current = null;
    this.changed();
  }

  /** Ends the measurement at once; what is measured stays. */
  stop(): void {
    this.#turn += 1;
    this.#engine?.dispose();
    this.#engine = null;
    this.current = null;
    this.changed();
  }

  #say(current: string, share: number): void {
    Object.assign(this, { current, share });
    this.changed();
  }

  async #measure(engine: Engine, seconds: number, progress: (done: number) => number, turn: number): Promise<void> {
    const device = await engine.info();
    const measured: Measured = { device, peak: null, times: {} };
    this.measured = [...this.measured, measured];
    const name = device.kind === 'cpu' ? 'CPU' : 'GPU';
    if (device.kind === 'cpu') {
      this.#say('CPU: its limit', progress(0));
      measured.peak = await engine.simdPeak();
    }
    for (const [i, task] of TASKS.entries()) {
      this.#say(`${name}: ${task.title}`, progress(i / TASKS.length));
      const run = await task.prepare(engine);
      measured.times[task.id] = await time(run, seconds, () => performance.now());
      if (turn !== this.#turn) return;
    }
  }
}
