import fc from 'fast-check';
import type { Endpoint, SessionEvent } from '../../src/core/event/index.js';
import { AGENTS, MINUTE, PLACES, T0 } from './world.js';

/** Stories of what works with credentials: most days in one way, now and then otherwise, with keys that end. */

const HOUR = 60;
const DAY = 24 * HOUR;

export interface MachineLine {
  n: number;
  /** minutes after T0 */
  at: number;
  /** minutes from the event to its arrival */
  delay: number;
  who: 'machine' | 'person';
  key: string;
  /** of PLACES, or, from 100 on, an address block of a cloud */
  place: number;
  agent: number;
  /** of a key: what was done to it in place of a use */
  effect?: string | undefined;
  /** minutes from the event back to when its session was made */
  age?: number | undefined;
  failed?: boolean;
  /** the instance of EC2 whose role it is */
  instance?: string | undefined;
  /** the key for a while that was made with the key */
  issues?: string | undefined;
  /** what thieves do, too */
  act?: keyof typeof DEEDS | undefined;
  /** in place of a use, the person signs in there themselves */
  isSignIn?: boolean | undefined;
}

const DEEDS = {
  CreateAccessKey: { activity: 'api_key', details: { kind: 'access_key', effect: 'created' } },
  StopLogging: { activity: 'audit_tamper', details: { effect: 'disabled' } },
  GetSecretValue: { activity: 'session_use', details: { secrets_read: '1' } },
  RunInstances: { activity: 'session_use', details: { kind: 'compute', effect: 'created' } },
  AssumeRole: { activity: 'token_issue', details: { kind: 'role' } },
  CloneThis: { activity: 'data_export', details: { kind: 'repository' }, resource: { name: 'this' } },
  CloneThat: { activity: 'data_export', details: { kind: 'repository' }, resource: { name: 'that' } },
} as const;

const SIGN_IN = {
  source: { vendor: 'okta', product: 'system_log', account: 't' },
  action: 'user.session.start',
  activity: 'sign_in',
  is_presence: true,
  token: undefined,
  session: undefined,
  details: undefined,
} as const;

function blockOf(n: number): Endpoint {
  // of networks that are in no list, at home and abroad
  if (n === 10 || n === 12) {
    const [asn, country] = n === 10 ? [64500, 'NL'] : [64501, 'NO'];
    return { ...PLACES[3]!, ip: `192.71.${n}.20`, prefix: `192.71.${n}`, asn, as_org: 'Small Net', as_class: 'unknown', country };
  }
  return { ...PLACES[3]!, ip: `178.62.${n}.20`, prefix: `178.62.${n}`, asn: n % 2 === 0 ? 14061 : 16509 };
}

export function sayUse(line: MachineLine): SessionEvent {
  const { n, at, delay, who, key, place, agent, effect, age, failed, issues, act, isSignIn, instance } = line;
  const time = T0 + at * MINUTE;
  const isPerson = who === 'person';
  const isEnd = effect !== undefined;
  return {
    schema_version: 1,
    tenant: 'default',
    uid: `aws:t:${String(n).padStart(4, '0')}`,
    time,
    arrival_time: time + delay * MINUTE,
    source: { vendor: 'aws', product: 'cloudtrail', account: 't' },
    subject_role: isEnd ? 'target' : 'actor',
    action: isEnd ? 'UpdateAccessKey' : issues === undefined ? 'GetObject' : 'GetSessionToken',
    activity: isEnd ? 'api_key' : issues === undefined ? 'session_use' : 'token_issue',
    status: failed === true ? 'failure' : 'success',
    is_presence: false,
    principal: {
      key: isPerson ? 'default/alex@example.com' : 'default/aws:t:user/ci',
      type: isPerson ? 'human' : instance === undefined ? 'service' : 'workload',
      uid: isPerson ? undefined : 'user/ci',
      email: isPerson ? 'alex@example.com' : undefined,
      name: undefined,
      on_behalf_of: undefined,
      tags: undefined,
    },
    token: isEnd ? undefined : { uid: key, kind: 'access_key_id' },
    session:
      age === undefined
        ? undefined
        : {
            uid: instance === undefined ? key : `AROA1:${instance}/${key}`,
            issuer: 'aws:t',
            confidence: 'high',
            created_time: time - age * MINUTE,
          },
    src_endpoint: isEnd ? undefined : place >= 100 ? blockOf(place - 100) : PLACES[place],
    user_agent: isEnd ? undefined : AGENTS[agent],
    details: isEnd ? { effect, key_uid: key } : issues === undefined ? undefined : { issued_key_uid: issues },
    enrichment: { geo: 'test', networks: 'test', identities: 'test' },
    ...(act === undefined || isEnd || issues !== undefined ? undefined : { action: act, ...DEEDS[act] }),
    ...(isSignIn === true && isPerson && !isEnd ? SIGN_IN : undefined),
  };
}

