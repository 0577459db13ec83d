/** Bars that the page shows as elements, painted once more on a canvas to be saved. */
import { resolveColor } from './theme.ts';

export interface SheetBar {
  label: string;
  value: number;
  /** The value as it is written. */
  text: string;
  /** A colour token. */
  color: string;
}

const ROW = 22;
const WIDTH = 560;
const FONT = '14px system-ui, sans-serif';

/** Bars from `from` to their values, on a scale from `low` to `high`. */
export function barCanvas(host: Element, bars: readonly SheetBar[], low: number, high: number, from = low): HTMLCanvasElement {
  const sheet = document.createElement('canvas');
  const context = sheet.getContext('2d');
  if (!context) return sheet;
  sheet.width = WIDTH;
  sheet.height = (bars.length + 1) * ROW;
  context.fillStyle = resolveColor(host, '--paper');
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.font = FONT;
  context.textBaseline = 'middle';
  const [ink, sunken] = [resolveColor(host, '--ink'), resolveColor(host, '--paper-sunken')];
  const left = Math.max(...bars.map(({ label }) => context.measureText(label).width)) + 20;
  const right = WIDTH - Math.max(...bars.map(({ text }) => context.measureText(text).width)) - 20;
  const x = (value: number) => left + (Math.min(Math.max((value - low) / (high - low || 1), 0), 1) || 0) * (right - left);
  bars.forEach(({ label, value, text, color }, i) => {
    const y = (i + 0.5) * ROW;
    context.fillStyle = sunken;
    context.fillRect(left, y, right - left, ROW - 6);
    context.fillStyle = resolveColor(host, color);
    context.fillRect(Math.min(x(from), x(value)), y, Math.abs(x(value) - x(from)), ROW - 6);
    context.fillStyle = ink;
    context.fillText(label, 10, y + ROW / 2 - 3);
    context.fillText(text, right + 10, y + ROW / 2 - 3);
  });
  return sheet;
}
