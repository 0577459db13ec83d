/** The board in the plane: ground, latent grid, points, arrows, and the ways that fakes went. */
import { LINES, SIDE } from './field.ts';
import type { Live, Look } from './game.ts';
import { paintGround, toneOf } from './ground.ts';
import type { Inks } from './inks.ts';
import type { Layer } from './iteration.ts';
import type { LossName } from './settings.ts';

export interface Scene {
  live: Live;
  look: Look;
  before: Look | null;
  best: Float32Array | null;
  loss: LossName;
  layers: ReadonlySet<Layer | 'best' | 'grid'>;
}

/** An arrow for a gradient of length 1, and the longest, as shares of the board's half side. */
const ARROW = 0.07;
const LONGEST = 0.24;
/** More would cover the points. */
const MOST_ARROWS = 128;
/** Of paper around the points: half of it is seen. */
const HALO = 2.5;

export function drawPlane(
  context: CanvasRenderingContext2D,
  size: number,
  scene: Scene,
  inks: Inks,
  ground: HTMLCanvasElement,
): void {
  const { live, look, before, layers } = scene;
  const { reach } = live.frame;
  const x = (value: number) => ((value / reach + 1) / 2) * size;
  const y = (value: number) => ((1 - value / reach) / 2) * size;
  context.fillStyle = inks.of('paper');
  context.fillRect(0, 0, size, size);
  const scores = layers.has('best') ? scene.best : layers.has('ground') ? look.ground : null;
  if (scores) {
    paintGround(ground, scores, SIDE[2], toneOf(scene.loss, scores), inks);
    context.imageSmoothingEnabled = true;
    context.drawImage(ground, 0, 0, size, size);
  }
  context.strokeStyle = inks.of('hairline');
  context.lineWidth = 1;
  context.beginPath();
  for (const line of [
    [x(0), 0, x(0), size],
    [0, y(0), size, y(0)],
  ]) {
    context.moveTo(line[0], line[1]);
    context.lineTo(line[2], line[3]);
  }
  context.stroke();
  if (layers.has('grid') && look.knots) drawGrid(context, look.knots, x, y, inks);

  const { real, fake, arrow } = look.view;
  if (layers.has('real')) {
    context.fillStyle = inks.of('blue');
    context.strokeStyle = inks.of('paper');
    context.lineWidth = HALO;
    context.beginPath();
    for (let i = 0; i < real.length; i += 2) {
      context.moveTo(x(real[i]) + 3, y(real[i + 1]));
      context.arc(x(real[i]), y(real[i + 1]), 3, 0, 2 * Math.PI);
    }
    // All halos lie under all points: a dense cluster stays blue.
    context.stroke();
    context.fill();
  }
  if (layers.has('trails') && before) {
    context.strokeStyle = inks.of('orange');
    context.lineWidth = 1.5;
    context.beginPath();
    for (let i = 0; i < fake.length; i += 2) {
      context.moveTo(x(before.view.fake[i]), y(before.view.fake[i + 1]));
      context.lineTo(x(fake[i]), y(fake[i + 1]));
    }
    context.stroke();
  }
  if (layers.has('arrows')) drawArrows(context, size, fake, arrow, x, y, inks);
  if (layers.has('fake')) {
    // A diamond: told from a disc without its colour.
    context.fillStyle = inks.of('orange');
    context.strokeStyle = inks.of('paper');
    context.lineWidth = HALO;
    context.beginPath();
    for (let i = 0; i < fake.length; i += 2) {
      const [left, top] = [x(fake[i]), y(fake[i + 1])];
      context.moveTo(left - 4, top);
      context.lineTo(left, top - 4);
      context.lineTo(left + 4, top);
      context.lineTo(left, top + 4);
      context.closePath();
    }
    context.stroke();
    context.fill();
  }
}

type Axis = (value: number) => number;

function drawArrows(
  context: CanvasRenderingContext2D,
  size: number,
  fake: Float32Array,
  arrow: Float32Array,
  x: Axis,
  y: Axis,
  inks: Inks,
): void {
  context.strokeStyle = inks.of('ink');
  context.globalAlpha = 0.7;
  context.lineWidth = 1.2;
  context.beginPath();
  for (let i = 0; i < Math.min(fake.length, 2 * MOST_ARROWS); i += 2) {
    const norm = Math.hypot(arrow[i], arrow[i + 1]);
    const length = (Math.min(norm * ARROW, LONGEST) * size) / 2;
    if (!(length > 0.5)) continue;
    const [dx, dy] = [(arrow[i] / norm) * length, (-arrow[i + 1] / norm) * length];
    const [left, top] = [x(fake[i]), y(fake[i + 1])];
    context.moveTo(left, top);
    context.lineTo(left + dx, top + dy);
    if (length < 5) continue;
    for (const turn of [2.6, -2.6]) {
      const [cos, sin] = [Math.cos(turn) * (4 / length), Math.sin(turn) * (4 / length)];
      context.moveTo(left + dx, top + dy);
      context.lineTo(left + dx + dx * cos - dy * sin, top + dy + dx * sin + dy * cos);
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** Where G sends a grid of equally likely cells: small cells hold as many fakes as large ones. */
function drawGrid(context: CanvasRenderingContext2D, knots: Float32Array, x: Axis, y: Axis, inks: Inks): void {
  context.strokeStyle = inks.of('violet');
  context.lineWidth = 1;
  context.beginPath();
  const along = (index: (i: number) => number) => {
    for (let i = 0; i < LINES; i++) {
      const knot = index(i);
      const place = [x(knots[2 * knot]), y(knots[2 * knot + 1])] as const;
      if (i === 0) context.moveTo(...place);
      else context.lineTo(...place);
    }
  };
  for (let line = 0; line < LINES; line++) {
    along((i) => line * LINES + i);
    along((i) => i * LINES + line);
  }
  context.stroke();
}
