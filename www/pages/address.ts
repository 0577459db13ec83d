/** A lab's state in the page's address: written as it changes, so that a reload or a copied link brings it back. */
import type { VitrineLab } from '../vitrine.ts';

export interface Address {
  lab: string | null;
  device: string | null;
  /** Everything else, for `initialHash`. */
  rest: string;
}

export function readAddress(): Address {
  const given = new URLSearchParams(location.hash.slice(1));
  const lab = given.get('lab');
  const device = given.get('device');
  given.delete('lab');
  given.delete('device');
  return { lab, device, rest: given.toString() };
}

/** Browsers limit how often an address may change; a slider fires more often. */
const EVERY_MS = 300;

export function keepAddress(lab: VitrineLab): void {
  let waiting = 0;
  lab.addEventListener('vitrine-state', () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      if (lab.isConnected) history.replaceState(null, '', `#${lab.hash}`);
    }, EVERY_MS);
  });
}
