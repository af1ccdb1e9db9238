import { pad, widthOf, wrap } from './text.js';

export interface Column {
  title: string;
  /** a cell is not made narrower than this, unless the whole table has no room */
  min: number;
}

const GAP = '  ';

/**
 * Rows under titles, no wider than `width` columns: narrow columns get what they need, wide ones share what is left and wrap.
 * @param rows cleaned texts, one per column
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = share(columns, rows, width - GAP.length * (columns.length - 1));
  const lines = [
    lineOf(
      columns.map((column) => column.title.toUpperCase()),
      widths,
    ),
  ];
  for (const row of rows) {
    const cells = row.map((cell, i) => wrap(cell, widths[i]!));
    const height = Math.max(...cells.map((cell) => cell.length));
    for (let i = 0; i < height; i++)
      lines.push(
        lineOf(
          cells.map((cell) => cell[i] ?? ''),
          widths,
        ),
      );
  }
  return lines;
}

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, i) => pad(cell, widths[i]!))
    .join(GAP)
    .trimEnd();
}

function share(columns: readonly Column[], rows: readonly (readonly string[])[], room: number): number[] {
  const wanted = columns.map((column, i) => Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[i] ?? ''))));
  const widths = columns.map((column, i) => Math.min(wanted[i]!, Math.max(column.min, widthOf(column.title))));
  let left = room - widths.reduce((a, b) => a + b, 0);
  // the room that is left goes, column by column, to those that still want some
  while (left > 0) {
    const hungry = widths.map((_, i) => i).filter((i) => widths[i]! < wanted[i]!);
    if (hungry.length === 0) break;
    const portion = Math.max(1, Math.floor(left / hungry.length));
    for (const i of hungry) {
      const more = Math.min(portion, wanted[i]! - widths[i]!, left);
      widths[i] = widths[i]! + more;
      left -= more;
    }
  }
  return widths;
}
