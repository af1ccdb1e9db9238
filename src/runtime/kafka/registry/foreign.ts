import { type Schema, Type, types } from 'avsc';
import { MAX_DEPTH } from '../../../core/normalize/read.js';
import { AvroReader, Malformed } from '../../wire/avro-reader.js';
import { date, decimal, plain, strictText, textOrBase64, timeOfDay, timestamp, uuid } from './logical.js';

/**
 * Records of other programs, read with the schema that they were written with, into what the vendor's JSON would have been: fields that are null
 * are left out, unions are plain values. avsc parses the schemas; the bytes are read here, since avsc believes what damaged bytes claim (a list
 * of 2^40 items, items without bytes for ever, values nested without end) and cannot give a long above 2^53.
 */
export type ReadForeign = (bytes: Buffer) => unknown;

/** Most items of lists and maps in one record: a megabyte of one-byte items would take a hundred times its size in memory. */
const MAX_VALUES = 1_000_000;
/** Most of those that take no bytes, which could otherwise be claimed without end. */
const MAX_EMPTY = 10_000;

type Read = (depth: number) => unknown;

/** A type that avsc keeps aside so that we see its attributes. */
class Marked extends types.LogicalType {
  constructor(
    readonly attributes: Record<string, unknown>,
    options: unknown,
  ) {
    super(attributes as Schema, options);
  }
}

const LOGICAL = [
  'timestamp-millis',
  'timestamp-micros',
  'timestamp-nanos',
  'local-timestamp-millis',
  'local-timestamp-micros',
  'local-timestamp-nanos',
  'date',
  'time-millis',
  'time-micros',
  'decimal',
  'uuid',
];
const LOGICAL_TYPES = Object.fromEntries(LOGICAL.map((name) => [name, Marked])) as unknown as Record<
  string,
  new (
    schema: Schema,
  ) => types.LogicalType
>;

/**
 * @param schema parsed JSON
 * @param references schemas that it names types of, each after those that it names itself
 * @throws whatever avsc says when they cannot be used
 */
export function readerOf(schema: unknown, references: readonly unknown[] = []): ReadForeign {
  const registry = {};
  const options = { registry, logicalTypes: LOGICAL_TYPES, wrapUnions: 'always' as const, omitRecordMethods: true };
  for (const reference of references) Type.forSchema(bare(reference), options);
  const type = Type.forSchema(bare(schema), options);
  const reader = new AvroReader();
  const left = { values: 0, empty: 0 };
  const read = compile(type, reader, left, new Map());
  return (bytes) => {
    left.values = MAX_VALUES;
    left.empty = MAX_EMPTY;
    reader.start(bytes, 0);
    try {
      const value = read(0);
      reader.end();
      return value;
    } finally {
      reader.release();
    }
  };
}

/** Without what only matters to readers with another schema, and what other programs check less strictly: defaults and aliases. */
function bare(schema: unknown): Schema {
  if (Array.isArray(schema)) return schema.map(bare) as Schema;
  if (typeof schema !== 'object' || schema === null) return schema as Schema;
  const copy: Record<string, unknown> = { ...schema };
  delete copy['default'];
  delete copy['aliases'];
  for (const key of ['type', 'items', 'values']) if (copy[key] !== undefined) copy[key] = bare(copy[key]);
  if (Array.isArray(copy['fields'])) copy['fields'] = copy['fields'].map(bare);
  return copy as unknown as Schema;
}

