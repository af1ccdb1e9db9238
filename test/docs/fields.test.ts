import { readFileSync } from 'node:fs';
import { ACTIVITY_DETAILS, COMMON_DETAILS, DETAILS } from '../../src/core/normalize/details.js';
import { expectSection, markdownTable } from './section.js';

interface AvroField {
  name: string;
  type: AvroType;
  doc?: string;
  vocabulary?: string;
}
interface AvroRecord {
  type: 'record';
  name: string;
  doc?: string;
  fields: AvroField[];
}
type AvroType = string | AvroType[] | AvroRecord | { type: 'array'; items: AvroType } | { type: 'map'; values: AvroType };

const vocabulary: Record<string, string[]> = JSON.parse(readFileSync('schemas/vocabulary.json', 'utf8'));
const schemas = ['event', 'finding', 'revocation_command'].map(
  (name) => JSON.parse(readFileSync(`schemas/${name}.avsc`, 'utf8')) as AvroRecord,
);

/** Records in the order in which they are met, the schema itself first. One that stands in two schemas belongs to the first. */
function recordsOf(schema: AvroRecord, known: Set<string>): AvroRecord[] {
  const found: AvroRecord[] = [schema];
  known.add(schema.name);
  const visit = (type: AvroType): void => {
    if (typeof type === 'string') return;
    if (Array.isArray(type)) type.forEach(visit);
    else if (type.type === 'array') visit(type.items);
    else if (type.type === 'map') visit(type.values);
    else {
      if (!known.has(type.name)) {
        known.add(type.name);
        found.push(type);
      }
      for (const field of type.fields) visit(field.type);
    }
  };
  for (const field of schema.fields) visit(field.type);
  return found;
}

function tableOf(record: AvroRecord): string {
  const rows = record.fields.map(({ name, type, doc, vocabulary: words }) => [
    `\`${name}\``,
    words ?? wordOf(type),
    Array.isArray(type) && type.includes('null') ? '' : 'always',
    doc ?? '',
  ]);
  return `${record.doc ?? ''}\n\n${markdownTable(['field', 'type', 'there', 'meaning'], rows)}`.trim();
}

function wordOf(type: AvroType): string {
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) {
    return type
      .filter((one) => one !== 'null')
      .map(wordOf)
      .join(' or ');
  }
  if (type.type === 'array') return `list of ${wordOf(type.items)}`;
  return type.type === 'map' ? `map of ${wordOf(type.values)}` : type.name;
}

test('docs/fields.md prints the schemas', () => {
  const known = new Set<string>();
  for (const [i, section] of ['event', 'finding', 'command'].entries()) {
    const [schema, ...parts] = recordsOf(schemas[i]!, known);
    expectSection(
      'docs/fields.md',
      section,
      [tableOf(schema!), ...parts.map((part) => `### ${part.name}\n\n${tableOf(part)}`)].join('\n\n'),
    );
  }
});

test('docs/fields.md prints the vocabulary', () => {
  const rows = Object.entries(vocabulary).map(([name, words]) => [name, words.map((word) => `\`${word}\``).join(', ')]);
  expectSection('docs/fields.md', 'vocabulary', markdownTable(['list', 'words'], rows));
});

test('docs/fields.md prints the details of each activity', () => {
  const activities = Object.entries(ACTIVITY_DETAILS).map(([activity, keys]) => [
    `\`${activity}\``,
    keys.map((key) => `\`${key}\``).join(', '),
  ]);
  const keys = Object.entries(DETAILS).map(([key, meaning]) => [`\`${key}\``, meaning]);
  const common = `Any event may carry ${COMMON_DETAILS.map((key) => `\`${key}\``).join(', ')}; beside them:`;
  expectSection(
    'docs/fields.md',
    'details',
    `${common}\n\n${markdownTable(['activity', 'keys'], activities)}\n\n${markdownTable(['key', 'meaning'], keys)}`,
  );
});
