/** What every panel of this lab has: the experiment and what looks at it. */
import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import { follow } from '../../ui/signal.ts';
import type { Inspector } from './inspector.ts';
import type { Session } from '../run/session.ts';
import type { Settings } from './settings.ts';

export abstract class Panel extends LitElement {
  @property({ attribute: false }) session!: Session<Settings>;
  @property({ attribute: false }) inspector!: Inspector;
  /** Parts that the embedding page left out. */
  @property({ attribute: false }) omitted: ReadonlySet<string> = new Set();

  constructor() {
    super();
    follow(this, () => [this.session, this.inspector]);
  }

  protected shows(part: string): boolean {
    return !this.omitted.has(part);
  }

  protected classText(index: number): string {
    return this.session.live?.dataset.info.classes[index] ?? String(index);
  }
}
