/**
 * One lab, for an iframe: `embed.html#lab=cnn&preset=…&hide=…&theme=…&device=…` and any part of the state. It tells its height to the
 * page around it as `{ type: 'vitrine-height', height }`; that page may be anybody's, and a height is no secret.
 */
import '../vitrine.ts';
import type { DeviceChoice } from '../engine/types.ts';
import { keepAddress, readAddress } from './address.ts';

/** Parts of the hash that are attributes of the element and not state of the lab. */
const ATTRIBUTES = ['preset', 'hide', 'theme'] as const;

const { lab, device, rest } = readAddress();
const given = new URLSearchParams(rest);
const element = document.createElement('vitrine-lab');
if (lab) element.lab = lab;
if (device) element.device = device as DeviceChoice;
for (const name of ATTRIBUTES) {
  const value = given.get(name);
  given.delete(name);
  if (value !== null) element[name] = value;
}
element.initialHash = given.toString();
document.documentElement.dataset['theme'] = element.theme;
keepAddress(element);
document.querySelector('main')!.append(element);

if (window.parent !== window) {
  new ResizeObserver(() => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    window.parent.postMessage({ type: 'vitrine-height', height }, '*');
  }).observe(document.documentElement);
}
