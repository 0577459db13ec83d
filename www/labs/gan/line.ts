/** The board on the line: the densities of real and fake points, D and the best D over them, and the points themselves below. */
import { SIDE } from './field.ts';
import { toneOf } from './ground.ts';
import type { Inks } from './inks.ts';
import type { Scene } from './plane.ts';
import { density, isProbability } from './theory.ts';

/** Bandwidth of the estimate of the fakes' density, as a share of the board's half width. */
const BANDWIDTH = 0.04;
/** Share of the height for the two rows of points and the arrows below them. */
const ROWS = 0.22;
/** More could not be told apart. */
const MOST_ARROWS = 40;
/** Arrows side by side, so that they do not lie on each other. */
const LANES = 5;
const TEXT = '12px system-ui, sans-serif';

export function drawLine(context: CanvasRenderingContext2D, size: number, tall: number, scene: Scene, inks: Inks): void {
  const { live, look, before, layers, loss } = scene;
  const { reach } = live.frame;
  const { real, fake, arrow } = look.view;
  const floor = tall * (1 - ROWS);
  const x = (value: number) => ((value / reach + 1) / 2) * size;
  context.fillStyle = inks.of('paper');
  context.fillRect(0, 0, size, tall);
  context.font = TEXT;

  const p = density(live.centres, live.sigma, live.places);
  const q = density(fake, BANDWIDTH * reach, live.places);
  const top = Math.max(...p) * 1.6;
  const height = (value: number) => floor - Math.min(value / top, 1) * floor * 0.96;
  const area = (values: readonly number[], color: string) => {
    context.beginPath();
    context.moveTo(0, floor);
    values.forEach((value, i) => context.lineTo(((i + 0.5) / SIDE[1]) * size, height(value)));
    context.lineTo(size, floor);
    context.globalAlpha = 0.22;
    context.fillStyle = color;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = color;
    context.lineWidth = 1.5;
    context.stroke();
  };
  if (layers.has('real')) area(p, inks.of('blue'));
  if (layers.has('fake')) area(q, inks.of('orange'));

  const tone = isProbability(loss) || loss === 'least-squares' ? { middle: 0.5, reach: 0.6 } : toneOf(loss, look.ground);
  const score = (value: number) => floor * (0.5 - (0.5 * (value - tone.middle)) / tone.reach);
  const curve = (values: ArrayLike<number>, dash: readonly number[]) => {
    context.beginPath();
    for (let i = 0; i < values.length; i++) context.lineTo(((i + 0.5) / SIDE[1]) * size, score(values[i]));
    context.setLineDash([...dash]);
    context.strokeStyle = inks.of('ink');
    context.lineWidth = 2;
    context.stroke();
    context.setLineDash([]);
  };
  context.strokeStyle = inks.of('hairline');
  context.lineWidth = 1;
  const marks = isProbability(loss) || loss === 'least-squares' ? [0, 0.5, 1] : [tone.middle];
  for (const mark of marks) {
    context.beginPath();
    context.moveTo(0, score(mark));
    context.lineTo(size, score(mark));
    context.stroke();
  }
  const curves: ArrayLike<number>[] = [];
  if (layers.has('ground') || layers.has('best')) curves.push(look.ground);
  if (layers.has('best') && scene.best && isProbability(loss)) curves.push(scene.best);
  curves.forEach((values, i) => curve(values, i === 0 ? [] : [6, 5]));
  // Over the curves, on a halo of paper: at the rim they pass where the names stand.
  context.strokeStyle = inks.of('paper');
  context.fillStyle = inks.of('ink-soft');
  context.lineWidth = 4;
  if (marks.length > 1)
    for (const mark of marks) {
      const text = `D = ${mark === 0.5 ? '½' : mark}`;
      const at = score(mark) - 4;
      // At the rim from which the curves are farther.
      const clear = (i: number) => Math.min(...curves.map((values) => Math.abs(score(values[i]) - at)));
      const left = clear(0) >= clear(SIDE[1] - 1);
      context.textAlign = left ? 'left' : 'right';
      context.strokeText(text, left ? 4 : size - 4, at);
      context.fillText(text, left ? 4 : size - 4, at);
    }
  context.textAlign = 'left';

  context.lineWidth = 1;
  context.strokeStyle = inks.of('outline');
  context.beginPath();
  context.moveTo(0, floor);
  context.lineTo(size, floor);
  context.stroke();
  const [upper, lower] = [floor + (tall - floor) * 0.2, floor + (tall - floor) * 0.48];
  context.fillStyle = inks.of('blue');
  if (layers.has('real')) for (const at of real) disc(context, x(at), upper);
  context.fillStyle = inks.of('orange');
  if (layers.has('fake')) for (const at of fake) diamond(context, x(at), lower);
  context.strokeStyle = inks.of('ink');
  context.lineWidth = 1;
  context.beginPath();
  if (layers.has('arrows')) {
    for (let i = 0; i < Math.min(fake.length, MOST_ARROWS); i++) {
      const length = Math.sign(arrow[i]) * Math.min(Math.abs(arrow[i]) * 0.12, 0.3) * (size / 2);
      if (!(Math.abs(length) > 2)) continue;
      const at = lower + 8 + ((i % LANES) / (LANES - 1)) * (tall - lower - 13);
      const tip = Math.min(Math.max(x(fake[i]) + length, 1), size - 1);
      const barb = tip - Math.sign(length) * 3;
      context.moveTo(x(fake[i]), at);
      context.lineTo(tip, at);
      context.moveTo(barb, at - 2);
      context.lineTo(tip, at);
      context.lineTo(barb, at + 2);
    }
  }
  if (layers.has('trails') && before) {
    for (let i = 0; i < fake.length; i++) {
      context.moveTo(x(before.view.fake[i]), upper);
      context.lineTo(x(fake[i]), lower);
    }
  }
  context.stroke();
}

function disc(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.globalAlpha = 0.5;
  context.beginPath();
  context.arc(x, y, 3, 0, 2 * Math.PI);
  context.fill();
  context.globalAlpha = 1;
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.globalAlpha = 0.5;
  context.beginPath();
  context.moveTo(x - 4, y);
  context.lineTo(x, y - 4);
  context.lineTo(x + 4, y);
  context.lineTo(x, y + 4);
  context.fill();
  context.globalAlpha = 1;
}
