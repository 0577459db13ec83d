/** The board on the line: the densities of real and fake points, D and the best D over them, and the points themselves below. */
import { SIDE } from './field.ts';
import { toneOf } from './ground.ts';
import type { Inks } from './inks.ts';
import type { Scene } from './plane.ts';
import { density, isProbability } from './theory.ts';

/** Bandwidth of the estimate of the fakes' density, as a share of the board's half width. */
const BANDWIDTH = 0.04;
/** Share of the height for the two rows of points. */
const ROWS = 0.2;
/** More could not be told apart. */
const MOST_ARROWS = 40;
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
  context.fillStyle = inks.of('ink-soft');
  context.lineWidth = 1;
  const marks = isProbability(loss) || loss === 'least-squares' ? [0, 0.5, 1] : [tone.middle];
  for (const mark of marks) {
    context.beginPath();
    context.moveTo(0, score(mark));
    context.lineTo(size, score(mark));
    context.stroke();
    if (marks.length > 1) context.fillText(`D = ${mark === 0.5 ? '½' : mark}`, 4, score(mark) - 4);
  }
  if (layers.has('ground') || layers.has('best')) curve(look.ground, []);
  if (layers.has('best') && scene.best && isProbability(loss)) curve(scene.best, [6, 5]);

  context.strokeStyle = inks.of('outline');
  context.beginPath();
  context.moveTo(0, floor);
  context.lineTo(size, floor);
  context.stroke();
  const [upper, lower] = [floor + (tall - floor) * 0.3, floor + (tall - floor) * 0.72];
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
      const at = lower + 8 + (i % 5) * 3;
      context.moveTo(x(fake[i]), at);
      context.lineTo(x(fake[i]) + length, at);
      context.lineTo(x(fake[i]) + length - Math.sign(length) * 3, at - 2);
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
