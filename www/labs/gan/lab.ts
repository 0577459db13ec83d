/** The lab "GANs in the plane" (G7): two networks against each other, on points. */
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

@customElement('vt-gan-lab')
export class GanLab extends LabShell<Settings, Game> {
  protected readonly subject: Subject<Settings> = {
    title: 'Two networks, one forger',
    text: 'A generator turns noise into points; a discriminator says which points are real. Each learns from the other. When the fakes are as good as the real ones, the best answer is ½ everywhere. Watch them get there, or fail in one of the well-known ways.',
    schema: SCHEMA,
    presets: PRESETS,
    device: 'cpu',
  };

  static override styles = [...LabShell.styles, columnStyles];

  protected override create(settings: Settings): Game {
    return new Game(settings);
  }

  protected override alters(before: Settings, after: Settings): boolean {
    return changeBetween(before, after) !== 'nothing';
  }

  protected override ready({ look, problems }: Game): boolean {
    return look !== null || problems.data !== undefined;
  }

  protected override progressOf({ problems, device }: Game): string {
    if (problems.engine) return 'The engine could not start.';
    return device ? 'Making the two networks …' : 'Starting the engine …';
  }

  protected override body(game: Game) {
    const { omitted } = this;
    const any = (...parts: string[]) => parts.some((part) => !omitted.has(part));
    return html`<div class="columns">
      ${
        any('data', 'loss', 'learning')
          ? html`<section>
              <vt-set-up what="distribution, loss, learning rates" ?urgent=${Boolean(game.problems.data)}>
                <vt-gan-setup .game=${game} .omitted=${omitted}></vt-gan-setup>
              </vt-set-up>
            </section>`
          : null
      }
      <section>
        <h2>Watch</h2>
        <vt-gan-watch .game=${game} .omitted=${omitted}></vt-gan-watch>
      </section>
      ${
        any('coverage', 'curves', 'losses', 'confidence', 'best')
          ? html`<section class="last">
              <h2>Look inside</h2>
              <vt-gan-inside .game=${game} .omitted=${omitted}></vt-gan-inside>
            </section>`
          : null
      }
    </div>`;
  }
}
