import fc from 'fast-check';
import { createIdentityTable } from '../../../src/core/identity/table.js';
import { createMapper, createNormalize } from '../../../src/core/normalize/index.js';
import { DROP_REASONS, REJECT_REASONS } from '../../../src/core/normalize/outcome.js';
import { bytes, FIXTURES, fixture } from './fixtures.js';

const okta = fixture('okta', 'sign-in').input;
const entra = fixture('entra', 'sign-in').input;
const m365 = fixture('m365', 'sts-sign-in').input;

const normalize = (max_record_bytes?: number) =>
  createNormalize({
    max_record_bytes,
    enricher: {
      versions: { geo: 'g', networks: 'n' },
      endpoint: (raw) => ({ ip: raw, class: 'public' }),
      userAgent: (raw) => ({ original: raw, kind: 'unknown' }),
      client: () => undefined,
      isAdminClient: () => false,
    },
    identities: createIdentityTable(),
    tenantOf: () => 'default',
    latestTime: () => Date.parse('2026-06-01T00:00:00Z'),
  });
const uids = (answer: { events: { uid: string }[] }) => answer.events.map((event) => event.uid);

describe('recognition', () => {
  test('one stream may mix vendors', () => {
    const map = createMapper();
    const vendors = [okta, entra, m365].map((record) => map(bytes(record)).records[0]?.mapped[0]?.vendor);
    expect(vendors).toEqual(['okta', 'entra', 'm365']);
  });

  test('a stranger is rejected, and one that is not of the named source', () => {
    expect(createMapper()(bytes({ eventName: 'ConsoleLogin', eventTime: '2026-03-02T08:15:30Z' }))).toEqual({
      outcome: 'rejected',
      reason: 'unknown_source',
      records: [],
    });
    expect(createMapper({ source: 'okta' })(bytes(entra)).reason).toBe('wrong_source');
  });

  test('a message trace is known, and no event', () => {
    const trace = { MessageTraceId: '1', SenderAddress: 'a@b.example', Received: '2026-03-02T08:15:30', FromIP: '203.0.113.24' };
    expect(createMapper()(bytes(trace))).toMatchObject({ outcome: 'dropped', reason: 'not_an_audit_record' });
  });

  test('the name of an Okta org is the configuration`s', () => {
    const mapped = createMapper({ accounts: { okta: 'acme' } })(bytes(okta)).records[0]?.mapped[0];
    expect(mapped).toMatchObject({ account: 'acme', session: { issuer: 'okta:acme' } });
  });
});

describe('one line of many records', () => {
  test('a batch of Event Hubs, a list, a page of Graph, a row, a bus and a shipper', () => {
    const answers = [
      { records: [entra, entra] },
      [entra, entra],
      { '@odata.context': 'x', value: [fixture('entra', 'graph-shape').input, fixture('entra', 'graph-shape').input] },
      { RecordType: 'AzureActiveDirectoryStsLogon', CreationDate: '2026-03-02', AuditData: JSON.stringify(m365) },
      { version: '0', 'detail-type': 'SystemLog', source: 'aws.partner/okta.example/x', detail: okta },
      { '@timestamp': 'x', message: JSON.stringify({ records: [okta, m365] }) },
    ].map((line) => createMapper()(bytes(line)).records.map(({ mapped }) => mapped[0]?.id));
    expect(answers.map((ids) => ids.length)).toEqual([2, 2, 2, 1, 1, 2]);
    expect(answers.flat().every((id) => id !== undefined)).toBe(true);
  });

  test('an empty batch is dropped', () => {
    expect(createMapper()(bytes({ records: [] }))).toMatchObject({ outcome: 'dropped', reason: 'empty_batch' });
  });

  test('what can be read of a batch is kept, and the reason for the rest named', () => {
    const answer = normalize()(
      bytes({
        records: [
          { stranger: true },
          entra,
          { ...entra, properties: { ...(entra['properties'] as object), createdDateTime: '1970-01-02T00:00:00Z' } },
        ],
      }),
    );
    expect(answer.outcome).toBe('events');
    expect(answer.reason).toBe('unknown_source');
    expect(answer.events).toHaveLength(1);
  });

  test('a row whose record cannot be read still says who did what', () => {
    const row = {
      RecordType: 'ExchangeAdmin',
      CreationDate: '2026-03-02T08:15:30.0000000Z',
      UserIds: 'ana@fjord.example',
      Operations: 'New-InboxRule',
      Identity: 'id-1',
      AuditData: '{"Id":"1","CreationTime":"2026',
    };
    expect(createMapper()(bytes(row)).records[0]?.mapped[0]).toMatchObject({
      id: 'id-1',
      activity: 'inbox_rule',
      principal: { email: 'ana@fjord.example' },
    });
  });

  test('wrappers are followed only so far', () => {
    let line: unknown = okta;
    for (let i = 0; i < 5; i++) line = { event: line };
    expect(createMapper()(bytes(line)).reason).toBe('unknown_source');
  });
});

describe('ids beyond 2^53', () => {
  test('survive exactly, also inside a row', () => {
    const text = JSON.stringify({ ...m365, Id: 'ID' }).replace('"ID"', '9007199254740993');
    expect(uids(normalize()(bytes(text)))).toEqual([`m365:${m365['OrganizationId']}:9007199254740993`]);
    expect(uids(normalize()(bytes({ AuditData: text })))).toEqual([`m365:${m365['OrganizationId']}:9007199254740993`]);
  });
});

