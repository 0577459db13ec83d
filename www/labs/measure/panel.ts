/** What every panel of this lab has: the run and the measurement. */
import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import { follow } from '../../ui/signal.ts';
import type { Session } from '../run/session.ts';
import type { Measurement } from './measurement.ts';
import type { Settings } from './settings.ts';

export abstract class Panel extends LitElement {
  @property({ attribute: false }) measurement!: Measurement;

  constructor() {
    super();
    follow(this, () => [this.session, this.measurement]);
  }

  protected get session(): Session<Settings> {
    return this.measurement.session;
  }
}
