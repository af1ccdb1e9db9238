import type { Enricher } from '../../../src/core/enrich/providers.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { createIdentityTable } from '../../../src/core/identity/table.js';
import { bound } from '../../../src/core/normalize/bound.js';
import { createFinish, type FinishOptions } from '../../../src/core/normalize/finish.js';
import type { Mapped } from '../../../src/core/normalize/mapped.js';

const NOW = Date.parse('2026-03-02T12:00:00Z');

/** Answers with what it was asked. */
const enricher: Enricher = {
  versions: { geo: 'g1', networks: 'n1' },
  endpoint: (raw, vendor, asserted) => ({
    ip: raw === 'nonsense' ? undefined : raw,
    class: raw === 'nonsense' ? 'invalid' : 'public',
    as_org: vendor,
    as_class: asserted,
  }),
  userAgent: (raw) => ({ original: raw, kind: 'unknown' }),
  client: () => undefined,
  isAdminClient: (uid) => uid === 'portal',
};

function finishOne(mapped: Mapped | Mapped[], options: Partial<FinishOptions> = {}, record = {}) {
  const finish = createFinish({
    enricher,
    identities: createIdentityTable(),
    tenantOf: () => 'default',
    latestTime: () => NOW + 600_000,
    ...options,
  });
  const events: SessionEvent[] = [];
  const all = Array.isArray(mapped) ? mapped : [mapped];
  // as the mapper does
  all.forEach(bound);
  const reason = finish(record, all, events);
  return { reason, events };
}

function mapped(changes: Partial<Mapped> = {}): Mapped {
  return {
    vendor: 'entra',
    product: 'sign_in',
    account: 'dir',
    id: 'e1',
    time: NOW,
    action: 'Sign-in activity',
    activity: 'sign_in',
    status: 'success',
    is_presence: true,
    principal: { type: 'human', uid: 'oid-1', email: 'Ana@Fjord.example', name: 'Ana' },
    session: { uid: 's1', issuer: 'entra:dir', confidence: 'high' },
    ip: '203.0.113.24',
    user_agent: 'UA',
    ...changes,
  };
}

describe('an address that the vendor withholds', () => {
  test.each([
    ['the country is the place', { ip: undefined, country: 'NO' }, { class: 'withheld', country: 'NO' }],
    ['an address says more', { country: 'NO' }, { class: 'public', ip: '203.0.113.24' }],
    ['what is no country is no place', { ip: undefined, country: 'XX' }, undefined],
    ['neither', { ip: undefined }, undefined],
  ])('%s', (_, change, expected) => {
    const { events } = finishOne(mapped(change));
    if (expected === undefined) expect(events[0]!.src_endpoint).toBeUndefined();
    else expect(events[0]!.src_endpoint).toMatchObject(expected);
  });
});

