import fc from 'fast-check';
import { DriftMeter } from '../../../../src/core/normalize/drift/meter.js';
import { GONE } from '../../../../src/core/normalize/drift/presence.js';
import type { Raw } from '../../../../src/core/normalize/mapped.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-03-02T00:00:00Z');
const SIGN_IN = { vendor: 'okta', product: 'system_log', action: 'user.session.start' };

/** A source whose records come one after the other. */
class Source {
  time = START;
  constructor(readonly meter = new DriftMeter()) {}

  /** @param every ms between two records */
  send(count: number, make: (n: number) => Raw, { of = SIGN_IN, every = 10 * MINUTE } = {}): this {
    for (let n = 0; n < count; n++) {
      this.time += every;
      this.meter.see(make(n), of, this.time);
    }
    return this;
  }

  get fields(): string[] {
    return this.meter.standing().map(({ field, change }) => `${field} ${change}`);
  }
}

const record = (): Record<string, unknown> => ({
  eventType: 'user.session.start',
  published: '2026-03-02T08:00:00Z',
  client: { ipAddress: '198.51.100.7', userAgent: { rawUserAgent: 'Mozilla/5.0', os: 'Windows 10' } },
  authenticationContext: { externalSessionId: '102abc', rootSessionId: '102abc' },
  target: [{ id: '00u1', type: 'User' }],
});
const without = (...path: string[]): Raw => {
  const made = record();
  const holder = path.slice(0, -1).reduce<Record<string, unknown>>((at, name) => at[name] as Record<string, unknown>, made);
  delete holder[path.at(-1)!];
  return made;
};
const WEEK_OF_RECORDS = 7 * 144;
const learned = () => new Source().send(WEEK_OF_RECORDS, record);

test('a field that is gone is named with what it is read for, since when, and in the records of which action', () => {
  const source = learned();
  const last = source.time;
  expect(source.send(GONE.least_records - 1, () => without('client', 'ipAddress')).meter.standing()).toEqual([]);
  expect(source.send(1, () => without('client', 'ipAddress')).meter.standing()).toEqual([
    {
      vendor: 'okta',
      product: 'system_log',
      field: 'client.ipAddress',
      change: 'vanished',
      key: 'address',
      since_time: last,
      found_time: source.time,
      share: 1,
      before: 'text',
      actions: ['user.session.start'],
      action_count: 1,
      appeared: [],
    },
  ]);
  expect(source.send(1, record).fields).toEqual([]);
});

test.each(['', '-', 'unknown', null, [], {}])('that %j stands in its place makes no difference', (nothing) => {
  const source = learned().send(30, () => ({
    ...record(),
    authenticationContext: { externalSessionId: nothing, rootSessionId: '102abc' },
  }));
  expect(source.meter.standing()).toMatchObject([{ field: 'authenticationContext.externalSessionId', change: 'vanished', key: 'session' }]);
});

test('of an object that is gone its members are not named too, and what they are read for is', () => {
  const source = learned().send(60, () => without('client'));
  expect(source.meter.standing()).toMatchObject([{ field: 'client', change: 'vanished', key: 'address' }]);
});

test('a type that changes is told from a field that goes', () => {
  const source = learned();
  const last = source.time;
  source.send(30, () => ({ ...record(), client: { ...(record()['client'] as object), userAgent: 'Mozilla/5.0' } }));
  expect(source.meter.standing()).toMatchObject([
    { field: 'client.userAgent', change: 'type_changed', key: 'user_agent', before: 'object', after: 'text', since_time: last },
  ]);
  expect(source.send(1, record).fields).toEqual([]);
});

test('a field that is renamed: what appeared beside it is named', () => {
  const source = learned().send(30, () => {
    const { published, ...rest } = record();
    return { ...rest, published_at: published };
  });
  expect(source.meter.standing()).toMatchObject([{ field: 'published', key: 'other', appeared: ['published_at'] }]);
});

