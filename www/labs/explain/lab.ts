/** The lab "Explain" (V1–V10): one image, the methods side by side, and each of them closely. */
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { columnStyles } from '../run/columns.ts';
import { RunLab, type Subject } from '../run/lab.ts';
import type { Session } from '../run/session.ts';
import './closer.ts';
import './compare.ts';
import { Comparison } from './comparison.ts';
import { PRESETS, SCHEMA, type Settings } from './settings.ts';
import './setup.ts';

@customElement('vt-explain-lab')
export class ExplainLab extends RunLab<Settings> {
  private comparison: Comparison | null = null;

  protected readonly subject: Subject<Settings> = {
    title: 'Ask a network why',
    text: 'A network gives an answer and no reasons. Explanation methods draw them as a map: which pixels made it say so? They answer different questions, at different costs, and each can mislead. Train a network here, then put them side by side.',
    schema: SCHEMA,
    presets: PRESETS,
  };

  static override styles = [...RunLab.styles, columnStyles];

  protected override opened(session: Session<Settings>): void {
    this.comparison = new Comparison(session);
  }

  protected override presetChosen(): void {
    void this.comparison?.refresh();
  }

  protected override body() {
    const { comparison } = this;
    if (!comparison) return null;
    return html`<div class="columns">
      <section>
        <h2>Set up</h2>
        <vt-explain-setup .comparison=${comparison}></vt-explain-setup>
      </section>
      <section>
        <h2>Compare</h2>
        <vt-explain-compare .comparison=${comparison}></vt-explain-compare>
      </section>
      <section class="last">
        <h2>Look closer</h2>
        <vt-explain-closer .comparison=${comparison}></vt-explain-closer>
      </section>
    </div>`;
  }
}
