import fc from 'fast-check';
import type {
  Actor,
  Auth,
  ClientRef,
  Device,
  Endpoint,
  NamedRef,
  Principal,
  SessionEvent,
  SessionRef,
  TokenRef,
  UserAgent,
} from '../../../src/core/event/index.js';
import { ACTIVITY, ADDRESS_CLASS, CLIENT_KIND, EVENT_STATUS, NETWORK_CLASS, PRINCIPAL_TYPE } from '../../../src/core/event/index.js';

/** Events of every shape that the schema allows, whether or not a vendor sends them: long and odd texts, numbers at their limits, all or nothing. */

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
  // about the lengths where the codec changes its way
  { weight: 1, arbitrary: fc.integer({ min: 60, max: 70 }).chain((n) => fc.string({ minLength: n, maxLength: n })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '__proto__', 'constructor', '\0', '\ufeff', 'é'.repeat(40), '😀'.repeat(20), 'x'.repeat(5000)),
  },
);
/** avsc, which tests compare with, is inexact above 2^52 */
const long = fc.oneof(
  fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }),
  fc.integer(),
  fc.constantFrom(0, -1, 63, 64, -64, -65, 2 ** 30 - 1, 2 ** 30, -(2 ** 30), -(2 ** 30) - 1, 2 ** 31, 2 ** 52 - 1, -(2 ** 52)),
);
const double = fc.double({ noNaN: true });
const int = fc.integer();
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const word = <T extends string>(words: readonly T[]) => fc.oneof(fc.constantFrom(...words), text as unknown as fc.Arbitrary<T>);

const principal: fc.Arbitrary<Principal> = fc.record({
  key: text,
  type: word(PRINCIPAL_TYPE),
  uid: maybe(text),
  email: maybe(text),
  name: maybe(text),
  on_behalf_of: maybe(text),
  tags: maybe(fc.array(text)),
});
const endpoint: fc.Arbitrary<Endpoint> = fc.record({
  ip: maybe(text),
  hostname: maybe(text),
  class: word(ADDRESS_CLASS),
  prefix: maybe(text),
  country: maybe(text),
  region: maybe(text),
  city: maybe(text),
  lat: maybe(double),
  long: maybe(double),
  radius_km: maybe(int),
  asn: maybe(long),
  as_org: maybe(text),
  as_class: maybe(word(NETWORK_CLASS)),
});
const userAgent: fc.Arbitrary<UserAgent> = fc.record({
  original: text,
  kind: word(CLIENT_KIND),
  family: maybe(text),
  major: maybe(int),
  os: maybe(text),
  form_factor: maybe(word(['desktop', 'mobile', 'tablet', 'server', 'unknown'] as const)),
});
const device: fc.Arbitrary<Device> = fc.record({
  uid: maybe(text),
  evidence: word(['observed', 'claimed'] as const),
  cookie_uid: maybe(text),
  name: maybe(text),
  os: maybe(text),
  is_managed: maybe(fc.boolean()),
  is_compliant: maybe(fc.boolean()),
});
const ref: fc.Arbitrary<NamedRef & ClientRef> = fc.record({ uid: maybe(text), name: maybe(text) });
const actor: fc.Arbitrary<Actor> = fc.record({
  principal: maybe(principal),
  src_endpoint: maybe(endpoint),
  user_agent: maybe(userAgent),
  device: maybe(device),
});
const session: fc.Arbitrary<SessionRef> = fc.record({
  uid: text,
  root_uid: maybe(text),
  issuer: text,
  confidence: word(['high', 'medium', 'low'] as const),
  created_time: maybe(long),
});
const token: fc.Arbitrary<TokenRef> = fc.record({
  uid: text,
  kind: text,
  is_bound: maybe(fc.boolean()),
  is_cae: maybe(fc.boolean()),
  issued_time: maybe(long),
  expires_time: maybe(long),
});
const auth: fc.Arbitrary<Auth> = fc.record({
  protocol: maybe(text),
  method: maybe(text),
  is_mfa: maybe(fc.boolean()),
  incoming_token: maybe(text),
  keep_signed_in: maybe(fc.boolean()),
});

export const anyEvent: fc.Arbitrary<SessionEvent> = fc.record({
  schema_version: int,
  tenant: text,
  uid: text,
  time: long,
  arrival_time: long,
  time_precision_ms: maybe(int),
  source: fc.record({ vendor: text, product: text, account: text }),
  subject_role: word(['actor', 'target'] as const),
  actor: maybe(actor),
  action: text,
  activity: word(ACTIVITY),
  status: word(EVENT_STATUS),
  status_detail: maybe(text),
  is_presence: fc.boolean(),
  principal,
  session: maybe(session),
  token: maybe(token),
  device: maybe(device),
  client: maybe(ref),
  src_endpoint: maybe(endpoint),
  user_agent: maybe(userAgent),
  tls: maybe(fc.record({ ja4: text })),
  app: maybe(ref),
  resource: maybe(ref),
  auth: maybe(auth),
  details: maybe(fc.dictionary(text, text)),
  risk: maybe(fc.record({ level: text, reasons: fc.array(text) })),
  correlation_uid: maybe(text),
  enrichment: fc.record({ geo: text, networks: text, identities: text }),
});
