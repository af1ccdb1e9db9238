import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Holds a part of a document to what the code says. The part stands between `<!-- made: NAME -->` and `<!-- end -->`.
 * With UPDATE_DOCS=1 it is written instead: `node scripts/generate-docs.mjs`.
 */
export function expectSection(file: string, name: string, content: string): void {
  const text = readFileSync(file, 'utf8');
  const open = `<!-- made: ${name} -->\n`;
  const start = text.indexOf(open);
  if (start < 0) throw new Error(`${file} has no section ${open.trim()}`);
  const from = start + open.length;
  const to = text.indexOf('<!-- end -->', from);
  if (to < 0) throw new Error(`${file}: the section ${name} does not end`);
  const wanted = `\n${content.trim()}\n\n`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, text.slice(0, from) + wanted + text.slice(to));
  else expect(text.slice(from, to)).toBe(wanted);
}

/** A Markdown table; bars inside cells are escaped. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