function compile(type: Type, reader: AvroReader, left: { values: number; empty: number }, known: Map<Type, Read>): Read {
  const before = known.get(type);
  if (before !== undefined) return before;
  // a type may hold itself: until it is made, whoever asks gets a way to it
  let made: Read | undefined;
  known.set(type, (depth) => made!(depth));
  made = make(type);
  known.set(type, made);
  return made;

  function make(one: Type): Read {
    if (one instanceof Marked) return logical(one);
    if (Type.isType(one, 'record', 'error')) return record(one as types.RecordType);
    if (Type.isType(one, 'array')) return list((one as types.ArrayType).itemsType);
    if (Type.isType(one, 'map')) return map((one as types.MapType).valuesType);
    if (Type.isType(one, 'union')) return union((one as types.WrappedUnionType).types as readonly Type[]);
    if (Type.isType(one, 'logical')) return inner((one as types.LogicalType).underlyingType);
    return primitive(one);
  }

  function inner(one: Type): Read {
    return compile(one, reader, left, known);
  }

  function primitive(one: Type): Read {
    switch (one.typeName as string) {
      case 'null':
        return () => null;
      case 'boolean':
        return () => reader.flag();
      case 'int':
      case 'long':
        return () => plain(reader.wideLong());
      case 'float':
        return () => finite(reader.float());
      case 'double':
        return () => finite(reader.double());
      case 'string':
        return () => strictText(reader);
      case 'bytes':
        return () => textOrBase64(reader.raw(reader.long()));
      case 'fixed': {
        const { size } = one as types.FixedType;
        return () => textOrBase64(reader.raw(size));
      }
      case 'enum': {
        const { symbols } = one as types.EnumType;
        return () => symbols[reader.long()] ?? fail('no such symbol');
      }
      default:
        throw new Error(`a type ${one.typeName} that is not known`);
    }
  }

  function record({ fields }: types.RecordType): Read {
    const names = fields.map(({ name }) => name);
    const reads = fields.map((field) => inner(field.type));
    return (depth) => {
      enter(depth);
      const value = {};
      for (let i = 0; i < names.length; i++) put(value, names[i]!, reads[i]!(depth + 1));
      return value;
    };
  }

  function list(items: Type): Read {
    const read = inner(items);
    return (depth) => {
      enter(depth);
      const values: unknown[] = [];
      for (let count = reader.block(); count !== 0; count = reader.block()) {
        for (; count > 0; count--) values.push(item(read, depth));
      }
      return values;
    };
  }

  function map(items: Type): Read {
    const read = inner(items);
    return (depth) => {
      enter(depth);
      const value = {};
      for (let count = reader.block(); count !== 0; count = reader.block()) {
        for (; count > 0; count--) put(value, strictText(reader), item(read, depth));
      }
      return value;
    };
  }

  /** An item of a list or map, of which damaged bytes may claim any number. */
  function item(read: Read, depth: number): unknown {
    if (--left.values < 0) fail('more values than any record has');
    const start = reader.at;
    const value = read(depth + 1);
    if (reader.at === start && --left.empty < 0) fail('more items without bytes than any record has');
    return value;
  }

  function union(branches: readonly Type[]): Read {
    const reads = branches.map(inner);
    return (depth) => {
      // a union takes no level of the JSON, but may be all that a type holds of itself
      const read = reads[reader.long()] ?? fail('no such branch');
      return read(depth);
    };
  }

  function logical({ attributes, underlyingType }: Marked): Read {
    const name = attributes['logicalType'] as string;
    const isFixed = Type.isType(underlyingType, 'fixed');
    const isBytes = isFixed || Type.isType(underlyingType, 'bytes');
    const isInteger = Type.isType(underlyingType, 'int', 'long');
    const size = isFixed ? (underlyingType as types.FixedType).size : 0;
    const bytes = () => reader.raw(isFixed ? size : reader.long());
    if (name === 'decimal' && isBytes) {
      const scale = attributes['scale'] ?? 0;
      if (!Number.isInteger(scale) || (scale as number) < 0 || (scale as number) > 1000) throw new Error('a decimal with an odd scale');
      return () => decimal(bytes(), scale as number);
    }
    if (name === 'uuid' && isFixed && size === 16) return () => uuid(bytes());
    // on another type than the specification allows, it says nothing
    if (!isInteger) return inner(underlyingType);
    if (name === 'date') return () => date(Number(reader.wideLong()));
    const digits = name.endsWith('-millis') ? 3 : name.endsWith('-micros') ? 6 : 9;
    if (name.startsWith('time-')) return () => timeOfDay(reader.wideLong(), digits);
    if (name.includes('timestamp-')) {
      const zone = name.startsWith('local-') ? '' : 'Z';
      return () => timestamp(reader.wideLong(), digits, zone);
    }
    return inner(underlyingType);
  }
}

function enter(depth: number): void {
  if (depth >= MAX_DEPTH) fail('nested too deep');
}

/** JSON has no other numbers. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function put(into: object, key: string, value: unknown): void {
  if (value === null) return;
  // assigned, this one name would set the prototype instead of a key
  if (key === '__proto__') Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
  else (into as Record<string, unknown>)[key] = value;
}

function fail(what: string): never {
  throw new Malformed(what);
}
