// Straight-line code that writes and reads the records of event.avsc in Avro's binary encoding: see src/runtime/wire.

/** Sub-records that many events have in common, and how many of each are kept (powers of two). */
const SHARED = {
  Source: 1024,
  Principal: 32768,
  Endpoint: 32768,
  UserAgent: 8192,
  Device: 16384,
  ClientRef: 4096,
  NamedRef: 8192,
  Auth: 1024,
  Tls: 1024,
  Enrichment: 256,
};
/** Fields without a vocabulary that have few values. */
const WORDS = new Set([
  'tenant',
  'action',
  'status_detail',
  'vendor',
  'product',
  'account',
  'issuer',
  'kind',
  'level',
  'family',
  'os',
  'country',
  'region',
  'as_org',
]);

export function wireCodec(schema) {
  const records = new Map();
  collect(schema, records);
  const names = [...records.keys()];
  const parts = names.map((name) => [writer(records.get(name), records), reader(records.get(name), records)].join('\n'));
  const skipped = new Set();
  for (const name of Object.keys(SHARED)) if (records.has(name)) needsSkip(records.get(name), records, skipped);
  for (const name of skipped) parts.push(skipper(records.get(name), records));
  const shared = Object.keys(SHARED).filter((name) => records.has(name));
  return `import type { ${names.sort().join(', ')} } from '../../core/event/index.js';
import type { AvroReader } from './avro-reader.js';
import type { AvroWriter } from './avro-writer.js';
import { Shared } from './shared.js';

/** What is shared among the events that one reader reads. */
export interface SharedRecords {
${shared.map((name) => `  ${camel(name)}: Shared<${name}>;`).join('\n')}
}

export function createShared(): SharedRecords {
  return {
${shared.map((name) => `    ${camel(name)}: new Shared(read${name}, skip${name}, ${SHARED[name]}),`).join('\n')}
  };
}

${parts.join('\n')}`;
}

function collect(schema, records) {
  for (const { type } of schema.fields) {
    const bare = inner(type);
    if (bare.type === 'record') collect(bare, records);
  }
  records.set(schema.name, schema);
}

function inner(type) {
  if (!Array.isArray(type)) return type;
  if (type.length !== 2 || type[0] !== 'null') throw new Error(`only [null, type]: ${JSON.stringify(type)}`);
  return type[1];
}

/** What a field holds: a method's name, or a record's. */
function kindOf({ type }, records) {
  const bare = inner(type);
  if (bare.type === 'record') return { record: bare.name };
  if (bare.type === 'array' && bare.items === 'string') return { method: 'Texts' };
  if (bare.type === 'map' && bare.values === 'string') return { method: 'Map' };
  const method = { string: 'Text', int: 'Long', long: 'Long', double: 'Double', boolean: 'Flag' }[bare];
  if (method !== undefined) return { method };
  if (typeof bare === 'string' && records.has(bare)) return { record: bare };
  throw new Error(`no code for ${JSON.stringify(type)}`);
}

const isOptional = ({ type }) => Array.isArray(type);
const camel = (name) => name[0].toLowerCase() + name.slice(1);
/** Lists and maps have no method of their own for when they are optional: they are rare. */
const hasOptional = (method) => method !== 'Texts' && method !== 'Map';

function writer({ name, fields }, records) {
  const lines = fields.map((field) => {
    const { record, method } = kindOf(field, records);
    const value = `v.${field.name}`;
    if (record !== undefined)
      return isOptional(field) ? `  if (w.present(${value})) write${record}(w, ${value});` : `  write${record}(w, ${value});`;
    if (!isOptional(field)) return `  w.${camel(method)}(${value});`;
    return hasOptional(method) ? `  w.optional${method}(${value});` : `  if (w.present(${value})) w.${camel(method)}(${value});`;
  });
  return `export function write${name}(w: AvroWriter, v: ${name}): void {\n${lines.join('\n')}\n}\n`;
}

function reader({ name, fields }, records) {
  let usesShared = false;
  const lines = fields.map((field) => {
    const { record, method } = kindOf(field, records);
    let read;
    if (record !== undefined) {
      if (record in SHARED) {
        usesShared = true;
        read = `s.${camel(record)}.next(r)`;
      } else {
        const nested = usesSharedRecords(records.get(record), records);
        usesShared ||= nested;
        read = nested ? `read${record}(r, s)` : `read${record}(r)`;
      }
      if (isOptional(field)) read = `r.present() ? ${read} : undefined`;
    } else {
      const isWord = method === 'Text' && (field.vocabulary !== undefined || WORDS.has(field.name));
      const verb = isWord ? 'Word' : method;
      read = !isOptional(field)
        ? `r.${camel(verb)}()`
        : hasOptional(method)
          ? `r.optional${verb}()`
          : `r.present() ? r.${camel(verb)}() : undefined`;
      if (field.vocabulary !== undefined) read += ` as ${name}['${field.name}']`;
    }
    return `    ${field.name}: ${read},`;
  });
  return `export function read${name}(r: AvroReader${usesShared ? ', s: SharedRecords' : ''}): ${name} {\n  return {\n${lines.join('\n')}\n  };\n}\n`;
}

function usesSharedRecords({ fields }, records) {
  return fields.some((field) => {
    const { record } = kindOf(field, records);
    return record !== undefined && (record in SHARED || usesSharedRecords(records.get(record), records));
  });
}

function needsSkip(schema, records, into) {
  into.add(schema.name);
  for (const field of schema.fields) {
    const { record } = kindOf(field, records);
    if (record !== undefined) needsSkip(records.get(record), records, into);
  }
}

function skipper({ name, fields }, records) {
  const lines = fields.map((field) => {
    const { record, method } = kindOf(field, records);
    if (record !== undefined) return isOptional(field) ? `  if (r.present()) skip${record}(r);` : `  skip${record}(r);`;
    if (!isOptional(field)) return `  r.skip${method}();`;
    return hasOptional(method) ? `  r.skipOptional${method}();` : `  if (r.present()) r.skip${method}();`;
  });
  return `function skip${name}(r: AvroReader): void {\n${lines.join('\n')}\n}\n`;
}
