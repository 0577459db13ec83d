/** The shell of every lab that trains a classifier. */
import { depthOfChange, type RunSettings } from './settings.ts';
import { Session } from './session.ts';
import { LabShell } from './shell.ts';

export type { Preset, Subject } from './shell.ts';

export abstract class RunLab<S extends RunSettings> extends LabShell<S, Session<S>> {
  /** Whether the body has something to show before there is data and a network. */
  protected readonly early: boolean = false;

  protected override create(settings: S): Session<S> {
    return new Session(settings);
  }

  protected override alters(before: S, after: S): boolean {
    return depthOfChange(before, after) !== 'nothing';
  }

  /** Once there is data and a network, or a message that says why not. */
  protected override ready({ live, problems }: Session<S>): boolean {
    return this.early || Boolean(live || problems.data || problems.layers);
  }

  protected override progressOf({ problems, device }: Session<S>): string {
    if (problems.engine) return 'The engine could not start.';
    return device ? 'Making the data and the network …' : 'Starting the engine …';
  }
}