test('members of lists have one path, and names with values the path of their name', () => {
  const made = (names: readonly string[]) => ({
    Operation: 'UserLoggedIn',
    DeviceProperties: names.map((Name) => ({ Name, Value: `${Name} 1` })),
    Target: [{ ID: 'a' }, { ID: 'b', Type: 2 }],
  });
  const of = { vendor: 'm365', product: 'sts', action: 'UserLoggedIn' };
  const source = new Source().send(WEEK_OF_RECORDS, () => made(['OS', 'SessionId']), { of });
  source.send(30, () => ({ ...made(['OS']), Target: [{ ID: 'a' }] }), { of });
  expect(source.meter.standing()).toMatchObject([
    { field: 'DeviceProperties[Name=SessionId]', key: 'session' },
    { field: 'Target[].Type', key: 'other', before: 'number' },
  ]);
});

test('what one action always had says nothing of another: nights without sign-ins are no drift', () => {
  const source = learned();
  const policy = { ...SIGN_IN, action: 'policy.evaluate' };
  source.send(2000, () => ({ eventType: 'policy.evaluate', published: 'x' }), { of: policy });
  expect(source.fields).toEqual([]);
  source.send(100, record);
  expect(source.fields).toEqual([]);
});

test('a field that all actions lost is one field', () => {
  const actions = Array.from({ length: 8 }, (_, i) => ({ ...SIGN_IN, action: `user.act${i}` }));
  const source = new Source();
  for (const of of actions) source.send(200, record, { of });
  for (const of of actions) source.send(30, () => without('published'), { of });
  expect(source.meter.standing()).toMatchObject([
    { field: 'published', action_count: 8, actions: [0, 1, 2, 3, 4].map((i) => `user.act${i}`) },
  ]);
});

test('what few records have is relied on by nobody, unless it is read as a key', () => {
  const some = (n: number) => ({ ...record(), ...(n % 25 === 0 ? { note: 'x', device: { id: 'd' } } : {}) });
  const source = new Source().send(4000, some).send(1000, record);
  expect(source.meter.standing()).toMatchObject([{ field: 'device', key: 'device' }]);
});

test('after two weeks a change is how it is', () => {
  const source = learned().send(30, () => ({ ...without('published'), authenticationContext: 'x' }));
  expect(source.fields).toEqual(['authenticationContext type_changed', 'published vanished']);
  source.send(13, record, { of: { ...SIGN_IN, action: 'other' }, every: DAY });
  expect(source.fields).toHaveLength(2);
  source.send(1, record, { of: { ...SIGN_IN, action: 'other' }, every: DAY });
  expect(source.fields).toEqual([]);
  // and the new shape is held to in its turn
  source.send(WEEK_OF_RECORDS, () => ({ ...without('published'), authenticationContext: 'x' }));
  expect(source.fields).toEqual([]);
  source.send(60, () => without('published'));
  expect(source.fields).toEqual(['authenticationContext type_changed']);
});

test('of a busy source some are looked at, and what is gone is found as soon', () => {
  let looked = 0;
  const most = 40_000 * (1 / 128 + 6 / 400) * 1.1 + 100;
  const counted = () =>
    new Proxy(record(), {
      get(of, name) {
        if (name === 'eventType') looked++;
        return of[name as string];
      },
    });
  const source = new Source().send(40_000, counted, { every: 9000 });
  // in each hour the first six, then one of 128
  expect(looked).toBeLessThan(most);
  const hour = Math.ceil(HOUR / 9000) + 128 + GONE.least_records;
  expect(source.send(hour, () => without('eventType'), { every: 9000 }).fields).toEqual(['eventType vanished']);
});

test('a record without an event counts as well: its time may be what is gone', () => {
  const source = learned();
  for (let n = 0; n < 100; n++) {
    source.send(1, record, { of: { ...SIGN_IN, action: 'other' } });
    source.meter.see(without('published'), SIGN_IN, undefined);
  }
  expect(source.fields).toEqual(['published vanished']);
});

/** Whatever a meter has to tell, to another one. */
function tell(from: DriftMeter, to: DriftMeter): number {
  let told = 0;
  for (let taken = from.take(5); taken.length > 0; taken = from.take(5))
    for (const { key, value } of taken) {
      expect(DriftMeter.owns(key)).toBe(true);
      if (value !== undefined) to.adopt(key, value);
      told++;
    }
  return told;
}

