/** What every panel of this lab has: the run and the comparison. */
import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import { follow } from '../../ui/signal.ts';
import type { Session } from '../run/session.ts';
import type { Comparison } from './comparison.ts';
import type { Settings } from './settings.ts';

export abstract class Panel extends LitElement {
  @property({ attribute: false }) comparison!: Comparison;

  constructor() {
    super();
    follow(this, () => [this.session, this.comparison]);
  }

  protected get session(): Session<Settings> {
    return this.comparison.session;
  }

  protected classText(index: number): string {
    return this.session.live?.dataset.info.classes[index] ?? String(index);
  }
}