const blocks = fc.integer({ min: 100, max: 114 });
const deeds = fc.option(fc.constantFrom(...(Object.keys(DEEDS) as (keyof typeof DEEDS)[])), { nil: undefined, freq: 3 });

/** @param lateness of arrivals, at most, minutes */
export function machines(lateness: number, days = 14): fc.Arbitrary<MachineLine[]> {
  const usual = fc.record({
    who: fc.constantFrom('machine' as const, 'person' as const),
    place: fc.constantFrom(0, 3, 100, 101),
    agent: fc.constantFrom(4, 5, 6),
    act: deeds,
  });
  const odd = fc.record({
    hour: fc.integer({ min: 0, max: days * 24 - 1 }),
    minute: fc.constantFrom(0, 10, 20, 30, 40, 50, 59),
    key: fc.constantFrom('AKIA1', 'AKIA1', 'AKIA2', 'ASIA3', 'ASIA4'),
    place: fc.oneof(fc.integer({ min: 0, max: 8 }), blocks),
    agent: fc.constantFrom(0, 4, 4, 5, 6),
    effect: fc.option(fc.constantFrom('deleted', 'disabled', 'enabled', 'created'), { nil: undefined, freq: 8 }),
    age: fc.option(fc.integer({ min: 0, max: 16 * HOUR }), { nil: undefined, freq: 4 }),
    instance: fc.option(fc.constantFrom('i-0abc12345def67890', 'i-0abc12345def67891'), { nil: undefined }),
    issues: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom('ASIA3', 'ASIA4') }),
    act: deeds,
    isSignIn: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    failed: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: lateness })),
  });
  const crowd = fc.record({
    hour: fc.integer({ min: 8 * 24, max: days * 24 - 1 }),
    count: fc.integer({ min: 8, max: 14 }),
    agent: fc.constantFrom(4, 5),
    isCloning: fc.boolean(),
    delay: fc.integer({ min: 0, max: lateness }),
  });
  return fc
    .tuple(usual, fc.array(odd, { minLength: 2, maxLength: 20 }), fc.option(crowd, { nil: undefined, freq: 3 }), fc.boolean())
    .map(([own, odds, many, isRegular]) => {
      const { who } = own;
      const lines: Omit<MachineLine, 'n'>[] = [];
      for (let day = 0; day < days && isRegular; day++)
        lines.push({ ...own, at: day * DAY + 7 * HOUR, delay: (day * 37) % lateness, key: 'AKIA1' });
      for (const { hour, minute, ...line } of odds) {
        const isPassing = line.effect === undefined && line.key.startsWith('ASIA');
        const instance = isPassing && who === 'machine' ? line.instance : undefined;
        lines.push({
          ...line,
          who,
          at: hour * HOUR + minute,
          age: isPassing ? (line.age ?? (instance === undefined ? undefined : 0)) : undefined,
          instance,
        });
      }
      for (let i = 0; i < (many?.count ?? 0); i++)
        lines.push({
          who,
          at: many!.hour * HOUR + i,
          delay: (many!.delay * (i + 1)) % lateness,
          key: 'AKIA1',
          place: 101 + 2 * i,
          agent: many!.agent,
          act: many!.isCloning ? (i % 3 === 0 ? 'CloneThis' : 'CloneThat') : undefined,
        });
      return lines.map((line, n) => ({ ...line, n }));
    });
}
