#!/usr/bin/env node
// Writes src/core/event/types.generated.ts and fields.generated.ts from schemas/*.avsc and schemas/vocabulary.json, and from event.avsc the code
// that brings an event to bytes and back, src/runtime/wire/event.generated.ts.
// With --check it compares instead, and fails when the file in the repository is out of date.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wireCodec } from './generate-wire.mjs';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const vocabulary = JSON.parse(readFileSync(join(root, 'schemas/vocabulary.json'), 'utf8'));

const PRIMITIVES = {
  string: 'string',
  int: 'number',
  long: 'number',
  double: 'number',
  float: 'number',
  boolean: 'boolean',
  bytes: 'Uint8Array',
};
/** record name -> the interface written for it; two schemas may both define a record, but only in the same words */
const written = new Map();

function typeOf(schema, field) {
  if (field?.vocabulary) return field.vocabulary;
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? schema;
  if (Array.isArray(schema))
    return schema
      .filter((s) => s !== 'null')
      .map((s) => typeOf(s, field))
      .join(' | ');
  if (schema.type === 'array') {
    const item = typeOf(schema.items, undefined);
    return `${/ /.test(item) ? `(${item})` : item}[]`;
  }
  if (schema.type === 'map') return `Record<string, ${typeOf(schema.values, undefined)}>`;
  if (schema.type === 'record') {
    record(schema);
    return schema.name;
  }
  return typeOf(schema.type, field);
}

function record(schema) {
  const lines = schema.fields.map((field) => {
    const optional = Array.isArray(field.type) && field.type.includes('null');
    let type = field.type;
    if (optional) type = type.filter((t) => t !== 'null');
    if (optional && type.length === 1) type = type[0];
    const comment = field.doc ? `  /** ${field.doc} */\n` : '';
    return `${comment}  ${field.name}${optional ? '?' : ''}: ${field.vocabulary ?? typeOf(type, field)}${optional ? ' | undefined' : ''};`;
  });
  const text = `${schema.doc ? `/** ${schema.doc} */\n` : ''}export interface ${schema.name} {\n${lines.join('\n')}\n}\n`;
  const bare = text.replace(/ *\/\*\*.*\*\/\n/g, '');
  const before = written.get(schema.name);
  if (before === undefined) written.set(schema.name, { text, bare });
  else if (before.bare !== bare) throw new Error(`record ${schema.name} is defined in two ways`);
}

const order = ['event.avsc', 'finding.avsc', 'revocation_command.avsc', 'person_state.avsc', 'respond_state.avsc'];
// how events lie on a topic is no contract of the core's
const files = readdirSync(join(root, 'schemas')).filter((f) => f.endsWith('.avsc') && f !== 'stream_record.avsc');
const unknown = files.filter((f) => !order.includes(f));
if (unknown.length) throw new Error(`add ${unknown.join(', ')} to the order in ${import.meta.url}`);
for (const file of order.filter((f) => files.includes(f))) record(JSON.parse(readFileSync(join(root, 'schemas', file), 'utf8')));

const words = Object.entries(vocabulary).map(
  ([name, list]) =>
    `export const ${constant(name)} = [${list.map((w) => `'${w}'`).join(', ')}] as const;\nexport type ${name} = (typeof ${constant(name)})[number];\n`,
);
function constant(name) {
  return name.replace(/(?<!^)([A-Z])/g, '_$1').toUpperCase();
}

/** Fields of a record by their path, `src_endpoint.asn`, with what a value of theirs is. */
function fieldsOf(schema, named, path = '') {
  const rows = [];
  for (const field of schema.fields) {
    let type = Array.isArray(field.type) ? field.type.filter((t) => t !== 'null')[0] : field.type;
    if (typeof type === 'object' && type.type === 'record') named.set(type.name, type);
    if (typeof type === 'string' && named.has(type)) type = named.get(type);
    const name = `${path}${field.name}`;
    if (typeof type === 'object' && type.type === 'record') rows.push(...fieldsOf(type, named, `${name}.`));
    else if (typeof type === 'object' && type.type === 'array') rows.push(`  '${name}': { kind: 'texts' },`);
    else if (typeof type === 'object' && type.type === 'map') rows.push(`  '${name}': { kind: 'map' },`);
    else {
      const kind = type === 'string' ? 'text' : type === 'boolean' ? 'flag' : 'number';
      rows.push(`  '${name}': { kind: '${kind}'${field.vocabulary ? `, words: ${constant(field.vocabulary)}` : ''} },`);
    }
  }
  return rows;
}

const header =
  '// Generated from schemas/*.avsc and schemas/vocabulary.json by scripts/generate-types.mjs: do not edit.\n// However long, one file: all that the schemas say, in their order.\n\n';
const event = fieldsOf(JSON.parse(readFileSync(join(root, 'schemas/event.avsc'), 'utf8')), new Map());
const used = [...new Set(event.flatMap((row) => /words: (\w+)/.exec(row)?.[1] ?? []))].sort();
const outputs = {
  'src/core/event/types.generated.ts': `${header}${words.join('\n')}\n${[...written.values()].map((w) => w.text).join('\n')}`,
  'src/core/event/fields.generated.ts': `${header}import { ${used.join(', ')} } from './types.generated.js';

/** What a value of an event's field is; \`words\` are all that it can be. */
export interface FieldSpec {
  kind: 'text' | 'number' | 'flag' | 'texts' | 'map';
  words?: readonly string[];
}

/** Every field of an event by its path. */
export const EVENT_FIELDS: Readonly<Record<string, FieldSpec>> = {
${event.join('\n')}
};
`,
  'src/runtime/wire/event.generated.ts': `${header}${wireCodec(JSON.parse(readFileSync(join(root, 'schemas/event.avsc'), 'utf8')))}`,
};
let isStale = false;
for (const [file, text] of Object.entries(outputs)) {
  const target = join(root, file);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    console.error(`${target} is out of date: run npm run generate`);
    isStale = true;
  }
}
if (isStale) process.exit(1);
