import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Problem } from '../errors.js';

/** Keys and indexes from the root of a document. */
export type Path = readonly (string | number)[];

export interface Position {
  line: number;
  column: number;
}

/** A YAML file that a person wrote: its value, its mistakes of syntax, and where in the text each part of the value stands. */
export interface YamlFile {
  file: string;
  value: unknown;
  problems: Problem[];
  /** the value is what the file says, mistakes or not: a key that stands twice leaves the rest to be checked, broken syntax does not */
  isReadable: boolean;
  /** Position of the value at `path`, or of its key; of the nearest parent when there is no such thing. */
  locate(path: Path, of?: 'key' | 'value'): Position;
}

/** Reads YAML 1.2 without throwing: duplicate keys, bad syntax, several documents and alias bombs come back as problems. */
export function parseYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', uniqueKeys: true, stringKeys: true });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const said = [...doc.errors, ...doc.warnings].map((e) => ({ file, ...position(e.pos[0]), message: sentence(e.code, e.message) }));
  // one slip of the pen can be said in several ways: the first in each line will do
  const problems: Problem[] = said.filter((problem, i) => said.findIndex((other) => other.line === problem.line) === i);
  let value: unknown = null;
  let isReadable = doc.errors.concat(doc.warnings).every(({ code }) => code === 'DUPLICATE_KEY');
  if (isReadable) {
    try {
      value = doc.toJS({ maxAliasCount: 100 });
      // whoever walks through it would never come to an end
      if (holdsItself(value))
        throw new Error('an alias (`*name`) stands inside of what it names, which has no end; write out what is meant');
    } catch (e) {
      isReadable = false;
      value = null;
      problems.push({ file, line: 1, column: 1, message: e instanceof Error ? e.message : String(e) });
    }
  }
  return { file, value, problems, isReadable, locate: (path, of = 'value') => position(offsetOf(doc, path, of)) };
}

/** @param above what it stands in @param known what was looked through already */
function holdsItself(value: unknown, above: ReadonlySet<object> = new Set(), known = new Set<object>()): boolean {
  if (typeof value !== 'object' || value === null || known.has(value)) return false;
  const here = new Set(above).add(value);
  for (const inner of Object.values(value)) if (here.has(inner as object) || holdsItself(inner, here, known)) return true;
  known.add(value);
  return false;
}

function sentence(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands twice in the same place; keep one';
  if (code === 'MULTIPLE_DOCS') return 'a second document starts here (`---`); one file holds one document';
  return `not YAML: ${message}`;
}

function offsetOf(doc: Document, path: Path, of: 'key' | 'value'): number {
  let node: Node | null | undefined = resolve(doc, doc.contents as Node | null);
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, segment] of path.entries()) {
    if (isMap(node)) {
      // of a key that stands twice, the last is the one whose value is taken
      const pair = node.items.findLast((p) => isScalar(p.key) && String(p.key.value) === String(segment));
      if (pair === undefined) return offset;
      const key = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
      offset = of === 'key' && depth === path.length - 1 ? key : (node?.range?.[0] ?? key);
    } else if (isSeq(node)) {
      node = node.items[Number(segment)] as Node | undefined;
      if (node === undefined) return offset;
      offset = node?.range?.[0] ?? offset;
    } else return offset;
    node = resolve(doc, node);
  }
  return offset;
}

function resolve(doc: Document, node: Node | null | undefined): Node | null | undefined {
  return isAlias(node) ? node.resolve(doc) : node;
}