test('a page of records without ids is hashed once, however many it holds', () => {
  let reads = 0;
  const page = {
    get items() {
      reads++;
      return [];
    },
  };
  const { events } = finishOne([mapped({ id: undefined }), mapped({ id: undefined }), mapped({ id: undefined })], {}, page);
  expect(reads).toBe(1);
  expect(new Set(events.map(({ uid }) => uid.replace(/#\d$/, ''))).size).toBe(1);
  expect(events.map(({ uid }) => uid.slice(-2))).toEqual(['#1', '#2', '#3']);
});

describe('what the operator says of a person', () => {
  const identities = createIdentityTable([
    { person: 'ana@fjord.example', aliases: [], tier: 'shared' },
    { person: 'svc@fjord.example', aliases: [], tier: 'service' },
  ]);
  const principalOf = (principal: Mapped['principal']) => finishOne(mapped({ principal }), { identities }).events[0]!.principal;

  test('their tier is among their tags, beside those of the vendor', () => {
    expect(principalOf({ type: 'human', email: 'Ana@Fjord.example', tags: ['guest'] })).toMatchObject({
      type: 'human',
      tags: ['guest', 'shared'],
    });
    expect(principalOf({ type: 'human', email: 'ana@fjord.example', tags: ['shared'] }).tags).toEqual(['shared']);
    expect(principalOf({ type: 'human', email: 'bo@fjord.example' }).tags).toBeUndefined();
  });

  test('an account of a service is no human, and what the vendor calls a workload stays one', () => {
    expect(principalOf({ type: 'human', email: 'svc@fjord.example' })).toMatchObject({ type: 'service', tags: ['service'] });
    expect(principalOf({ type: 'workload', email: 'svc@fjord.example' }).type).toBe('workload');
  });
});

describe('an event', () => {
  test('has a uid, a key across vendors, a lower-case address and what the data say', () => {
    const { events } = finishOne(mapped());
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      uid: 'entra:dir:e1',
      tenant: 'default',
      time: NOW,
      arrival_time: NOW,
      subject_role: 'actor',
      principal: { key: 'default/ana@fjord.example', email: 'ana@fjord.example', uid: 'oid-1' },
      src_endpoint: { ip: '203.0.113.24', as_org: 'entra' },
      enrichment: { geo: 'g1', networks: 'n1', identities: 'none' },
    });
  });

  test('of several in one record is numbered', () => {
    const { events } = finishOne([mapped(), mapped()]);
    expect(events.map((event) => event.uid)).toEqual(['entra:dir:e1#1', 'entra:dir:e1#2']);
  });

  test('without a vendor id has the hash of its record', () => {
    const uid = finishOne(mapped({ id: undefined }), {}, { a: 1, b: 2 }).events[0]?.uid;
    expect(uid).toMatch(/^entra:dir:[0-9a-f]{32}$/);
    expect(finishOne(mapped({ id: undefined }), {}, { b: 2, a: 1 }).events[0]?.uid).toBe(uid);
  });

  test('belongs to the tenant of its vendor account', () => {
    const { events } = finishOne(mapped(), { tenantOf: (vendor, account) => `${vendor}-${account}` });
    expect(events[0]).toMatchObject({ tenant: 'entra-dir', principal: { key: 'entra-dir/ana@fjord.example' } });
  });

  test('reaches its person through the table, whose version it carries', () => {
    const identities = createIdentityTable();
    identities.learn('default', mapped());
    const { events } = finishOne(mapped({ principal: { type: 'human', uid: 'oid-1' } }), { identities });
    expect(events[0]?.principal).toMatchObject({ key: 'default/ana@fjord.example', email: 'ana@fjord.example', uid: 'oid-1' });
    expect(events[0]?.enrichment.identities).toBe(identities.version);
    expect(finishOne(mapped({ principal: { type: 'service', uid: 'oid-1' } }), { identities }).events[0]?.principal.email).toBeUndefined();
  });

  test('has no half characters in its ids', () => {
    const session = { uid: 'half \ud800', issuer: 'entra:dir', confidence: 'high' } as const;
    expect(finishOne(mapped({ session: { ...session } })).events[0]?.session?.uid).toMatch(/^sha256:[0-9a-f]{32}$/);
    expect(finishOne(mapped({ session: { ...session, uid: 'whole \u{1f600}' } })).events[0]?.session?.uid).toBe('whole \u{1f600}');
  });

  test('says on whose behalf a service acted, by key', () => {
    const principal = { type: 'service', uid: 'app', on_behalf_of: { type: 'human', email: 'ana@fjord.example' } } as const;
    expect(finishOne(mapped({ principal })).events[0]?.principal).toMatchObject({
      key: 'default/entra:app',
      on_behalf_of: 'default/ana@fjord.example',
    });
  });

  test.each([
    [{ is_tor: true, is_vpn: true }, 'tor'],
    [{ is_vpn: true }, 'vpn'],
    [{ is_proxy: true }, 'vpn'],
    [{}, undefined],
  ])('the network class that the vendor asserts: %j', (network, asClass) => {
    expect(finishOne(mapped({ network })).events[0]?.src_endpoint?.as_class).toBe(asClass);
  });
});

describe('a target', () => {
  const targets: Mapped['targets'] = [
    { type: 'human', uid: 'oid-2', email: 'tom@fjord.example' },
    { type: 'service', uid: 'sp-3' },
  ];

  test('has an event of its own, with the actor and without the actor`s session', () => {
    const { events } = finishOne(mapped({ targets, activity: 'session_revoke', token: { uid: 'u', kind: 'uti' } }));
    expect(events.map(({ uid, subject_role, principal }) => [uid, subject_role, principal.key])).toEqual([
      ['entra:dir:e1', 'actor', 'default/ana@fjord.example'],
      ['entra:dir:e1#target', 'target', 'default/tom@fjord.example'],
      ['entra:dir:e1#target2', 'target', 'default/entra:sp-3'],
    ]);
    const target = events[1]!;
    expect(target.actor).toMatchObject({
      principal: { key: 'default/ana@fjord.example' },
      src_endpoint: { ip: '203.0.113.24' },
      user_agent: { original: 'UA' },
    });
    expect([target.session, target.token, target.src_endpoint, target.user_agent, target.device]).toEqual(Array(5).fill(undefined));
    expect(target.is_presence).toBe(false);
  });

  test('that is the actor by another id has none', () => {
    const identities = createIdentityTable([{ person: 'ana@fjord.example', aliases: ['ana.admin@fjord.example'] }]);
    const { events } = finishOne(mapped({ targets: [{ type: 'human', email: 'ana.admin@fjord.example' }] }), { identities });
    expect(events).toHaveLength(1);
  });
});

describe('an app that is let in', () => {
  const details = { app: 'Mail Helper', app_uid: 'app-7' };

  test('has an event of its own', () => {
    const { events } = finishOne(mapped({ activity: 'oauth_consent', details }));
    expect(events.map(({ subject_role, principal }) => [subject_role, principal.key, principal.type, principal.name])).toEqual([
      ['actor', 'default/ana@fjord.example', 'human', 'Ana'],
      ['target', 'default/entra:app-7', 'service', 'Mail Helper'],
    ]);
    expect(events[1]?.actor?.principal?.key).toBe('default/ana@fjord.example');
    expect(events[0]?.details).toEqual({ ...details, acts_on: 'app-7' });
  });

  test('has one beside whoever else it was done to', () => {
    const targets: Mapped['targets'] = [{ type: 'human', uid: 'oid-2', email: 'tom@fjord.example' }];
    const { events } = finishOne(mapped({ activity: 'oauth_consent', details, targets }));
    expect(events.map(({ principal }) => principal.key).slice(1)).toEqual(['default/tom@fjord.example', 'default/entra:app-7']);
  });

  test('has the one that its mapper gave it', () => {
    const { events } = finishOne(mapped({ activity: 'oauth_consent', details, targets: [{ type: 'service', uid: 'sp-3' }] }));
    expect(events.map(({ principal }) => principal.key).slice(1)).toEqual(['default/entra:sp-3']);
  });

  test('without an id, and in any other act, has none', () => {
    expect(finishOne(mapped({ activity: 'oauth_consent', details: { app: 'Mail Helper' } })).events).toHaveLength(1);
    expect(finishOne(mapped({ activity: 'oauth_consent', details: { ...details, kind: 'app_assignment' } })).events).toHaveLength(1);
    expect(finishOne(mapped({ activity: 'session_use', details })).events).toHaveLength(1);
  });
});

describe('without a principal', () => {
  const nobody = { type: 'unknown' } as const;
  test.each([
    [{}, 'default/session:entra:dir:s1'],
    [{ session: undefined, token: { uid: 't1', kind: 'uti' } }, 'default/token:t1'],
    [{ session: undefined }, 'default/address:203.0.113.24'],
  ])('the key is the session, the token, the address: %j', (changes, key) => {
    expect(finishOne(mapped({ principal: nobody, ...changes })).events[0]?.principal.key).toBe(key);
  });

  test.each([undefined, 'nonsense'])('and without a place (%p) there is no subject', (ip) => {
    expect(finishOne(mapped({ principal: nobody, session: undefined, ip }))).toEqual({ reason: 'no_subject', events: [] });
  });
});

describe('times', () => {
  test.each([
    [Date.parse('1999-12-31T23:59:59Z'), 'time_out_of_range'],
    [Date.parse('2000-01-01T00:00:00Z'), undefined],
    [NOW + 600_000, undefined],
    [NOW + 600_001, 'time_out_of_range'],
    [Date.parse('2100-01-01T00:00:00Z'), 'time_out_of_range'],
  ])('%d', (time, reason) => {
    expect(finishOne(mapped({ time })).reason).toBe(reason);
  });

  test('a record without one has that of now while none is known, or is refused when nobody knows what is now', () => {
    expect(finishOne(mapped({ time: undefined })).reason).toBe('time_missing');
    const { events } = finishOne([mapped({ time: undefined }), mapped({ time: NOW - 5 }), mapped({ time: undefined })], { now: () => NOW });
    expect(events.map(({ time, time_precision_ms }) => [time, time_precision_ms])).toEqual([
      [NOW, 86_400_000],
      [NOW - 5, undefined],
      [NOW - 5, 86_400_000],
    ]);
  });

  test('and else has the latest that was read, says how rough it is, and places nobody', () => {
    const { events } = finishOne([mapped({ time: NOW - 5 }), mapped({ time: NOW - 1000 }), mapped({ time: undefined })]);
    expect(events[2]).toMatchObject({ time: NOW - 5, time_precision_ms: 86_400_000, is_presence: false });
  });

  test('unless such records are refused', () => {
    const { events } = finishOne([mapped(), mapped({ time: undefined })], { timeless: 'reject' });
    expect(events).toHaveLength(1);
  });
});

test('nothing that a record blows up stays long', () => {
  const long = 'x'.repeat(5000);
  const { events } = finishOne(
    mapped({
      id: long,
      status_detail: long,
      action: long,
      user_agent: long,
      correlation_uid: long,
      principal: { type: 'human', uid: long, name: long },
      session: { uid: long, root_uid: long, issuer: 'entra:dir', confidence: 'high' },
      token: { uid: long, kind: 'uti' },
      device: { uid: long, cookie_uid: long, name: long, evidence: 'observed' },
      resource: { uid: long, name: long },
      details: { target: long, session: long },
      targets: [{ type: 'human', uid: `${long}2`, name: long }],
    }),
  );
  const walk = (value: unknown): number =>
    typeof value === 'string'
      ? value.length
      : typeof value === 'object' && value !== null
        ? Math.max(0, ...Object.values(value).map(walk))
        : 0;
  expect(walk(events)).toBeLessThanOrEqual(1000);
  expect(events[0]?.session?.uid).toMatch(/^sha256:[0-9a-f]{32}$/);
  expect(events[0]?.details?.['session']).toBe(events[0]?.session?.uid);
  expect(events[0]?.user_agent?.original).toHaveLength(512);
});

test('an account that is too long is the same hash in all ids, and other words are cut', () => {
  const long = 'a'.repeat(5000);
  const one = () =>
    finishOne(
      mapped({
        account: long,
        session: { uid: 's1', issuer: `entra:${long}`, confidence: 'high' },
        auth: { protocol: long, method: long, incoming_token: long },
        risk: { level: long, reasons: Array.from({ length: 50 }, () => long) },
      }),
    ).events[0]!;
  const event = one();
  expect(event.source.account).toMatch(/^sha256:[0-9a-f]{32}$/);
  expect(event.uid).toBe(`entra:${event.source.account}:e1`);
  expect(event.session?.issuer).toMatch(/^sha256:[0-9a-f]{32}$/);
  expect(one().session?.issuer).toBe(event.session?.issuer);
  expect([event.auth?.protocol, event.auth?.method, event.auth?.incoming_token].map((word) => word?.length)).toEqual([100, 100, 100]);
  expect(event.risk?.reasons.map((reason) => reason.length)).toEqual(Array(32).fill(200));
});

describe('where people administer', () => {
  const surface = (changes: Partial<Mapped>) => finishOne(mapped(changes)).events[0]?.details?.['is_admin_surface'];

  test('is a portal that does nothing else, and the administration of Okta', () => {
    expect(surface({ activity: 'sign_in', client: { uid: 'portal' } })).toBe('true');
    expect(surface({ activity: 'token_issue', client: { uid: 'portal' }, details: { factor: 'push' } })).toBe('true');
    expect(surface({ activity: 'session_use', action: 'user.session.access_admin_app' })).toBe('true');
  });

  test('is no other client, and no act that says by itself what it is', () => {
    expect(surface({ activity: 'sign_in', client: { uid: 'mail' } })).toBeUndefined();
    expect(surface({ activity: 'role_grant', client: { uid: 'portal' } })).toBeUndefined();
    expect(surface({ activity: 'sign_in', action: 'user.session.access_admin_app' })).toBeUndefined();
  });
});

test('ids in details are shortened as the ids of tokens are, each of a list by itself', () => {
  const [long, other] = ['k'.repeat(300), 'j'.repeat(300)];
  const token = finishOne(mapped({ token: { uid: long, kind: 'hashed_token' } })).events[0]!.token!.uid;
  const details = { key_uid: `42 ${long}`, ended_key_uid: `${long} ${other}`, token_uid: long, credential_uid: long };
  const told = finishOne(mapped({ details })).events[0]!.details!;
  expect(token).toMatch(/^sha256:/);
  expect(told).toMatchObject({ key_uid: `42 ${token}`, token_uid: token, credential_uid: token });
  expect(told['ended_key_uid']!.split(' ')).toEqual([token, expect.stringMatching(/^sha256:/)]);
});
