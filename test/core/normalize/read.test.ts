import fc from 'fast-check';
import { MAX_DEPTH, parseRecords, readRecord } from '../../../src/core/normalize/read.js';
import { bytes } from './fixtures.js';

const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

describe('a line that cannot be read says why', () => {
  test.each([
    ['blank', bytes('')],
    ['blank', bytes('  \t\r\n')],
    ['invalid_json', bytes('{"a":1')],
    ['invalid_json', bytes('{"a":1} trailing')],
    ['invalid_utf8', Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d)],
    ['not_an_object', bytes('42')],
    ['not_an_object', bytes('"text"')],
    ['not_an_object', bytes('null')],
    ['not_an_object', bytes('[]')],
    ['not_an_object', bytes('[1,{}]')],
    ['too_deep', bytes(nested(MAX_DEPTH + 1))],
    ['too_deep', bytes(nested(10_000))],
    ['too_large', bytes(`{"a":"${'x'.repeat(5_000_000)}"}`)],
  ] as const)('%s', (reason, line) => {
    expect(readRecord(line)).toEqual({ reason });
  });

  test('the size is the caller`s', () => {
    expect(readRecord(bytes('{"a":1}'), 6).reason).toBe('too_large');
    expect(readRecord(bytes('{"a":1}'), 7).reason).toBeUndefined();
  });
});

describe('a line that can', () => {
  test('a byte order mark, CRLF and blanks around are nothing', () => {
    expect(readRecord(bytes('\ufeff {"a":1}\r\n')).records).toEqual([{ a: 1 }]);
  });

  test('a list of objects is several records', () => {
    expect(readRecord(bytes('[{"a":1},{"b":2}]')).records).toEqual([{ a: 1 }, { b: 2 }]);
  });

  test('just as deep as allowed, and brackets within text do not count', () => {
    expect(readRecord(bytes(nested(MAX_DEPTH))).reason).toBeUndefined();
    expect(readRecord(bytes({ a: '[{'.repeat(300), b: 'quote " and \\', c: '['.repeat(300) })).reason).toBeUndefined();
  });

  test('many siblings are not deep', () => {
    expect(readRecord(bytes({ a: Array.from({ length: 500 }, () => ({ b: [] })) })).reason).toBeUndefined();
  });

  test('__proto__ is a key like any other and changes no prototype', () => {
    const { records } = readRecord(bytes('{"__proto__":{"polluted":true},"a":1}'));
    expect(records?.[0]?.['a']).toBe(1);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (line) => {
        const read = readRecord(line);
        expect((read.reason === undefined) !== (read.records === undefined)).toBe(true);
      }),
    );
  });

  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const text = JSON.stringify(record);
        expect(readRecord(bytes(text)).records).toEqual([JSON.parse(text)]);
      }),
    );
  });
});

describe('lossless', () => {
  test('long numbers become text, everything else stays', () => {
    const text =
      '{"id":9007199254740993,"neg":-12345678901234567890,"e":1e300,"f":1234567890123456.5,"short":123456789012345,"s":"9007199254740993 \\" 1"}';
    expect(parseRecords(text, true)).toEqual([
      {
        id: '9007199254740993',
        neg: '-12345678901234567890',
        e: '1e300',
        f: '1234567890123456.5',
        short: 123456789012345,
        s: '9007199254740993 " 1',
      },
    ]);
  });

  test('no number stays that a double cannot hold, and nothing but numbers changes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const plain = JSON.stringify(record);
        const [lossless] = parseRecords(plain, true)!;
        const asText = (_key: string, value: unknown) => (typeof value === 'number' ? String(value) : value);
        expect(JSON.parse(JSON.stringify(lossless, asText))).toEqual(JSON.parse(JSON.stringify(JSON.parse(plain), asText)));
        JSON.stringify(lossless, (_key, value) => {
          if (Number.isInteger(value)) expect(Number.isSafeInteger(value)).toBe(true);
          return value;
        });
      }),
    );
  });

  test('a text that holds no records is none', () => {
    for (const text of ['', 'plain', '42', '{"a":', '[1]', nested(300)]) expect(parseRecords(text, false)).toBeUndefined();
  });
});
