/** What <vitrine-lab> and a lab's own element agree on. */
import type { DeviceChoice } from '../engine/types.ts';

export interface LabOptions {
  /** Name of a set-up; empty: the lab's first. */
  preset: string;
  /** Attributes that override it, where given. */
  data: string | null;
  seed: string | null;
  /** `key=value&…` that overrides both; empty: nothing. */
  hash: string;
  /** Parts to leave out. */
  omitted: ReadonlySet<string>;
  device: DeviceChoice;
}

/** The element fires `settings` when its state changes, `open-lab` to be replaced by another lab, and `vitrine-step`, `vitrine-done`, `vitrine-error`. */
export interface LabElement extends HTMLElement {
  /** Once, after the element is in the page. */
  begin(options: LabOptions): void;
  /** The whole state as a plain record. */
  state: Record<string, unknown>;
  /** The state as the URL's hash carries it. */
  readonly hash: string;
}

/** `vitrine-step`: the last step of a block. */
export interface StepDetail {
  step: number;
  loss: number;
  /** `null` in labs that do not classify. */
  accuracy: number | null;
}

/** `vitrine-done`: training has stopped, whoever stopped it. `validation` is `null` before the first measurement. */
export interface DoneDetail {
  step: number;
  diverged: boolean;
  validation: { loss: number; accuracy: number } | null;
}

/** `vitrine-error`. */
export interface ErrorDetail {
  code: string;
  message: string;
}

/** `open-lab`: the visitor wants that lab, on that device. */
export interface OpenDetail {
  lab: string;
  device: DeviceChoice;
}
