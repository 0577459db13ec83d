/** The lab "Train a CNN" (C6), with a first look inside (V1, V5) and a first attack (R1): three columns below the bar. */
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../../ui/set-up.ts';
import { columnStyles } from '../run/columns.ts';
import { RunLab, type Subject } from '../run/lab.ts';
import type { Session } from '../run/session.ts';
import './inside.ts';
import { Inspector } from './inspector.ts';
import { PRESETS, SCHEMA, type Settings } from './settings.ts';
import './setup.ts';
import './watch.ts';

@customElement('vt-cnn-lab')
export class CnnLab extends RunLab<Settings> {
  private inspector: Inspector | null = null;

  protected readonly subject: Subject<Settings> = {
    title: 'Train a network that sees',
    text: 'A convolutional network learns to name small pictures: each layer looks at the one before it through little windows, its filters. Train it here, watch the filters form, ask why it decides, and then fool it.',
    schema: SCHEMA,
    presets: PRESETS,
    module: 'small',
  };

  static override styles = [...RunLab.styles, columnStyles];

  protected override opened(session: Session<Settings>): void {
    this.inspector = new Inspector(session);
  }

  protected override presetChosen(): void {
    void this.inspector?.refresh();
  }

  protected override body(session: Session<Settings>) {
    const { omitted, inspector } = this;
    if (!inspector) return null;
    const setUp = ['data', 'layers', 'training'].some((part) => !omitted.has(part));
    const look = ['maps', 'why', 'fool', 'draw'].some((part) => !omitted.has(part));
    return html`<div class="columns">
      ${
        setUp
          ? html`<section>
              <vt-set-up
                what="images, layers, training"
                ?urgent=${Boolean(session.problems.data ?? session.layerProblem ?? session.problems.training)}
              >
                <vt-cnn-setup .session=${session} .inspector=${inspector} .omitted=${omitted}></vt-cnn-setup>
              </vt-set-up>
            </section>`
          : null
      }
      <section>
        <h2>Watch</h2>
        <vt-cnn-watch .session=${session} .inspector=${inspector} .omitted=${omitted}></vt-cnn-watch>
      </section>
      ${
        look
          ? html`<section class="last">
              <h2>Look inside</h2>
              <vt-cnn-inside .session=${session} .inspector=${inspector} .omitted=${omitted}></vt-cnn-inside>
            </section>`
          : null
      }
    </div>`;
  }
}
