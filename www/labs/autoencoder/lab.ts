/** The lab "autoencoder" (COURSE G1–G4): the same images through codes of 2, 5 and 32 numbers. */
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../../ui/set-up.ts';
import { columnStyles } from '../run/columns.ts';
import { LabShell, type Subject } from '../run/shell.ts';
import { Coding } from './experiment.ts';
import './inside.ts';
import { depthOfChange, PRESETS, SCHEMA, type Settings } from './settings.ts';
import './setup.ts';
import './watch.ts';

@customElement('vt-autoencoder-lab')
export class AutoencoderLab extends LabShell<Settings, Coding> {
  protected readonly subject: Subject<Settings> = {
    title: 'Squeeze an image into a few numbers',
    text: 'An encoder must say everything about an image in a few numbers, and a decoder must draw the image from these alone. Nobody tells them what matters: they find out what images have in common, because there is no room for anything else.',
    schema: SCHEMA,
    presets: PRESETS,
  };

  static override styles = [...LabShell.styles, columnStyles];

  protected override create(settings: Settings): Coding {
    return new Coding(settings);
  }

  protected override alters(before: Settings, after: Settings): boolean {
    return depthOfChange(before, after) !== 'nothing';
  }

  protected override ready({ coders, problems }: Coding): boolean {
    return coders.length > 0 || Boolean(problems.data || problems.network);
  }

  protected override progressOf({ problems, device }: Coding): string {
    if (problems.engine) return 'The engine could not start.';
    return device ? 'Making the images and the networks …' : 'Starting the engine …';
  }

  protected override body(coding: Coding) {
    return html`<div class="columns">
      <section>
        <vt-set-up
          what="images, layers, what is asked"
          ?urgent=${Boolean(coding.problems.data ?? coding.problems.network ?? coding.problems.training ?? coding.diverged)}
        >
          <vt-autoencoder-setup .coding=${coding}></vt-autoencoder-setup>
        </vt-set-up>
      </section>
      <section>
        <h2>Watch</h2>
        <vt-autoencoder-watch .coding=${coding}></vt-autoencoder-watch>
      </section>
      <section class="last">
        <h2>Look inside</h2>
        <vt-autoencoder-inside .coding=${coding}></vt-autoencoder-inside>
      </section>
    </div>`;
  }
}
