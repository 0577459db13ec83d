/** The lab "Rate explanations" (V15): a small blinded study with people as the instrument. */
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { columnStyles } from '../run/columns.ts';
import { RunLab, type Subject } from '../run/lab.ts';
import type { Session } from '../run/session.ts';
import './results.ts';
import { PRESETS, SCHEMA, type Settings } from './settings.ts';
import './setup.ts';
import './sheet.ts';
import { Study } from './study.ts';

@customElement('vt-rate-lab')
export class RateLab extends RunLab<Settings> {
  private study: Study | null = null;

  protected override readonly early = true;
  protected readonly subject: Subject<Settings> = {
    title: 'Which explanation convinces people?',
    text: 'An explanation is made for people, so people are asked. Train a network, then rate maps without knowing which method drew them. Two raters show whether the judgement is more than taste.',
    schema: SCHEMA,
    presets: PRESETS,
  };

  static override styles = [...RunLab.styles, columnStyles];

  protected override opened(session: Session<Settings>): void {
    this.study = new Study(session);
  }

  protected override body() {
    const { study } = this;
    if (!study) return null;
    return html`<div class="columns">
      <section>
        <h2>Set up</h2>
        <vt-rate-setup .study=${study}></vt-rate-setup>
      </section>
      <section>
        <h2>Rate</h2>
        <vt-rate-sheet .study=${study}></vt-rate-sheet>
      </section>
      <section class="last">
        <h2>Results</h2>
        <vt-rate-results .study=${study}></vt-rate-results>
      </section>
    </div>`;
  }
}
