import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { SOURCES, VENDORS } from '../core/normalize/sources/index.js';
import type { Problem } from '../errors.js';
import { PACKAGE_ROOT } from './package-root.js';
import { didYouMean, nearest } from './suggest.js';
import type { Path, YamlFile } from './yaml-file.js';

/** The part of JSON Schema that our schemas use, and our own words in it. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  description?: string;
  default?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  /** what would be right, in words, when a pattern or an alternative does not fit */
  'x-expected'?: string;
  /** how a text becomes a value: `duration` to milliseconds, `path` to an absolute path, `time` to epoch milliseconds */
  'x-kind'?: 'duration' | 'path' | 'time';
  /** the value must never be shown; `<key>_file` names a file that holds it */
  'x-secret'?: boolean;
  /** of a secret: its file is read whenever it is needed, since it changes while the program runs; the configuration holds the path only */
  'x-rotates'?: boolean;
  /** one property of this form for each source; `{vendor}` in its description is the source's name */
  'x-per-source'?: Schema;
  /** which list of the program the words are of */
  'x-words'?: 'sources';
}

export interface SchemaChecker {
  readonly schema: Schema;
  /** Every mistake at once, each where it stands and with what would be right. */
  check(yaml: Pick<YamlFile, 'file' | 'value' | 'locate'>): Problem[];
}

/** Compiles one of schemas/*.schema.json. */
export function openSchema(name: 'config' | 'rule' | 'suppressions' | 'declarations'): SchemaChecker {
  return createChecker(JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas', `${name}.schema.json`), 'utf8')) as Schema);
}

export function createChecker(plain: Schema): SchemaChecker {
  const schema = withSecretFiles(withSources(plain));
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: true, strictRequired: false, strictTypes: false });
  ajv.addVocabulary(['x-expected', 'x-kind', 'x-secret', 'x-rotates', 'x-per-source', 'x-words']);
  const validate = ajv.compile(schema);
  return {
    schema,
    check(yaml) {
      if (validate(yaml.value)) return [];
      const errors = validate.errors ?? [];
      const alternatives = errors.filter((e) => e.keyword === 'oneOf' || e.keyword === 'anyOf').map((e) => `${e.schemaPath}/`);
      // what is said inside an alternative, about a name or of a value of the wrong type is noise: the other says what would be right
      const mistyped = new Set(errors.filter((e) => e.keyword === 'type').map((e) => e.instancePath));
      const told = errors.filter(
        (e) =>
          e.propertyName === undefined &&
          (e.keyword === 'type' || !mistyped.has(e.instancePath)) &&
          !alternatives.some((a) => e.schemaPath.startsWith(a)) &&
          !isMisspelt(e, errors),
      );
      return told.map((e) => problem(e, yaml, schema)).sort(byPlace);
    },
  };
}

/** The schema with its `$ref` followed; what stands beside the `$ref` wins. */
export function deref(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace('#/$defs/', '');
  const target = root.$defs?.[name];
  if (target === undefined) throw new Error(`no $defs/${name}`);
  const { $ref: _, ...beside } = schema;
  return { ...deref(target, root), ...beside };
}

/** A new source is one line in the list of sources, and none in a schema. */
function withSources(schema: Schema): Schema {
  if (schema['x-words'] === 'sources') return { ...schema, enum: SOURCES };
  if (schema.items !== undefined) return { ...schema, items: withSources(schema.items) };
  const template = schema['x-per-source'];
  if (template === undefined && schema.properties === undefined) return schema;
  const properties: Record<string, Schema> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) properties[name] = withSources(property);
  if (template !== undefined)
    for (const vendor of VENDORS)
      properties[vendor] = { ...template, description: (template.description ?? '').replaceAll('{vendor}', vendor) };
  return { ...schema, properties };
}

/** Every secret may be named by a file instead: `<key>_file`. */
function withSecretFiles(schema: Schema): Schema {
  if (schema.items !== undefined) return { ...schema, items: withSecretFiles(schema.items) };
  if (schema.properties === undefined) return schema;
  const properties: Record<string, Schema> = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    properties[name] = withSecretFiles(property);
    if (property['x-secret'] === true)
      properties[`${name}_file`] = { type: 'string', 'x-kind': 'path', description: fileOf(name, property) };
  }
  return { ...schema, properties };
}

