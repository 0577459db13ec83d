/** Rows of small pictures as one sheet: to be saved as a picture, or as the values of their pixels. */
import type { TemplateResult } from 'lit';
import { toCsv } from './csv.ts';
import { paint, type Picture } from './paint.ts';
import { saveButtons } from './save-buttons.ts';
import { resolveColor } from './theme.ts';

export interface SheetRow {
  /** Empty: the row's number stands for it. */
  title: string;
  tiles: readonly { picture: Picture; label: string }[];
}

const GAP = 4;
const TEXT = 16;
/** A picture is enlarged to about this width. */
const TILE = 72;

function sheetCanvas(host: Element, rows: readonly SheetRow[]): HTMLCanvasElement {
  const sheet = document.createElement('canvas');
  const context = sheet.getContext('2d');
  const first = rows[0]?.tiles[0]?.picture;
  if (!context || !first) return sheet;
  const zoom = Math.max(1, Math.round(TILE / first.width));
  const [width, height] = [first.width * zoom, first.height * zoom];
  const font = `${TEXT}px system-ui, sans-serif`;
  context.font = font;
  const titles = Math.max(...rows.map(({ title }) => context.measureText(title).width));
  const left = titles > 0 ? titles + 3 * GAP : GAP;
  sheet.width = Math.ceil(left + Math.max(...rows.map(({ tiles }) => tiles.length)) * (width + GAP));
  sheet.height = rows.length * (height + GAP) + GAP;
  context.fillStyle = resolveColor(host, '--paper');
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.fillStyle = resolveColor(host, '--ink');
  // A canvas forgets its font when it is resized.
  context.font = font;
  context.textBaseline = 'middle';
  context.imageSmoothingEnabled = false;
  const tile = document.createElement('canvas');
  rows.forEach(({ title, tiles }, row) => {
    const y = GAP + row * (height + GAP);
    context.fillText(title, GAP, y + height / 2);
    tiles.forEach(({ picture }, i) => {
      paint(tile, picture);
      context.drawImage(tile, left + i * (width + GAP), y, width, height);
    });
  });
  return sheet;
}

/** One line for each picture: its row, its name, and its values, channel by channel, from the top left. */
export function sheetCsv(rows: readonly SheetRow[]): string {
  const values = rows[0]?.tiles[0]?.picture.data.length ?? 0;
  const header = ['row', 'image', ...Array.from({ length: values }, (_, i) => `value ${i + 1}`)];
  return toCsv(
    header,
    rows.flatMap(({ title, tiles }, row) => tiles.map(({ picture, label }) => [title || String(row + 1), label, ...picture.data])),
  );
}

/** `tiles` in rows of `columns`. */
export function rowsOf(tiles: SheetRow['tiles'], columns: number): SheetRow[] {
  return Array.from({ length: Math.ceil(tiles.length / columns) }, (_, row) => ({
    title: '',
    tiles: tiles.slice(row * columns, (row + 1) * columns),
  }));
}

/** Buttons that save `rows` under `file`. */
export const sheetButtons = (host: Element, label: string, file: string, rows: readonly SheetRow[]): TemplateResult =>
  saveButtons({
    label,
    file,
    disabled: rows.every(({ tiles }) => tiles.length === 0),
    png: () => sheetCanvas(host, rows),
    csv: () => sheetCsv(rows),
  });
