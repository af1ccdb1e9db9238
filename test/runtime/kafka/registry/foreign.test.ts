import { type Schema, Type } from 'avsc';
import fc from 'fast-check';
import { readerOf } from '../../../../src/runtime/kafka/registry/foreign.js';
import { Malformed } from '../../../../src/runtime/wire/avro-reader.js';
import { runs } from '../../../helpers/runs.js';

const field = (name: string, type: unknown) => ({ name, type });
const record = (name: string, ...fields: unknown[]) => ({ type: 'record', name, fields });

/** What another program wrote, read back. */
const through = (schema: unknown, value: unknown) => readerOf(schema)(Type.forSchema(schema as Schema).toBuffer(value));

/** A zigzag varint of any size. */
function long(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

describe('what the JSON would have been', () => {
  test('every type', () => {
    const schema = record(
      'All',
      field('none', 'null'),
      field('flag', 'boolean'),
      field('int', 'int'),
      field('long', 'long'),
      field('float', 'float'),
      field('double', 'double'),
      field('text', 'string'),
      field('bytes', 'bytes'),
      field('fixed', { type: 'fixed', name: 'Four', size: 4 }),
      field('word', { type: 'enum', name: 'Word', symbols: ['A', 'B'] }),
      field('list', { type: 'array', items: 'int' }),
      field('map', { type: 'map', values: 'string' }),
      field('inner', record('Inner', field('a', ['null', 'string']), field('b', ['null', 'string']))),
      field('again', 'Four'),
    );
    const value = {
      none: null,
      flag: true,
      int: -3,
      long: 1_772_409_600_000,
      float: 0.5,
      double: 48.8575,
      text: 'é😀',
      bytes: Buffer.from('{"a":1}'),
      fixed: Buffer.from('abcd'),
      word: 'B',
      list: [1, 2, 3],
      map: { x: 'y' },
      inner: { a: null, b: 'b' },
      again: Buffer.from('efgh'),
    };
    const { none: _none, ...rest } = value;
    expect(through(schema, value)).toEqual({
      ...rest,
      bytes: '{"a":1}',
      fixed: 'abcd',
      inner: { b: 'b' },
      again: 'efgh',
    });
  });

  test('logical types; on types that they are not for they say nothing', () => {
    const logical = (type: string, logicalType: string, more = {}) => ({ type, logicalType, ...more });
    const schema = record(
      'Logical',
      field('ms', logical('long', 'timestamp-millis')),
      field('us', ['null', logical('long', 'timestamp-micros')]),
      field('local', logical('long', 'local-timestamp-millis')),
      field('day', logical('int', 'date')),
      field('clock', logical('int', 'time-millis')),
      field('amount', logical('bytes', 'decimal', { precision: 9, scale: 2 })),
      field('id', logical('string', 'uuid')),
      field('odd', logical('string', 'timestamp-millis')),
      field('new', logical('long', 'something-new')),
    );
    const plain = JSON.parse(JSON.stringify(schema).replaceAll('logicalType', 'x'));
    const ms = 1_772_409_600_123;
    const bytes = Type.forSchema(plain).toBuffer({
      ms,
      us: ms * 1000 + 456,
      local: ms,
      day: 20_514,
      clock: 1,
      amount: Buffer.from([0x04, 0xd2]),
      id: 'u',
      odd: 'o',
      new: 5,
    });
    expect(readerOf(schema)(bytes)).toEqual({
      ms: '2026-03-02T00:00:00.123Z',
      us: '2026-03-02T00:00:00.123456Z',
      local: '2026-03-02T00:00:00.123',
      day: '2026-03-02',
      clock: '00:00:00.001',
      amount: 12.34,
      id: 'u',
      odd: 'o',
      new: 5,
    });
  });

  test('longs are numbers as far as a double holds them, then text', () => {
    const read = readerOf('long');
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.integer({ min: 0, max: 60 }), (big, shift) => {
        const value = big >> BigInt(shift);
        const isSafe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
        expect(read(long(value))).toBe(isSafe ? Number(value) : value.toString());
      }),
      runs(1000),
    );
  });

  test('numbers that JSON has not are left out', () => {
    expect(through(record('R', field('a', 'double'), field('b', 'float')), { a: Number.NaN, b: Number.POSITIVE_INFINITY })).toEqual({});
  });

  test('a field and a key called __proto__ are what they say', () => {
    const schema = record('R', field('__proto__', 'string'), field('map', { type: 'map', values: 'string' }));
    const value = readerOf(schema)(Buffer.from([2, 0x61, 2, 18, ...Buffer.from('__proto__'), 2, 0x62, 0])) as Record<string, object>;
    expect(JSON.stringify(value)).toBe('{"__proto__":"a","map":{"__proto__":"b"}}');
  });

  test('defaults and aliases of others are no hindrance', () => {
    const schema = record('R', { name: 'a', type: ['string', 'null'], default: null, aliases: ['not-a-name'] });
    expect(readerOf(schema)(Buffer.from([0, 2, 0x61]))).toEqual({ a: 'a' });
  });

  test('types of other schemas', () => {
    const user = { ...record('User', field('id', 'string')), namespace: 'com.vendor' };
    const schema = { ...record('Log', field('actor', 'com.vendor.User'), field('target', ['null', 'User'])), namespace: 'com.vendor' };
    expect(readerOf(schema, [user])(Buffer.from([2, 0x61, 2, 2, 0x62]))).toEqual({ actor: { id: 'a' }, target: { id: 'b' } });
    expect(() => readerOf(schema)).toThrow();
  });
});

