/** The catalogue, and a lab in full width when the address names one. */
import { html, render } from 'lit';
import { LABS, labOf } from '../labs/catalogue.ts';
import { posterStyles } from '../ui/poster.ts';
import type { DeviceChoice } from '../engine/types.ts';
import '../vitrine.ts';
import type { VitrineLab } from '../vitrine.ts';
import { keepAddress, readAddress } from './address.ts';
import { keepOffline } from './offline.ts';
import { themeChoice } from './theme-choice.ts';

const main = document.querySelector('main')!;
let lab: VitrineLab | null = null;

const theme = { current: 'auto' };
themeChoice(document.querySelector('select')!, (chosen) => {
  theme.current = chosen;
  if (lab) lab.theme = chosen;
});

if (posterStyles.styleSheet) document.adoptedStyleSheets.push(posterStyles.styleSheet);

function catalogue() {
  return html`<div class="catalogue">
    <p class="lead">Train small neural networks in this page, and see every number inside.</p>
    <p>Nothing to install, nothing is uploaded. Everything is computed on this device, and after the first visit also offline.</p>
    <ul class="labs">
      ${LABS.map(
        ({ id, title, summary, poster }) =>
          html`<li>
            <a class="poster" href="#lab=${id}">
              ${poster()}
              <div>
                <h2>${title}</h2>
                <p>${summary}</p>
                <span class="open">Open the lab</span>
              </div>
            </a>
          </li>`,
      )}
    </ul>
    <p class="soft">
      For your own pages: <a href="./examples/embed.html">embed a lab</a>, or <a href="./examples/api.html">program the engine</a>.
    </p>
  </div>`;
}

function show(): void {
  const { lab: id, device, rest } = readAddress();
  const entry = id === null ? undefined : labOf(id);
  if (!entry) {
    lab = null;
    render(catalogue(), main);
    document.title = 'Vitrine: a glass case for deep learning';
    return;
  }
  const element = document.createElement('vitrine-lab');
  element.lab = entry.id;
  element.theme = theme.current;
  if (device) element.device = device as DeviceChoice;
  element.initialHash = rest;
  keepAddress(element);
  lab = element;
  render(html`${element}`, main);
  document.title = `${entry.title} · Vitrine`;
  void element.start();
}

addEventListener('hashchange', show);
show();
keepOffline();