describe('over a restart', () => {
  test('what was known is held to, though no record of before is read again', () => {
    const before = learned();
    const after = new Source();
    expect(tell(before.meter, after.meter)).toBe(1);
    expect(tell(before.meter, after.meter)).toBe(0);
    after.time = before.time + 3 * HOUR;
    expect(after.send(30, () => without('client', 'ipAddress')).fields).toEqual(['client.ipAddress vanished']);
  });

  test('what was gone stays gone, and type changes too', () => {
    const before = learned().send(30, () => ({ ...without('published'), authenticationContext: 'x' }));
    const after = new DriftMeter();
    tell(before.meter, after);
    expect(after.standing()).toEqual(before.meter.standing());
    expect(after.known()).toEqual(before.meter.known());
  });

  test('a change is told at once, and what only goes on once an hour', () => {
    const source = learned();
    tell(source.meter, new DriftMeter());
    source.send(5, record);
    expect(source.meter.take(9)).toEqual([]);
    source.send(1, record);
    expect(source.meter.take(9)).toHaveLength(1);
    source.send(30, () => without('published'), { every: 4 * MINUTE });
    expect(source.fields).toEqual(['published vanished']);
    expect(source.meter.take(9)).toHaveLength(1);
    // looked at, since it is one of the first of its hour
    source.send(1, record, { every: HOUR });
    expect(source.fields).toEqual([]);
    expect(source.meter.take(9)).toHaveLength(1);
  });

  test('what comes to another process is not gone', () => {
    const here = learned();
    const there = new Source();
    tell(here.meter, there.meter);
    there.time = here.time;
    here.send(30, () => without('published'));
    expect(here.fields).toHaveLength(1);
    tell(here.meter, there.meter);
    expect(there.fields).toHaveLength(1);
    there.time = here.time;
    there.send(1, record);
    expect(there.fields).toEqual([]);
    tell(there.meter, here.meter);
    expect(here.fields).toEqual([]);
  });

  test('who takes for gone what comes elsewhere is told so, though nothing else is new there', () => {
    const here = learned();
    const there = new Source();
    tell(here.meter, there.meter);
    there.time = here.time;
    there.send(30, () => without('published'));
    expect(there.fields).toHaveLength(1);
    here.send(60, record);
    here.meter.take(9);
    tell(there.meter, here.meter);
    expect(here.fields).toEqual([]);
    tell(here.meter, there.meter);
    expect(there.fields).toEqual([]);
  });

  test('what nobody wrote is passed over', () => {
    const meter = new DriftMeter();
    for (const key of ['\nfields\n', '\nfields\nokta', '\nfields\nokta\nsystem_log\na'])
      for (const value of ['', 'x', '{}', '[]', 'null', '{"version":1}', '{"version":1,"record":[1,1,0,0,0,0],"fields":[[1],[],{},["a"]]}'])
        meter.adopt(key, value);
    expect(meter.standing()).toEqual([]);
    fc.assert(
      fc.property(fc.json(), (fields) => {
        meter.adopt('\nfields\nokta\nsystem_log\na', `{"version":1,"record":[1,1,0,0,0,0],"fields":[${fields}]}`);
        meter.standing();
      }),
    );
  });
});

