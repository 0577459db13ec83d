/** The colours of the drawings, resolved once and again when the theme changes. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { resolveColor, THEME_EVENT } from '../../ui/theme.ts';

const TOKENS = ['ink', 'ink-soft', 'paper', 'paper-raised', 'hairline', 'outline', 'blue', 'orange', 'violet'] as const;
export type Ink = (typeof TOKENS)[number];
export type Rgb = readonly [number, number, number];

export class Inks implements ReactiveController {
  private readonly host: ReactiveControllerHost & Element;
  private readonly changed: () => void;
  private css: Partial<Record<Ink, string>> = {};
  private readonly systemTheme = matchMedia('(prefers-color-scheme: dark)');
  private readonly forget = () => {
    this.css = {};
    this.changed();
  };

  /** Calls `changed` when everything has to be drawn anew. */
  constructor(host: ReactiveControllerHost & Element, changed: () => void) {
    this.host = host;
    this.changed = changed;
    host.addController(this);
  }

  hostConnected(): void {
    this.css = {};
    window.addEventListener(THEME_EVENT, this.forget);
    this.systemTheme.addEventListener('change', this.forget);
  }

  hostDisconnected(): void {
    window.removeEventListener(THEME_EVENT, this.forget);
    this.systemTheme.removeEventListener('change', this.forget);
  }

  of(ink: Ink): string {
    return (this.css[ink] ??= resolveColor(this.host, `--${ink}`));
  }

  rgb(ink: Ink): Rgb {
    const [red = 0, green = 0, blue = 0] = (this.of(ink).match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue];
  }
}
