import type { Endpoint, Finding, SessionEvent, UserAgent } from '../event/index.js';
import type { LaneOfClient } from '../state/lane.js';
import { createDetect } from './index.js';
import { levelOf } from './levels.js';
import type { Rule } from './rule.js';
import type { Story, StoryPlace, StoryStep, StorySuite } from './story.js';
import { createSuppressor, type NameOfClient } from './suppress.js';

export interface StoryResult {
  passed: boolean;
  /** what was expected and what came; empty when it passed */
  message: string;
  /** final state of every finding of the story's rule */
  findings: Finding[];
}

export interface StoryTools {
  /** user agent string -> what the engine makes of it, as in production */
  userAgent: (raw: string) => UserAgent | undefined;
  /** lane of a published OAuth client */
  laneOfClient: LaneOfClient;
  /** published name of an OAuth client */
  nameOfClient?: NameOfClient;
}

/** Stories begin on a Monday morning, UTC: 2026-03-02T08:00:00Z. */
export const STORY_START = 1_772_438_400_000;

/** Tells a story to its rule, event by event in order of arrival, and compares what comes with what the story says. */
export function runStory(rule: Rule, suite: StorySuite, story: Story, tools: StoryTools): StoryResult {
  const detect = createDetect([rule], { config_digest: 'story', laneOfClient: tools.laneOfClient });
  // a story proves what an entry speaks of, at whatever time it is told
  const suppress = createSuppressor(
    rule.suppress.map((entry) => ({ ...entry, from: Number.NEGATIVE_INFINITY, expires: Number.POSITIVE_INFINITY })),
    tools.nameOfClient,
  );
  const latest = new Map<string, Finding>();
  const complaints: string[] = [];
  const order = story.steps
    .map((step, index) => ({ step: { ...suite.with, ...story.with, ...step }, index }))
    .sort((a, b) => (a.step.arrives ?? a.step.at) - (b.step.arrives ?? b.step.at) || a.index - b.index);
  let clock = 0;
  for (const { step, index } of order) {
    const event = eventOf(step, index, suite, tools);
    clock = Math.max(clock, event.arrival_time);
    event.arrival_time = clock;
    const said = detect.accept(event).map(suppress);
    for (const finding of said) latest.set(finding.uid, finding);
    const where = `step ${index + 1} (${step.activity})`;
    if (story.outcome === 'quiet' && said.length > 0) complaints.push(`${where}: expected nothing, got ${describe(said)}`);
    if (step.expect !== undefined) complaints.push(...compareStep(where, step.expect, said, rule));
  }
  const findings = [...latest.values()];
  const open = findings.filter(({ status }) => status !== 'retracted' && status !== 'suppressed');
  const hidden = findings.filter(({ status }) => status === 'suppressed');
  if (story.outcome === 'fires' && open.length === 0) complaints.push(`expected a finding at the end, got ${describe(hidden, 'none')}`);
  if (story.outcome === 'retracted') {
    const standing = [...open, ...hidden];
    if (findings.length === 0) complaints.push('expected a finding that is taken back, got none at all');
    else if (standing.length > 0) complaints.push(`expected the finding to be taken back, but it stands: ${describe(standing)}`);
  }
  if (story.outcome === 'suppressed') {
    if (open.length > 0) complaints.push(`expected the finding to be suppressed, but it stands: ${describe(open)}`);
    else if (hidden.length === 0) complaints.push('expected a finding that is suppressed, got none');
  }
  return { passed: complaints.length === 0, message: complaints.join('\n'), findings };
}

