import { Type } from 'avsc';
import fc from 'fast-check';
import { WireSink, WireSource } from '../../../src/runtime/store/wire.js';
import { runs } from '../../helpers/runs.js';

const LONG = Type.forSchema('long');
const STRING = Type.forSchema('string');
const DOUBLE = Type.forSchema('double');

const ints = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger().map((n) => Math.trunc(n / 2) + 0),
  fc.integer({ min: -200, max: 200 }),
);
const texts = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    ...[0, 1, 20, 21, 22, 62, 63, 64, 65, 2730, 2731, 4095, 4096, 8191, 8192, 8193].flatMap((n) => [
      'x'.repeat(n),
      'ü'.repeat(n),
      '語'.repeat(n),
    ]),
  ),
  fc.constant('half a pair \ud800 stands for nothing'),
);

function written(write: (sink: WireSink) => void): Buffer {
  const sink = new WireSink();
  sink.begin();
  write(sink);
  return Buffer.from(sink.bytes.subarray(0, sink.end));
}

function source(bytes: Buffer): WireSource {
  const from = new WireSource();
  from.begin(bytes);
  return from;
}

test('whole numbers, as avsc', () => {
  const edges = [
    0,
    -1,
    1,
    63,
    64,
    -64,
    -65,
    2 ** 30 - 1,
    2 ** 30,
    -(2 ** 30),
    -(2 ** 30) - 1,
    2 ** 31,
    2 ** 32,
    2 ** 52,
    2 ** 52,
    -(2 ** 52),
  ];
  for (const value of edges) {
    expect(written((sink) => sink.int(value))).toEqual(LONG.toBuffer(value));
    expect(source(LONG.toBuffer(value)).int()).toBe(value);
  }
  fc.assert(
    fc.property(ints, (value) => {
      const bytes = LONG.toBuffer(value);
      expect(written((sink) => sink.time(value))).toEqual(bytes);
      expect(source(bytes).time()).toBe(value);
    }),
    runs(500),
  );
});

test('what is no whole number is not written', () => {
  for (const value of [0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, undefined as never]) {
    expect(() => written((sink) => sink.int(value))).toThrow();
  }
});

test('texts, as avsc', () => {
  fc.assert(
    fc.property(texts, (value) => {
      const bytes = STRING.toBuffer(value.toWellFormed());
      expect(written((sink) => sink.text(value))).toEqual(bytes);
      expect(source(bytes).text()).toBe(STRING.fromBuffer(bytes));
    }),
    runs(500),
  );
});

test('one after the other, longer than there is room for at first', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(ints, texts, fc.double(), fc.boolean()), { maxLength: 60 }), (values) => {
      const bytes = written((sink) => {
        for (const value of [...values, ...values, 'x'.repeat(9000), ...values]) {
          if (typeof value === 'string') sink.text(value);
          else if (typeof value === 'boolean') sink.flag(value);
          else if (Number.isSafeInteger(value)) sink.int(value);
          else sink.double(value);
        }
      });
      const from = source(bytes);
      for (const value of [...values, ...values, 'x'.repeat(9000), ...values]) {
        if (typeof value === 'string') expect(from.text()).toBe(Buffer.from(value).toString());
        else if (typeof value === 'boolean') expect(from.flag()).toBe(value);
        else if (Number.isSafeInteger(value)) expect(from.int()).toBe(Object.is(value, -0) ? 0 : value);
        else expect(from.double()).toBe(value);
      }
      expect(from.left).toBe(0);
    }),
    runs(100),
  );
  expect(written((sink) => sink.double(0.1))).toEqual(DOUBLE.toBuffer(0.1));
});

test('a record that is cut is not read', () => {
  const bytes = written((sink) => sink.text('a text of some length'));
  expect(() => source(bytes.subarray(0, 9)).text()).toThrow(RangeError);
  expect(() => source(LONG.toBuffer(2 ** 40).subarray(0, 3)).int()).toThrow(RangeError);
});
