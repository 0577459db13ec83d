/** The lab "Variational autoencoders" (G5, G6): images in a few numbers, and what each number means. */
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../../ui/set-up.ts';
import { columnStyles } from '../run/columns.ts';
import { LabShell, type Subject } from '../run/shell.ts';
import './inside.ts';
import { changeBetween, PRESETS, SCHEMA, type Settings } from './settings.ts';
import './setup.ts';
import { Trial } from './trial.ts';
import './watch.ts';

@customElement('vt-vae-lab')
export class VaeLab extends LabShell<Settings, Trial> {
  protected readonly subject: Subject<Settings> = {
    title: 'Images in a few numbers',
    text: 'A variational autoencoder writes each image down as a few numbers with error bars, and draws it again from them. The error bars cost: one part of the loss asks for sharp images, the other for vague codes. What does each number come to mean?',
    schema: SCHEMA,
    presets: PRESETS,
  };

  static override styles = [...LabShell.styles, columnStyles];

  protected override create(settings: Settings): Trial {
    return new Trial(settings);
  }

  protected override alters(before: Settings, after: Settings): boolean {
    return changeBetween(before, after) !== 'nothing';
  }

  protected override ready({ live, problems }: Trial): boolean {
    return Boolean(live?.pupils[0].look || problems.data || problems.networks);
  }

  protected override progressOf({ problems, device }: Trial): string {
    if (problems.engine) return 'The engine could not start.';
    return device ? 'Making the images and the network …' : 'Starting the engine …';
  }

  protected override body(trial: Trial) {
    const { omitted } = this;
    const any = (...parts: string[]) => parts.some((part) => !omitted.has(part));
    return html`<div class="columns">
      ${
        any('data', 'network', 'learning')
          ? html`<section>
              <vt-set-up what="images, code, β" ?urgent=${Boolean(trial.problems.data ?? trial.problems.networks)}>
                <vt-vae-setup .trial=${trial} .omitted=${omitted}></vt-vae-setup>
              </vt-set-up>
            </section>`
          : null
      }
      <section>
        <h2>Watch</h2>
        <vt-vae-watch .trial=${trial} .omitted=${omitted}></vt-vae-watch>
      </section>
      ${
        any('compare', 'factors', 'latents')
          ? html`<section class="last">
              <h2>Look inside</h2>
              <vt-vae-inside .trial=${trial} .omitted=${omitted}></vt-vae-inside>
            </section>`
          : null
      }
    </div>`;
  }
}
