/** The lab "Measure explanations" (V14): the whole protocol on rooms, whose object is known to the pixel. */
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { columnStyles } from '../run/columns.ts';
import { RunLab, type Subject } from '../run/lab.ts';
import type { Session } from '../run/session.ts';
import { Measurement } from './measurement.ts';
import './results.ts';
import { PRESETS, SCHEMA, type Settings } from './settings.ts';
import './setup.ts';

@customElement('vt-measure-lab')
export class MeasureLab extends RunLab<Settings> {
  private measurement: Measurement | null = null;

  protected override readonly early = true;
  protected readonly subject: Subject<Settings> = {
    title: 'Which explanation is right?',
    text: 'Explanations can be measured: does the map lie on the object, does the answer fall when its pixels go, does it survive a little noise? Train a network, measure the methods on many images, and let the statistics say which differences are real.',
    schema: SCHEMA,
    presets: PRESETS,
  };

  static override styles = [...RunLab.styles, columnStyles];

  protected override opened(session: Session<Settings>): void {
    this.measurement = new Measurement(session);
  }

  protected override body() {
    const { measurement } = this;
    if (!measurement) return null;
    return html`<div class="columns two">
      <section>
        <h2>Set up</h2>
        <vt-measure-setup .measurement=${measurement}></vt-measure-setup>
      </section>
      <section>
        <h2>Measure</h2>
        <vt-measure-results .measurement=${measurement}></vt-measure-results>
      </section>
    </div>`;
  }
}
