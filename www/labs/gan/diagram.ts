/** How the two networks hang together, with the current numbers; slow motion lights up the part it speaks of. */
import { css, html, svg } from 'lit';
import { customElement } from 'lit/decorators.js';
import { brief } from '../../ui/format.ts';
import { controls } from '../../ui/theme.ts';
import type { Part } from './iteration.ts';
import { Panel } from './panel.ts';

interface Box {
  part: Part;
  x: number;
  y: number;
  width: number;
  lines: readonly string[];
  tone?: 'blue' | 'orange';
}

const HEIGHT = 44;

/** Ways that values take, and dashed the ways that gradients take back. */
const WAYS: readonly { part: Part; path: string; back?: boolean }[] = [
  { part: 'noise-generator', path: 'M88 117H108' },
  { part: 'generator-fake', path: 'M196 117H216' },
  { part: 'fake-discriminator', path: 'M304 110L328 90' },
  { part: 'real-discriminator', path: 'M304 33L328 60' },
  { part: 'discriminator-score', path: 'M416 76H436' },
  { part: 'score-d-loss', path: 'M478 54V42H488' },
  { part: 'score-g-loss', path: 'M478 98V124H488' },
  { part: 'd-loss-discriminator', path: 'M488 20H372V50', back: true },
  { part: 'g-loss-generator', path: 'M530 148V166H152V143', back: true },
];

@customElement('vt-gan-diagram')
export class Diagram extends Panel {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      rect {
        fill: var(--paper-raised);
        stroke: var(--outline);
        rx: 5px;
      }
      rect.blue {
        stroke: var(--blue);
      }
      rect.orange {
        stroke: var(--orange);
      }
      text {
        font: 15px var(--font);
        fill: var(--ink);
        text-anchor: middle;
      }
      text.small {
        font-size: 13px;
        fill: var(--ink-soft);
      }
      path {
        fill: none;
        stroke: var(--outline);
        stroke-width: 1.3;
      }
      path.back {
        stroke-dasharray: 4 3;
      }
      .lit rect {
        fill: var(--ink);
        stroke: var(--ink);
      }
      .lit text {
        fill: var(--paper);
      }
      path.lit {
        stroke: var(--ink);
        stroke-width: 3;
      }
      marker path {
        fill: var(--outline);
        stroke: none;
      }
    `,
  ];

  private boxes(): Box[] {
    const { game } = this;
    const { reading, look, settings } = game;
    const mean = (scores: Float32Array | undefined) =>
      scores && scores.length > 0 ? brief(scores.reduce((a, b) => a + b, 0) / scores.length) : '–';
    const penalty = game.metrics.penalty;
    const terms = reading?.terms;
    return [
      { part: 'noise', x: 4, y: 95, width: 84, lines: ['noise z', `${settings.latent} number${settings.latent === 1 ? '' : 's'}`] },
      { part: 'generator', x: 108, y: 95, width: 88, lines: ['G', 'generator'] },
      { part: 'fake', x: 216, y: 95, width: 88, lines: ['◆ fakes', 'G(z)'], tone: 'orange' },
      { part: 'real', x: 216, y: 8, width: 88, lines: ['● real', 'x'], tone: 'blue' },
      { part: 'discriminator', x: 328, y: 54, width: 88, lines: ['D', 'discriminator'] },
      {
        part: 'score',
        x: 436,
        y: 54,
        width: 84,
        lines: [`● ${mean(look?.view.realScore)}`, `◆ ${mean(look?.view.fakeScore)}`],
      },
      { part: 'd-loss', x: 488, y: 4, width: 78, lines: ['D’s loss', terms ? brief(terms.real + terms.fake + penalty) : '–'] },
      { part: 'g-loss', x: 488, y: 104, width: 78, lines: ['G’s loss', terms ? brief(terms.generator) : '–'] },
    ];
  }

  protected override render() {
    const parts = new Set<Part>(this.game.subStep?.parts ?? []);
    const lit = (part: Part) => (parts.has(part) ? 'lit' : '');
    const boxes = this.boxes();
    const [score, lossD, lossG] = boxes.slice(5);
    return html`<svg
      viewBox="0 0 570 172"
      role="img"
      aria-label="Noise goes through the generator G and becomes fakes. Real points and fakes go through the discriminator D and get scores, on average real ${score.lines[0].slice(2)}, fake ${score.lines[1].slice(2)}. From them follow the loss of D, ${lossD.lines[1]}, whose gradient goes back to D, and the loss of G, ${lossG.lines[1]}, whose gradient goes back through D to G."
    >
      <defs>
        <marker
          id="tip"
          viewBox="0 0 8 8"
          refX="6"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0L8 4L0 8z" />
        </marker>
      </defs>
      ${WAYS.map(
        ({ part, path, back }) => svg`<path class="${back ? 'back' : ''} ${lit(part)}" d=${path} marker-end="url(#tip)" />`,
      )}
      ${boxes.map(
        ({ part, x, y, width, lines, tone }) =>
          svg`<g class=${lit(part)}>
            <rect class=${tone ?? ''} x=${x} y=${y} width=${width} height=${HEIGHT} />
            <text x=${x + width / 2} y=${y + 19}>${lines[0]}</text>
            <text class=${part === 'score' ? '' : 'small'} x=${x + width / 2} y=${y + 35}>${lines[1]}</text>
          </g>`,
      )}
    </svg>`;
  }
}