describe('every line gets one answer', () => {
  const reasons = [...Object.keys(DROP_REASONS), ...Object.keys(REJECT_REASONS)];
  const check = (line: Uint8Array) => {
    const { outcome, reason, events } = normalize()(line);
    if (outcome === 'events') expect(events.length).toBeGreaterThan(0);
    else {
      expect(events).toEqual([]);
      expect(reasons).toContain(reason);
    }
    expect(new Set(uids({ events })).size).toBe(events.length);
  };

  test('any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), check));
  });

  test('any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => check(bytes(value))));
  });

  test('a real record with any of its values replaced by anything', () => {
    const inputs = FIXTURES.map(({ input }) => input);
    const paths = (value: unknown, path: string[] = []): string[][] =>
      typeof value === 'object' && value !== null
        ? [path, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))]
        : [path];
    const replaced = fc
      .constantFrom(...inputs)
      .chain((input) => fc.tuple(fc.constant(input), fc.constantFrom(...paths(input)), fc.jsonValue()))
      .map(([input, path, value]) => {
        const copy = structuredClone({ input }) as Record<string, unknown>;
        let at: Record<string, unknown> = copy;
        const steps = ['input', ...path];
        for (const step of steps.slice(0, -1)) at = at[step] as Record<string, unknown>;
        at[steps.at(-1)!] = value;
        return copy['input'];
      });
    fc.assert(
      fc.property(replaced, (record) => check(bytes(record))),
      { numRuns: 2000 },
    );
  });

  test('a record with a key named __proto__', () => {
    check(bytes(`{"__proto__":{"records":[]},${JSON.stringify(okta).slice(1)}`));
    check(
      bytes(
        JSON.stringify({ ...m365, x: 1 })
          .replace('"x"', '"__proto__"')
          .toLowerCase(),
      ),
    );
    expect(({} as Record<string, unknown>)['records']).toBeUndefined();
  });

  test('the same line gives the same answer', () => {
    for (const { input } of FIXTURES) expect(normalize()(bytes(input))).toEqual(normalize()(bytes(input)));
  });
});

describe('texts that a record can blow up', () => {
  // each of these took the square of its length in a pattern that looks for something anywhere
  const fillers = [
    'A ',
    'a, ',
    '=',
    '.',
    ';',
    '(',
    '-a (',
    'a',
    '@',
    '/rolemanagement/',
    ' ',
    '"',
    '\\',
    '[',
    '{',
    '1',
    '+',
    '#EXT#',
    '_',
    '\n',
  ];

  test.each(fillers)('%p, thirty thousand letters of it, in every text of every fixture', (filler) => {
    const long = filler.repeat(30_000 / filler.length);
    const fill = (value: unknown): unknown =>
      typeof value === 'string'
        ? value + long
        : Array.isArray(value)
          ? value.slice(0, 3).map(fill)
          : typeof value === 'object' && value !== null
            ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)]))
            : value;
    const answer = normalize(100_000_000);
    for (const { input } of FIXTURES) {
      const kept = [
        'category',
        'eventType',
        'RecordType',
        'Operation',
        'operation',
        'Type',
        'type',
        'published',
        'CreationTime',
        'createdDateTime',
        'timeGenerated',
        'time',
        'requestMethod',
        'C_Idtyp',
      ];
      const blown = Object.fromEntries(
        Object.entries(input).map(([key, value]) => [
          key,
          kept.includes(key)
            ? value
            : key === 'properties'
              ? Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, kept.includes(k) ? v : fill(v)]))
              : fill(value),
        ]),
      );
      const { events } = answer(bytes(blown));
      for (const event of events) expect(JSON.stringify(event).length).toBeLessThan(30_000);
    }
  });
});

test('a field that is text of far too deep lists is lost, and nothing else of its record', () => {
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  const behind = (vendor: string, name: string, path: readonly string[]) => {
    const record = structuredClone(fixture(vendor, name).input);
    let at: Record<string, unknown> = record;
    for (const step of path.slice(0, -1)) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
    at[path.at(-1) as string] = deep;
    return createMapper()(bytes(record));
  };
  for (const [vendor, name, path] of [
    ['entra', 'sign-in', ['properties', 'riskEventTypes_v2']],
    ['entra', 'sign-in', ['properties', 'authenticationDetails']],
    ['okta', 'sign-in', ['debugContext', 'debugData', 'risk']],
    ['okta', 'sign-in', ['debugContext', 'debugData', 'tunnels']],
    ['okta', 'sign-in', ['target']],
    ['m365', 'sts-sign-in', ['ExtendedProperties']],
    ['m365', 'file-download', ['AppAccessContext']],
    ['m365', 'inbox-rule', ['Parameters']],
  ] as const) {
    const { outcome, records } = behind(vendor, name, path);
    expect([name, path, outcome]).toEqual([name, path, 'events']);
    expect([name, path, JSON.stringify(records.map(({ mapped }) => mapped)).includes('[[[[')]).toEqual([name, path, false]);
  }
});
