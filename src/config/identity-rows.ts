import { extname } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parseYaml } from './yaml-file.js';

/** One entry of a file of identities as it stands there, unchecked. */
export interface Row {
  /** from 1 */
  line: number;
  value?: unknown;
  /** why it cannot be read at all */
  wrong?: string;
}

const COLUMNS = ['person', 'aliases', 'owner', 'tier', 'tenant'];

/** The entries of a file by its ending: `.csv`, `.yml` and `.yaml`; anything else has one JSON object on each line. */
export function rowsOf(file: string, text: string): Row[] {
  switch (extname(file).toLowerCase()) {
    case '.csv':
      return csvRows(text);
    case '.yml':
    case '.yaml':
      return yamlRows(file, text);
    default:
      return jsonRows(text);
  }
}

function jsonRows(text: string): Row[] {
  const rows: Row[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      rows.push({ line: i + 1, value: JSON.parse(line) });
    } catch {
      rows.push({ line: i + 1, wrong: 'not JSON; expected {"person": "...", "aliases": ["...", ...]}' });
    }
  }
  return rows;
}

function yamlRows(file: string, text: string): Row[] {
  const yaml = parseYaml(text, file);
  if (yaml.problems.length > 0) return yaml.problems.map(({ line = 1, message }) => ({ line, wrong: message }));
  const { value } = yaml;
  if (value === null) return [];
  if (!Array.isArray(value)) return [{ line: 1, wrong: 'expected a list of people: `- person: ...`' }];
  return value.map((one, i) => ({ line: yaml.locate([i]).line, value: one }));
}

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

/**
 * A table with a header. It may come out of a spreadsheet that separates by semicolons or tabs; aliases within their cell are separated by blanks,
 * or by semicolons or bars where those do not separate cells.
 */
function csvRows(text: string): Row[] {
  const [delimiter] = [',', ';', '\t'].sort((a, b) => countInHeader(text, b) - countInHeader(text, a)) as [string];
  let records: CsvRecord[];
  try {
    records = parse(text, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as CsvRecord[];
  } catch (error) {
    const { lines, message } = error as Error & { lines?: number };
    return [{ line: lines ?? 1, wrong: `not CSV: ${message}` }];
  }
  const [header, ...rows] = records;
  if (header === undefined) return [];
  const names = header.record.map((name) => name.toLowerCase());
  if (!names.includes('person'))
    return [{ line: 1, wrong: `the first line must name the columns: person, and of ${COLUMNS.slice(1).join(', ')} those that there are` }];
  return rows.map(({ record, info }) => {
    const line = info.lines;
    if (record.length > names.length)
      return { line, wrong: `${record.length} cells, but ${names.length} columns; put a cell with "${delimiter}" in quotes` };
    const value: Record<string, unknown> = {};
    for (const [i, cell] of record.entries()) {
      const name = names[i] as string;
      // an empty cell says nothing
      if (cell !== '' && name !== '') value[name] = name === 'aliases' ? cell.split(/[\s;|]+/).filter((alias) => alias !== '') : cell;
    }
    return { line, value };
  });
}

function countInHeader(text: string, delimiter: string): number {
  return (text.split('\n', 1)[0] as string).split(delimiter).length;
}