function compareStep(where: string, expect: NonNullable<StoryStep['expect']>, said: readonly Finding[], rule: Rule): string[] {
  const wanted = said.find((finding) => finding.status !== 'retracted' && finding.type === (expect.type ?? rule.type));
  if (wanted === undefined) return [`${where}: expected ${expect.level} ${expect.type ?? rule.type}, got ${describe(said)}`];
  const complaints: string[] = [];
  if (wanted.level !== expect.level) complaints.push(`${where}: expected level ${expect.level}, got ${describe([wanted])}`);
  if (expect.score !== undefined && wanted.score !== expect.score)
    complaints.push(`${where}: expected score ${expect.score}, got ${describe([wanted])}`);
  const names = new Set(wanted.factors.map((f) => f.name));
  for (const name of expect.factors ?? [])
    if (!names.has(name)) complaints.push(`${where}: expected the factor ${name}, got ${describe([wanted])}`);
  return complaints;
}

function describe(findings: readonly Finding[], none = 'nothing'): string {
  if (findings.length === 0) return none;
  return findings
    .map(
      (finding) =>
        `${finding.status} ${levelOf(finding.score, 'critical')} ${finding.type} ${finding.score} (${finding.factors.map((f) => `${f.name} ${f.points}`).join(', ')})${finding.suppressed === undefined ? '' : ` by ${finding.suppressed.by}`}`,
    )
    .join('; ');
}

function eventOf(step: StoryStep, index: number, suite: StorySuite, tools: StoryTools): SessionEvent {
  const [vendor = 'entra', product = 'sign_in'] = (step.source ?? 'entra/sign_in').split('/');
  const time = STORY_START + step.at;
  const who = step.principal ?? 'alex@example.com';
  const raw = named(step.client) === undefined ? undefined : suite.clients[step.client!];
  const session = named(step.session ?? 's1');
  const isTarget = step.role === 'target';
  return {
    schema_version: 1,
    tenant: 'default',
    uid: `${vendor}:story:${index + 1}`,
    time,
    arrival_time: STORY_START + (step.arrives ?? step.at),
    source: { vendor, product, account: 'story' },
    subject_role: isTarget ? 'target' : 'actor',
    actor: isTarget
      ? { principal: { key: `default/${step.by ?? 'admin@example.com'}`, type: 'human', email: step.by ?? 'admin@example.com' } }
      : undefined,
    action: step.action ?? step.activity,
    activity: step.activity,
    status: step.status ?? 'success',
    is_presence: step.is_presence ?? (step.activity === 'sign_in' || step.activity === 'session_use'),
    principal: { key: `default/${who}`, type: 'human', email: who },
    session:
      isTarget || session === undefined
        ? undefined
        : {
            uid: session,
            root_uid: step.root,
            issuer: `${vendor === 'm365' ? 'entra' : vendor}:story`,
            confidence: step.confidence ?? 'high',
          },
    token:
      step.token === undefined
        ? undefined
        : {
            uid: step.token,
            kind: 'uti',
            is_bound: step.is_bound,
            is_cae: step.is_cae,
            issued_time: step.token_issued === undefined ? undefined : STORY_START + step.token_issued,
          },
    device:
      step.device === undefined && step.cookie === undefined
        ? undefined
        : { uid: named(step.device), evidence: step.device_evidence ?? 'observed', cookie_uid: step.cookie },
    client: step.app === undefined ? undefined : { uid: step.app },
    src_endpoint: isTarget || named(step.place) === undefined ? undefined : endpointOf(suite.places[step.place!]!),
    user_agent: isTarget || raw === undefined ? undefined : tools.userAgent(raw),
    tls: step.ja4 === undefined ? undefined : { ja4: step.ja4 },
    details: step.details,
    auth: step.auth,
    enrichment: { geo: 'story', networks: 'story', identities: 'story' },
  };
}

function named(word: string | undefined): string | undefined {
  return word === 'none' ? undefined : word;
}

function endpointOf(place: StoryPlace): Endpoint {
  return {
    ip: place.ip,
    hostname: undefined,
    class: place.class ?? 'public',
    prefix: place.ip.includes(':') ? place.ip.split(':').slice(0, 4).join(':') : place.ip.split('.').slice(0, 3).join('.'),
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
