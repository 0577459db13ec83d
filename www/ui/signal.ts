/** Something that elements watch. Many changes between two frames are one update of the page. */
import type { LitElement } from 'lit';

export class Watched {
  readonly #watchers = new Set<() => void>();
  #announced = false;

  /** Calls `watcher` soon after each change. Returns a function that ends it. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  changed(): void {
    if (this.#announced) return;
    this.#announced = true;
    requestAnimationFrame(() => {
      this.#announced = false;
      this.#watchers.forEach((watcher) => watcher());
    });
  }
}

/** Keeps `host` up to date with what `watched` returns, from connection to removal. */
export function follow(host: LitElement, watched: () => Watched[]): void {
  let stops: (() => void)[] = [];
  host.addController({
    hostConnected: () => (stops = watched().map((each) => each.watch(() => host.requestUpdate()))),
    hostDisconnected: () => stops.forEach((stop) => stop()),
  });
}
