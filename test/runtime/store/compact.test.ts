import fc from 'fast-check';
import { CompactSink, CompactSource } from '../../../src/runtime/store/compact.js';
import { Dictionary } from '../../../src/runtime/store/dictionary.js';
import { runs } from '../../helpers/runs.js';

type Value =
  | { kind: 'int' | 'small' | 'time' | 'double'; value: number }
  | { kind: 'flag' | 'presence'; value: boolean }
  | { kind: 'text'; value: string };

const hex = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const guid = fc.uuid();
const texts = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'), maxLength: 100 }),
  guid,
  guid.map((id) => id.toUpperCase()),
  guid.map((id) => `entra:tenant:${id}`),
  guid.map((id) => `entra:tenant:${id}#target`),
  fc.tuple(guid, guid).map(([a, b]) => `entra:${a}:${b}`),
  fc.string({ maxLength: 30 }).map((rest) => `okta:org-1:${rest}ü`),
  fc.string({ maxLength: 30 }).map((rest) => `okta:org-1:${rest}`),
  hex(16),
  hex(32),
  hex(64),
  hex(33),
  fc.constantFrom(
    '',
    'x',
    'ü',
    'xy',
    'Mozilla/5.0 (a common program)',
    'entra',
    'session_use',
    '0000000-0000-0000-0000-000000000000',
    '語'.repeat(300),
    'x'.repeat(3000),
  ),
);
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.record({ kind: fc.constant('int' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('small' as const), value: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.nat()) }),
  fc.record({ kind: fc.constant('time' as const), value: fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 1.7e12, max: 1.8e12 })) }),
  fc.record({
    kind: fc.constant('double' as const),
    value: fc.oneof(
      fc.double({ noNaN: true }),
      fc.integer({ min: -1_800_000, max: 1_800_000 }).map((n) => n / 10_000),
      fc.constantFrom(-0, 2 ** 40),
    ),
  }),
  fc.record({ kind: fc.constantFrom('flag' as const, 'presence' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('text' as const), value: texts }),
  fc.record({ kind: fc.constant('text' as const), value: texts }),
);

function write(sink: CompactSink, values: readonly Value[]): void {
  for (const { kind, value } of values) (sink[kind] as (value: unknown) => void).call(sink, value);
}

/** One sink and one source for all, as people share them. */
const dictionary = new Dictionary();
const head = new CompactSink();
const body = new CompactSink();
const source = new CompactSource();
let owner = 0;

test('what is written is what is read, whatever the dictionary has learned by then', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(value), fc.array(value), fc.integer({ min: 1.7e12, max: 1.8e12 }), (key, front, back, last) => {
      head.start(dictionary, 0, ++owner, true);
      body.start(dictionary, last, owner, true);
      head.plain(key);
      write(head, [...front, { kind: 'time', value: last }]);
      write(body, [...back, ...back]);
      body.endOfList();
      const bytes = Buffer.concat([head.bytes.subarray(0, head.end), body.bytes.subarray(0, body.end)]);
      source.start(bytes, dictionary);
      expect(source.plain()).toBe(key);
      const read = (values: readonly Value[]) => {
        for (const { kind, value } of values) expect(source[kind]()).toBe(kind === 'text' ? (value as string).toWellFormed() : value);
      };
      read(front);
      expect(source.time()).toBe(last);
      source.body();
      read([...back, ...back]);
      expect(source.endOfList()).toBe(0);
      expect(source.left).toBe(0);
    }),
    runs(500),
  );
  expect(dictionary.size).toBeGreaterThan(3);
});

describe('takes', () => {
  const sizeOf = (...values: Value[]): number => {
    body.start(dictionary, 1.75e12, 1, false);
    write(body, values);
    return body.end;
  };
  const text = (value: string): Value => ({ kind: 'text', value });
  const flag: Value = { kind: 'flag', value: true };
  const small = (value: number): Value => ({ kind: 'small', value });
  const id = '6f1c2a34-9b7d-4e02-8c55-0d9e1f2a3b4c';

  test.each([
    ['an id of a vendor: 16 bytes and how', 17, [text(id)]],
    ['what was said before: its distance', 18, [text(id), text(id)]],
    ['hexadecimal: half', 18, [text('0123456789abcdef0123456789abcdef')]],
    ['base64url: three quarters', 19, [text('abcdefghijklmnopqrstuv')]],
    ['eight flags: a byte', 1, Array(8).fill(flag)],
    ['nine: two', 2, Array(9).fill(flag)],
    ['two small numbers: a byte', 1, [small(14), small(0)]],
    ['one that is not so small: another', 2, [small(15)]],
    ['a place: four bytes', 4, [{ kind: 'double', value: 10.7522 } as Value]],
    ['the same time again: one byte', 1, [{ kind: 'time', value: 1.75e12 } as Value]],
  ])('%s', (_, bytes, values) => {
    expect(sizeOf(...values)).toBe(bytes);
  });

  test('what many have in common: a number', () => {
    const agent = 'Mozilla/5.0 (Windows NT 10.0) something that is long';
    for (let who = 0; who < 9; who++) dictionary.meet(agent, who);
    expect(sizeOf(text(agent))).toBeLessThanOrEqual(2);
    for (let who = 0; who < 9; who++) dictionary.meet('entra:tenant-one:', who);
    expect(sizeOf(text(`entra:tenant-one:${id}`))).toBeLessThanOrEqual(18);
    expect(sizeOf(text('entra:tenant-one:word'))).toBeLessThanOrEqual(7);
  });
});

describe('refuses', () => {
  const read = (bytes: readonly number[]) => () => {
    source.start(Buffer.from(bytes), new Dictionary());
    return source.text();
  };
  /** As it stands: its lowest bit is a sign. */
  const tag = (kind: number, what: number): number => what * 8 + kind;
  test.each([
    ['a word that the dictionary does not have', [tag(1, 0)]],
    ['a text of more texts ago than there are', [tag(2, 3)]],
    ['letters that are not there', [tag(0, 5), 65]],
  ])('%s', (_, bytes) => {
    expect(read(bytes)).toThrow(RangeError);
  });
});