describe('damaged bytes', () => {
  const tree = record('Tree', field('children', { type: 'array', items: 'Tree' }));
  const chain = record('Chain', field('next', ['null', 'Chain']));

  test('a list that claims more than there is costs nothing', () => {
    for (const items of ['int', 'null', record('Empty')])
      for (const claim of [2n ** 40n, 2n ** 52n, -(2n ** 40n)])
        expect(() => readerOf({ type: 'array', items })(Buffer.concat([long(claim), Buffer.alloc(20)]))).toThrow(Malformed);
  });

  test('a text that claims more than there is', () => {
    for (const type of ['string', 'bytes', { type: 'map', values: 'int' }])
      for (const claim of [2n ** 40n, 2n ** 62n, -5n])
        expect(() => readerOf(type)(Buffer.concat([long(claim), Buffer.alloc(9)]))).toThrow(Malformed);
  });

  test('many small items, far from each other in size: more than any record has', () => {
    expect(() => readerOf({ type: 'array', items: 'int' })(Buffer.concat([long(1_000_001n), Buffer.alloc(1_000_002)]))).toThrow(Malformed);
    expect(readerOf({ type: 'array', items: 'null' })(Buffer.concat([long(10_000n), Buffer.alloc(1)]))).toHaveLength(10_000);
    expect(() => readerOf({ type: 'array', items: 'null' })(Buffer.concat([long(10_001n), Buffer.alloc(1)]))).toThrow(Malformed);
  });

  test('what holds itself is read to a depth that JSON may have', () => {
    // a list of one child, whose list has one child
    expect(() => readerOf(tree)(Buffer.alloc(100_000, 2))).toThrow(Malformed);
    expect(() => readerOf(chain)(Buffer.alloc(100_000, 2))).toThrow(Malformed);
    const deep = Buffer.concat([Buffer.alloc(199, 2), Buffer.of(0)]);
    expect(JSON.stringify(readerOf(chain)(deep)).match(/\{/g)).toHaveLength(200);
    expect(() => readerOf(chain)(Buffer.concat([Buffer.of(2), deep]))).toThrow(Malformed);
    expect(() => readerOf(record('Loop', field('a', 'Loop')))(Buffer.alloc(1000))).toThrow(Malformed);
  });

  test('texts that are not UTF-8 do not become others', () => {
    expect(() => readerOf('string')(Buffer.from([2, 0xff]))).toThrow(Malformed);
    expect(readerOf('string')(Buffer.from([6, 0xef, 0xbf, 0xbd]))).toBe('\ufffd');
  });

  test.each([
    ['a branch', ['null', 'string'], [4]],
    ['a branch below zero', ['null', 'string'], [1]],
    ['a symbol', { type: 'enum', name: 'W', symbols: ['A'] }, [2]],
    ['a flag', 'boolean', [2]],
    ['65 bits', 'long', [255, 255, 255, 255, 255, 255, 255, 255, 255, 2]],
    ['an integer without end', 'long', new Array(20).fill(255)],
    ['one byte too many', 'int', [2, 2]],
    ['too few', 'double', [1, 2, 3]],
    ['none', 'int', []],
  ])('%s that is not there', (_what, schema, bytes) => {
    expect(() => readerOf(schema)(Buffer.from(bytes as number[]))).toThrow(Malformed);
  });

  test('whatever the bytes, an answer', () => {
    const schema = record(
      'R',
      field('a', { type: 'array', items: ['null', 'string', tree] }),
      field('b', { type: 'map', values: { type: 'long', logicalType: 'timestamp-micros' } }),
      field('c', { type: 'bytes', logicalType: 'decimal', precision: 30, scale: 3 }),
    );
    const read = readerOf(schema);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          JSON.stringify(read(Buffer.from(bytes)));
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
      }),
      runs(3000),
    );
  });
});

test('what is no schema', () => {
  for (const schema of ['nothing', { type: 'record', name: 'R' }, { type: 'record', name: '1', fields: [] }, 5, null])
    expect(() => readerOf(schema)).toThrow();
});
