/** What every panel of this lab has: the game. */
import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import { follow } from '../../ui/signal.ts';
import type { Game } from './game.ts';
import type { Settings } from './settings.ts';

export abstract class Panel extends LitElement {
  @property({ attribute: false }) game!: Game;
  /** Parts that the embedding page left out. */
  @property({ attribute: false }) omitted: ReadonlySet<string> = new Set();

  constructor() {
    super();
    follow(this, () => [this.game]);
  }

  protected shows(part: string): boolean {
    return !this.omitted.has(part);
  }

  protected set(changes: Partial<Settings>): void {
    void this.game.update(changes);
  }
}