describe('bounds', () => {
  test('actions without end take no more room than 256', () => {
    const source = new Source();
    for (let n = 0; n < 3000; n++) source.send(1, record, { of: { ...SIGN_IN, action: `a${n}` }, every: 1000 });
    expect(source.meter.take(9999)).toHaveLength(256);
    // those that did not come for a month make room
    source.send(1, record, { of: { ...SIGN_IN, action: 'late' }, every: 31 * DAY });
    const taken = source.meter.take(9999);
    expect(taken.filter(({ value }) => value === undefined)).toHaveLength(256);
    expect(taken.at(-1)!.key).toBe('\nfields\nokta\nsystem_log\nlate');
  });

  test('products that no table names are one', () => {
    const meter = new DriftMeter();
    for (let n = 0; n < 100; n++) meter.see(record(), { vendor: 'okta', product: `p${n}`, action: 'a' }, START);
    expect(meter.known()).toEqual([{ vendor: 'okta', product: 'other', fields: 0 }]);
  });

  test('ids and addresses as keys are not measured, and names without end take no more room than 64 of each object', () => {
    const source = new Source();
    const people = (n: number) => ({
      [`ana${n}@example.com`]: 1,
      [`00u${n}`]: 1,
      [`u${10_000 + n}`]: 1,
      f0e1d2c3b4a5968778695a4b3c2d1e0f: 1,
    });
    const many = (n: number) => Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${(n * 9 + i) % 9973}`, 1]));
    source.send(3000, (n) => ({ ...record(), people: people(n), many: many(n) }));
    const [kind] = source.meter.take(9);
    expect(kind!.value).not.toMatch(/ana\d|00u\d|u1\d{4}|f0e1/);
    expect(kind!.value!.match(/"k\d+"/g)!.length).toBeLessThanOrEqual(64);
    expect(source.send(200, record).fields).toEqual(['many vanished', 'people vanished']);
  });

  test('no record fails it, and no kind grows above 400 fields', () => {
    const key = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('Name', 'key', 'Value', '__proto__', 'constructor', 'length'));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', maxDepth: 5 },
        fc.constantFrom<unknown>(null, '', '-', 0, true, 'x'),
        fc.array(tie('value'), { maxLength: 5 }),
        fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(fc.dictionary(key, value, { maxKeys: 8 }), { minLength: 1, maxLength: 20 }), (records) => {
        const source = new Source();
        for (const one of records) source.send(1, () => JSON.parse(JSON.stringify(one)) as Raw);
        const [kind] = source.meter.take(1);
        expect((kind!.value!.match(/\["/g) ?? []).length).toBeLessThanOrEqual(400);
        tell(source.meter, new DriftMeter());
      }),
      { numRuns: 60 },
    );
    const wide = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`a${i}`, Object.fromEntries(Array.from({ length: 60 }, (_, j) => [`b${j}`, 1]))]),
    );
    const source = new Source().send(3, () => wide);
    expect(source.meter.take(1)[0]!.value!.match(/\["/g)).toHaveLength(400);
  });

  test('of a deep record the top is looked at', () => {
    let deep: unknown = 1;
    for (let n = 0; n < 150; n++) deep = { d: [deep] };
    const source = new Source().send(3, () => ({ deep }));
    expect(source.meter.take(1)[0]!.value!.match(/\["d"/g)!.length).toBeLessThanOrEqual(8);
  });
});

test('the order of keys makes no difference', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const shape = fc.array(fc.subarray(names, { minLength: 1 }), { minLength: 200, maxLength: 260 });
  fc.assert(
    fc.property(shape, fc.infiniteStream(fc.nat()), (records, picks) => {
      const shuffled = (list: readonly string[]) =>
        list
          .map((name) => [name, picks.next().value ?? 0] as const)
          .sort((a, b) => a[1] - b[1])
          .map(([name]) => name);
      const make = (list: readonly string[]) => ({ in: Object.fromEntries(list.map((name) => [name, name])) });
      const straight = new Source();
      const mixed = new Source();
      for (const list of [...records, ...Array<string[]>(80).fill(['a'])]) {
        straight.send(1, () => make(list), { every: HOUR });
        mixed.send(1, () => make(shuffled(list)), { every: HOUR });
      }
      expect(mixed.meter.standing()).toEqual(straight.meter.standing());
    }),
    { numRuns: 20 },
  );
});

test('fields that come and go by chance and in runs, through days and nights, raise nothing', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = generator(seed);
      const shares = Array.from({ length: 12 }, () => random());
      const isOn = shares.map(() => true);
      const source = new Source();
      for (let n = 0; n < 6000; n++) {
        const isNight = Math.floor(source.time / HOUR) % 24 < 8;
        source.send(1, () => {
          const made: Record<string, unknown> = {};
          for (const [i, share] of shares.entries()) {
            // half of them stay as they are for ten records or so
            if (i % 2 === 0 || random() < 0.1) isOn[i] = random() < share;
            if (isOn[i] && !(isNight && i % 3 === 0)) made[`f${i}`] = 1;
          }
          return made;
        });
      }
      expect(source.fields).toEqual([]);
    }),
    { numRuns: 15 },
  );
});

function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
