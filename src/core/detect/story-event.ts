import type { Device, Endpoint, SessionEvent, UserAgent } from '../event/index.js';
import type { Story, StoryPlace, StoryStep, StorySuite } from './story.js';

/** Stories begin on a Monday morning, UTC: 2026-03-02T08:00:00Z. */
export const STORY_START = 1_772_438_400_000;

export interface StoryEvent {
  /** with all that it takes from the story and the suite */
  step: StoryStep;
  /** `2`, or `2.3` for the third time of the second step */
  name: string;
  event: SessionEvent;
}

type ReadUserAgent = (raw: string) => UserAgent | undefined;

/** The events of a story in order of arrival: each step as often as it repeats, arrival times that never go back. */
export function eventsOf(suite: StorySuite, story: Story, userAgent: ReadUserAgent): StoryEvent[] {
  const all = story.steps.flatMap((step, index) => repeat({ ...suite.with, ...story.with, ...step }, String(index + 1)));
  // steps that arrive together are told as they stand
  all.sort((a, b) => arrivalOf(a.step) - arrivalOf(b.step));
  let clock = 0;
  return all.map(({ step, name }) => {
    const event = eventOf(step, name, suite, userAgent);
    clock = Math.max(clock, event.arrival_time);
    event.arrival_time = clock;
    return { step, name, event };
  });
}

function arrivalOf(step: StoryStep): number {
  return step.arrives ?? step.at;
}

/** A step as often as it happens: everything that has a time moves along, `{n}` in a text is the number of the repetition. */
function repeat(step: StoryStep, name: string): { step: StoryStep; name: string }[] {
  const { every, times } = step;
  if (every === undefined || times === undefined) return [{ step, name }];
  return Array.from({ length: times }, (_, i) => {
    const one = numbered(step, i + 1);
    one.at += i * every;
    if (one.arrives !== undefined) one.arrives += i * every;
    if (one.token_issued !== undefined) one.token_issued += i * every;
    if (one.token_expires !== undefined) one.token_expires += i * every;
    if (one.session_created !== undefined) one.session_created += i * every;
    return { step: one, name: `${name}.${i + 1}` };
  });
}

function numbered<T extends object>(of: T, n: number): T {
  const entries = Object.entries(of).map(([key, value]) => {
    if (typeof value === 'string') return [key, value.replaceAll('{n}', String(n))];
    return [key, key === 'details' ? numbered(value as object, n) : value];
  });
  return Object.fromEntries(entries) as T;
}

function eventOf(step: StoryStep, name: string, suite: StorySuite, userAgent: ReadUserAgent): SessionEvent {
  const [vendor = 'entra', product = 'sign_in'] = (step.source ?? 'entra/sign_in').split('/');
  const who = step.principal ?? 'alex@example.com';
  const session = named(step.session ?? 's1');
  const isTarget = step.role === 'target';
  const placeOf = (place: string | undefined) => (named(place) === undefined ? undefined : endpointOf(suite.places[place!]!));
  const agentOf = (client: string | undefined) => (named(client) === undefined ? undefined : userAgent(suite.clients[client!]!));
  return {
    schema_version: 1,
    tenant: 'default',
    uid: `${vendor}:story:${name}`,
    time: STORY_START + step.at,
    arrival_time: STORY_START + arrivalOf(step),
    source: { vendor, product, account: 'story' },
    subject_role: isTarget ? 'target' : 'actor',
    actor: isTarget ? actorOf(step, placeOf(step.by_place), agentOf(step.by_client)) : undefined,
    action: step.action ?? step.activity,
    activity: step.activity,
    status: step.status ?? 'success',
    status_detail: step.status_detail,
    is_presence: step.is_presence ?? (step.activity === 'sign_in' || step.activity === 'session_use'),
    principal: {
      key: `default/${who}`,
      type: step.type ?? 'human',
      uid: step.principal_uid,
      email: who,
      name: step.name,
      on_behalf_of: step.on_behalf_of === undefined ? undefined : `default/${step.on_behalf_of}`,
      tags: step.tags === undefined ? undefined : [...step.tags],
    },
    session:
      isTarget || session === undefined
        ? undefined
        : {
            uid: session,
            root_uid: step.root,
            issuer: `${vendor === 'm365' ? 'entra' : vendor}:story`,
            confidence: step.confidence ?? 'high',
            created_time: step.session_created === undefined ? undefined : STORY_START + step.session_created,
          },
    token:
      step.token === undefined
        ? undefined
        : {
            uid: step.token,
            kind: step.token_kind ?? 'uti',
            is_bound: step.is_bound,
            is_cae: step.is_cae,
            issued_time: step.token_issued === undefined ? undefined : STORY_START + step.token_issued,
            expires_time: step.token_expires === undefined ? undefined : STORY_START + step.token_expires,
          },
    device: deviceOf(step),
    client: step.app === undefined ? undefined : { uid: step.app },
    src_endpoint: isTarget ? undefined : placeOf(step.place),
    user_agent: isTarget ? undefined : agentOf(step.client),
    tls: step.ja4 === undefined ? undefined : { ja4: step.ja4 },
    app: step.app_name === undefined ? undefined : { name: step.app_name },
    resource: step.resource === undefined ? undefined : { name: step.resource },
    details: step.details === undefined ? undefined : { ...step.details },
    risk: step.risk === undefined ? undefined : { level: step.risk.level, reasons: [...(step.risk.reasons ?? [])] },
    auth: step.auth,
    enrichment: { geo: step.geo ?? 'story', networks: 'story', identities: 'story' },
  };
}

function actorOf(step: StoryStep, place: Endpoint | undefined, agent: UserAgent | undefined): SessionEvent['actor'] {
  const by = step.by ?? 'admin@example.com';
  return {
    principal: { key: `default/${by}`, type: 'human', email: by },
    src_endpoint: place,
    user_agent: agent,
    device:
      step.by_device === undefined && step.by_cookie === undefined
        ? undefined
        : { uid: step.by_device, evidence: 'observed', cookie_uid: step.by_cookie },
  };
}

function deviceOf({ device, device_evidence, device_os, cookie, is_managed, is_compliant }: StoryStep): Device | undefined {
  if ([device, device_os, cookie, is_managed, is_compliant].every((part) => part === undefined)) return undefined;
  return { uid: named(device), evidence: device_evidence ?? 'observed', cookie_uid: cookie, os: device_os, is_managed, is_compliant };
}

function named(word: string | undefined): string | undefined {
  return word === 'none' ? undefined : word;
}

function endpointOf(place: StoryPlace): Endpoint {
  return {
    ip: place.ip,
    hostname: undefined,
    class: place.class ?? 'public',
    prefix:
      place.ip === undefined
        ? undefined
        : place.ip.includes(':')
          ? place.ip.split(':').slice(0, 4).join(':')
          : place.ip.split('.').slice(0, 3).join('.'),
    country: place.country,
    region: place.region,
    city: place.city,
    lat: place.lat,
    long: place.long,
    radius_km: place.radius_km,
    asn: place.asn,
    as_org: place.as_org,
    as_class: place.as_class,
  };
}