function fileOf(name: string, { 'x-rotates': rotates }: Schema): string {
  return `File that holds \`${name}\`${rotates === true ? '; it is read again whenever it is needed' : ''}.`;
}

/** In the order in which a person reads the file. */
export function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** A key that is missing because it is misspelt beside: one slip of the pen, told by the unknown key. */
function isMisspelt({ keyword, instancePath, params }: ErrorObject, errors: readonly ErrorObject[]): boolean {
  if (keyword !== 'required') return false;
  const missing = params['missingProperty'] as string;
  return errors.some(
    (other) =>
      other.keyword === 'additionalProperties' &&
      other.instancePath === instancePath &&
      nearest(other.params['additionalProperty'] as string, Object.keys((other.parentSchema as Schema).properties ?? {})) === missing,
  );
}

function problem(error: ErrorObject, yaml: Pick<YamlFile, 'file' | 'locate'>, root: Schema): Problem {
  const path = [...pointer(error.instancePath)];
  const {
    additionalProperty,
    propertyName,
    j: repeated,
  } = error.params as { additionalProperty?: string; propertyName?: string; j?: number };
  const key = error.keyword === 'additionalProperties' ? additionalProperty : error.keyword === 'propertyNames' ? propertyName : undefined;
  if (key !== undefined) path.push(key);
  if (error.keyword === 'uniqueItems' && repeated !== undefined) path.push(repeated);
  const of = key !== undefined || error.keyword === 'required' ? 'key' : 'value';
  return { file: yaml.file, ...yaml.locate(path, of), path: path.join('.'), message: explain(error, root) };
}

function explain(error: ErrorObject, root: Schema): string {
  const schema = error.parentSchema as Schema;
  const got = show(error.data);
  switch (error.keyword) {
    case 'additionalProperties': {
      const word = error.params['additionalProperty'] as string;
      const known = Object.keys(schema.properties ?? {});
      return `unknown key "${word}"${didYouMean(word, known)} (known here: ${known.join(', ')})`;
    }
    case 'required': {
      const word = error.params['missingProperty'] as string;
      const about = schema.properties?.[word]?.description;
      return `"${word}" is missing${about === undefined ? '' : `: ${about}`}`;
    }
    case 'type':
      return `${got} is ${article(typeName(error.data))}; expected ${schema['x-expected'] ?? (schema.enum === undefined ? article(String(schema.type)) : `one of: ${schema.enum.join(', ')}`)}`;
    case 'enum':
      return `${got} is none of: ${(schema.enum ?? []).join(', ')}${didYouMean(String(error.data), schema.enum ?? [])}`;
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return `${got} is out of range; expected ${range(schema)}`;
    case 'minItems':
      return `too few entries; expected at least ${error.params['limit']}`;
    case 'minLength':
      return 'must not be empty';
    case 'uniqueItems':
      return 'the same entry stands twice; keep one';
    case 'propertyNames': {
      const names = schema.propertyNames === undefined ? undefined : deref(schema.propertyNames, root);
      return `"${error.params['propertyName']}" cannot stand here; expected ${names?.['x-expected'] ?? 'another key'}`;
    }
    case 'oneOf':
    case 'anyOf':
      return `expected ${schema['x-expected'] ?? error.message}`;
    default:
      return `${got} does not fit; expected ${schema['x-expected'] ?? error.message}`;
  }
}

function range({ minimum, maximum, 'x-expected': expected }: Schema): string {
  if (expected !== undefined) return expected;
  if (minimum === undefined) return `at most ${maximum}`;
  return maximum === undefined ? `at least ${minimum}` : `${minimum} to ${maximum}`;
}

function typeName(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

const TYPE_WORDS: Record<string, string> = {
  object: 'a mapping (`key: value`)',
  array: 'a list (`- entry`)',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  nothing: 'empty',
};

function article(type: string): string {
  return type
    .split(',')
    .map((t) => TYPE_WORDS[t] ?? t)
    .join(' or ');
}

/** A value as it can stand in a message: short, on one line. */
function show(value: unknown): string {
  if (value === undefined || typeof value === 'object') return 'it';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function pointer(text: string): Path {
  if (text === '') return [];
  return text
    .slice(1)
    .split('/')
    .map((s) => s.replaceAll('~1', '/').replaceAll('~0', '~'));
}
