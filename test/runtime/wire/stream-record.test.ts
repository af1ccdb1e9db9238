import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Schema, Type } from 'avsc';
import fc from 'fast-check';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { createStreamCodec, type Provenance, type StreamRecord } from '../../../src/runtime/wire/stream-record.js';
import { runs } from '../../helpers/runs.js';
import { MINUTE, say } from '../../helpers/world.js';
import { anyEvent } from './events.js';

const codec = createStreamCodec();

const provenance: fc.Arbitrary<Provenance> = fc.record({
  topic: fc.string({ maxLength: 249 }),
  partition: fc.nat(),
  generation: fc.nat(),
  offset: fc.nat(2 ** 52 - 1),
  index: fc.nat(10_000),
});
const key = fc.string({ maxLength: 60 });
const records: fc.Arbitrary<StreamRecord> = fc.record({
  provenance: fc.option(provenance, { nil: undefined }),
  body: fc.oneof(
    { weight: 5, arbitrary: anyEvent.map((event) => ({ kind: 'event' as const, event })) },
    { weight: 1, arbitrary: fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }).map((time) => ({ kind: 'tick' as const, time })) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('absorb' as const), from: key, into: fc.option(key, { nil: undefined }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('inherit' as const),
        into: key,
        path: fc.array(key, { maxLength: 3 }),
        person: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('pulse' as const),
        feed: key,
        first_time: fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }),
        last_time: fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }),
      }),
    },
  ),
});

const PLACE: Provenance = { topic: 'raw.okta', partition: 3, generation: 1, offset: 12_345_678_901, index: 2 };
const EVENT = say({ n: 1, at: 5, place: 0, agent: 0, session: 's1', device: 'd1', token: 't1' });
const record = (event: SessionEvent = EVENT): StreamRecord => ({ provenance: PLACE, body: { kind: 'event', event } });
const read = (bytes: Buffer): SessionEvent => {
  const { body } = codec.decode(bytes);
  if (body.kind !== 'event') throw new Error(JSON.stringify(body));
  return body.event;
};

describe('round trip', () => {
  test('whatever the schema allows comes back as it was', () => {
    fc.assert(
      fc.property(records, (one) => {
        expect(codec.decode(codec.encode(one))).toEqual(one);
      }),
      runs(500),
    );
  });

  test('nothing in it is null', () => {
    fc.assert(
      fc.property(records, (one) => {
        expect(hasNull(codec.decode(codec.encode(one)))).toBe(false);
      }),
      runs(100),
    );
  });

  test('what has a name that objects have too is kept', () => {
    const details = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}');
    expect(Object.entries(read(codec.encode(record({ ...EVENT, details }))).details!)).toEqual(Object.entries(details));
  });

  test('a detail without a value is not there', () => {
    const details = { a: 'b', c: undefined } as unknown as Record<string, string>;
    expect(Object.keys(read(codec.encode(record({ ...EVENT, details }))).details!)).toEqual(['a']);
  });

  test('half a character cannot be carried', () => {
    expect(read(codec.encode(record({ ...EVENT, action: 'a\ud800b' }))).action).toBe('a\ufffdb');
  });

  test('integers are exact as far as a double is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -0)), (time) => {
        expect(codec.decode(codec.encode({ body: { kind: 'tick', time } })).body).toEqual({ kind: 'tick', time: time + 0 });
      }),
      runs(2000),
    );
  });

  test.each([1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])('%p is no time', (time) => {
    expect(() => codec.encode(record({ ...EVENT, time }))).toThrow(RangeError);
    // and the next one is written as if nothing had been
    expect(read(codec.encode(record()))).toEqual(EVENT);
  });
});

describe('the schema', () => {
  const schema = (name: string): Schema => JSON.parse(readFileSync(join(__dirname, '../../../schemas', name), 'utf8'));
  const registry = {};
  Type.forSchema(schema('event.avsc'), { registry });
  const type = Type.forSchema(schema('stream_record.avsc'), { registry, wrapUnions: 'auto' });
  const branches = { event: 'SessionEvent', tick: 'Tick', absorb: 'Absorb', inherit: 'Inherit', pulse: 'Pulse' };
  const fieldsOf = (body: StreamRecord['body']) => {
    if (body.kind === 'event') return withNulls(body.event);
    const { kind, ...fields } = body;
    return kind === 'absorb' ? withNulls(fields) : fields;
  };
  const forAvro = ({ provenance, body }: StreamRecord) => ({
    provenance: provenance ?? null,
    body: { [`io.sessionvigil.${branches[body.kind]}`]: fieldsOf(body) },
  });

  test('another program reads what is written', () => {
    fc.assert(
      fc.property(records, (one) => {
        // avsc loses this one name
        fc.pre(one.body.kind !== 'event' || !Object.hasOwn(one.body.event.details ?? {}, '__proto__'));
        const bytes = codec.encode(one);
        expect(bytes[0]).toBe(1);
        expect(JSON.parse(JSON.stringify(type.fromBuffer(bytes.subarray(1))))).toEqual(JSON.parse(JSON.stringify(forAvro(one))));
      }),
      runs(100),
    );
  });

  test('what another program writes is read', () => {
    fc.assert(
      fc.property(records, (one) => {
        fc.pre(one.body.kind !== 'event' || !Object.hasOwn(one.body.event.details ?? {}, '__proto__'));
        expect(codec.decode(Buffer.concat([Buffer.of(1), type.toBuffer(forAvro(one))]))).toEqual(one);
      }),
      runs(100),
    );
  });

  test('blocks that say their size are read as well', () => {
    const bytes = codec.encode(record({ ...EVENT, details: { k: 'v' } }));
    // one pair, "k" "v": a count of 1 becomes -1 with the size of the block
    const at = bytes.indexOf(Buffer.from([2, 2, 0x6b, 2, 0x76, 0]));
    const sized = Buffer.concat([bytes.subarray(0, at), Buffer.from([1, 8]), bytes.subarray(at + 1)]);
    expect(read(sized).details).toEqual({ k: 'v' });
  });
});

