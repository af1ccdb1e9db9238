#!/usr/bin/env node
// Writes src/core/event/types.generated.ts from schemas/*.avsc and schemas/vocabulary.json.
// With --check it compares instead, and fails when the file in the repository is out of date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const target = join(root, 'src/core/event/types.generated.ts');
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

const order = ['event.avsc', 'finding.avsc', 'revocation_command.avsc', 'person_state.avsc'];
const files = readdirSync(join(root, 'schemas')).filter((f) => f.endsWith('.avsc'));
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

const text = `// Generated from schemas/*.avsc and schemas/vocabulary.json by scripts/generate-types.mjs: do not edit.\n\n${words.join('\n')}\n${[...written.values()].map((w) => w.text).join('\n')}`;
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error(`${target} is out of date: run npm run generate`);
    process.exit(1);
  }
} else writeFileSync(target, text);
