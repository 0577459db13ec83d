/** The lab "image GAN" (G8): two convolutional networks against each other, on small images. */
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../../ui/set-up.ts';
import { columnStyles } from '../run/columns.ts';
import { LabShell, type Subject } from '../run/shell.ts';
import { Game } from './game.ts';
import './inside.ts';
import { changeBetween, PRESETS, SCHEMA, type Settings } from './settings.ts';
import './setup.ts';
import './watch.ts';

@customElement('vt-image-gan-lab')
export class ImageGanLab extends LabShell<Settings, Game> {
  protected readonly subject: Subject<Settings> = {
    title: 'Images from noise',
    text: 'A generator unfolds noise into images; a discriminator tells them from real ones. Watch the same noise become digits, ask a judge how good they are, look for copies, and make the game fail in the three classic ways.',
    schema: SCHEMA,
    presets: PRESETS,
  };

  static override styles = [...LabShell.styles, columnStyles];

  protected override create(settings: Settings): Game {
    return new Game(settings);
  }

  protected override alters(before: Settings, after: Settings): boolean {
    return changeBetween(before, after) !== 'nothing';
  }

  protected override ready({ sheet, problems }: Game): boolean {
    return sheet !== null || problems.data !== undefined;
  }

  protected override progressOf({ problems, device }: Game): string {
    if (problems.engine) return 'The engine could not start.';
    return device ? 'Making the two networks …' : 'Starting the engine …';
  }

  /** A set-up is seen from its beginning. */
  protected override presetChosen(): void {
    void this.session?.rewind();
  }

  protected override body(game: Game) {
    const { omitted } = this;
    const any = (...parts: string[]) => parts.some((part) => !omitted.has(part));
    return html`<div class="columns">
      ${
        any('data', 'loss', 'learning')
          ? html`<section>
              <vt-set-up what="images, loss, learning rates" ?urgent=${Boolean(game.problems.data)}>
                <vt-image-gan-setup .game=${game} .omitted=${omitted}></vt-image-gan-setup>
              </vt-set-up>
            </section>`
          : null
      }
      <section>
        <h2>Watch</h2>
        <vt-image-gan-watch .game=${game} .omitted=${omitted}></vt-image-gan-watch>
      </section>
      ${
        any('judge', 'curves', 'walk')
          ? html`<section class="last">
              <h2>Look inside</h2>
              <vt-image-gan-inside .game=${game} .omitted=${omitted}></vt-image-gan-inside>
            </section>`
          : null
      }
    </div>`;
  }
}