describe('what cannot be read', () => {
  const reason = (bytes: Buffer) => {
    const { body } = codec.decode(bytes);
    return body.kind === 'unknown' ? body.reason : body.kind;
  };

  test('a newer version of the layout, and nothing at all', () => {
    const bytes = codec.encode(record());
    bytes[0] = 2;
    expect(codec.decode(bytes)).toEqual({ body: { kind: 'unknown', reason: 'event_version_unknown' } });
    expect(reason(Buffer.alloc(0))).toBe('event_malformed');
  });

  test('a kind that a newer program writes: its place is known', () => {
    const bytes = codec.encode({ provenance: PLACE, body: { kind: 'tick', time: 1 } });
    bytes[bytes.length - 2] = 10;
    expect(codec.decode(Buffer.concat([bytes, Buffer.from('whatever')]))).toEqual({
      provenance: PLACE,
      body: { kind: 'unknown', reason: 'event_kind_unknown' },
    });
  });

  test('cut short anywhere', () => {
    const bytes = codec.encode(record());
    for (let length = 0; length < bytes.length; length++) expect(reason(bytes.subarray(0, length))).toBe('event_malformed');
  });

  test('one byte too many', () => {
    expect(reason(Buffer.concat([codec.encode(record()), Buffer.of(0)]))).toBe('event_malformed');
    expect(reason(Buffer.concat([codec.encode({ body: { kind: 'tick', time: 1 } }), Buffer.of(0)]))).toBe('event_malformed');
  });

  test('any damage gives an answer, and the next record is read', () => {
    const bytes = codec.encode(record());
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 12 }), (at, damage) => {
        const damaged = Buffer.from(bytes);
        damaged.set(damage.subarray(0, bytes.length - at), at);
        expect(['event', 'event_malformed', 'event_version_unknown', 'event_kind_unknown', 'tick']).toContain(reason(damaged));
        expect(read(bytes)).toEqual(EVENT);
      }),
      runs(2000),
    );
  });

  test('an integer that a double does not hold', () => {
    const tick = codec.encode({ body: { kind: 'tick', time: 2 ** 53 - 1 } });
    expect(reason(tick)).toBe('tick');
    // 2^53 - 1 is 2^54 - 2 as it is written: one more in the lowest place that counts is 2^53
    expect(tick.subarray(3).toString('hex')).toBe('feffffffffffff1f');
    expect(reason(Buffer.concat([tick.subarray(0, 3), Buffer.from('8080808080808020', 'hex')]))).toBe('event_malformed');
    expect(reason(Buffer.concat([tick.subarray(0, 3), Buffer.alloc(9, 0xff), Buffer.of(1)]))).toBe('event_malformed');
  });

  test('a list that claims more items than there are bytes', () => {
    const bytes = codec.encode(record({ ...EVENT, risk: { level: 'L!', reasons: [] } }));
    const at = bytes.indexOf('L!') + 2;
    const huge = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f]);
    expect(reason(Buffer.concat([bytes.subarray(0, at), huge, bytes.subarray(at + 1)]))).toBe('event_malformed');
  });
});

describe('what events have in common', () => {
  test('is one object, frozen', () => {
    const one = read(codec.encode(record()));
    const other = read(codec.encode(record({ ...EVENT, uid: 'another', time: EVENT.time + MINUTE })));
    for (const field of ['src_endpoint', 'user_agent', 'source', 'principal', 'device', 'enrichment'] as const) {
      expect(other[field]).toBeDefined();
      expect(other[field]).toBe(one[field]);
      expect(Object.isFrozen(one[field])).toBe(true);
    }
  });

  test('all events have their fields in one order', () => {
    const fields = Object.keys(read(codec.encode(record())));
    expect(Object.keys(read(codec.encode(record({ ...EVENT, session: undefined, details: { a: 'b' } }))))).toEqual(fields);
  });

  test('does not hold on to the bytes', () => {
    const bytes = codec.encode(record());
    const event = read(bytes);
    bytes.fill(0);
    expect(event).toEqual(EVENT);
  });
});

function hasNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(hasNull);
}

function withNulls(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(withNulls);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNulls(inner)]));
}
