/** The matrix of latents and factors, painted once more on a canvas to be saved. */
import { resolveColor } from '../../ui/theme.ts';

const CELL = { width: 92, height: 30 };
const LEFT = 48;
const FONT = '14px system-ui, sans-serif';

/** `shares[row][column]`, 0…1. */
export function matrixCanvas(
  host: Element,
  rows: readonly string[],
  columns: readonly string[],
  shares: readonly (readonly number[])[],
): HTMLCanvasElement {
  const sheet = document.createElement('canvas');
  const context = sheet.getContext('2d');
  if (!context) return sheet;
  sheet.width = LEFT + columns.length * CELL.width;
  sheet.height = (rows.length + 1) * CELL.height;
  context.fillStyle = resolveColor(host, '--paper');
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.font = FONT;
  context.textBaseline = 'middle';
  const [ink, violet, hairline] = ['--ink', '--violet', '--hairline'].map((token) => resolveColor(host, token));
  context.strokeStyle = hairline;
  context.textAlign = 'center';
  context.fillStyle = ink;
  columns.forEach((name, column) => context.fillText(name, LEFT + (column + 0.5) * CELL.width, CELL.height / 2));
  rows.forEach((name, row) => {
    const top = (row + 1) * CELL.height;
    context.fillText(name, LEFT / 2, top + CELL.height / 2);
    columns.forEach((_, column) => {
      const [left, share] = [LEFT + column * CELL.width, shares[row]?.[column] ?? 0];
      context.globalAlpha = 0.4;
      context.fillStyle = violet;
      context.fillRect(left, top + CELL.height * (1 - share), CELL.width, CELL.height * share);
      context.globalAlpha = 1;
      context.strokeRect(left + 0.5, top + 0.5, CELL.width - 1, CELL.height - 1);
      context.fillStyle = ink;
      context.fillText(String(Math.round(share * 100)), left + CELL.width / 2, top + CELL.height / 2);
    });
  });
  return sheet;
}
