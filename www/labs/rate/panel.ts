/** What every panel of this lab has: the run and the study. */
import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import { follow } from '../../ui/signal.ts';
import type { Session } from '../run/session.ts';
import type { Settings } from './settings.ts';
import type { Study } from './study.ts';

export abstract class Panel extends LitElement {
  @property({ attribute: false }) study!: Study;

  constructor() {
    super();
    follow(this, () => [this.session, this.study]);
  }

  protected get session(): Session<Settings> {
    return this.study.session;
  }
}
