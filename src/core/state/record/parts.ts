// However long, one file: each part's reading stands beside its writing, in the order of the schema.

import type {
  Auth,
  Endpoint,
  Evidence,
  Factor,
  Finding,
  Principal,
  SessionRef,
  Suppression,
  TokenRef,
  Travel,
  UserAgent,
  VendorRisk,
} from '../../event/index.js';
import {
  isPresent,
  type RecordSink,
  type RecordSource,
  readList,
  readOptionalDouble,
  readOptionalFlag,
  readOptionalInt,
  readOptionalText,
  readOptionalTime,
  readTexts,
  writeList,
  writeOptionalDouble,
  writeOptionalFlag,
  writeOptionalInt,
  writeOptionalText,
  writeOptionalTime,
  writePresence,
  writeTexts,
} from './sink.js';

export function writePrincipal(out: RecordSink, { key, type, uid, email, name, on_behalf_of, tags }: Principal): void {
  out.text(key);
  out.text(type);
  writeOptionalText(out, uid);
  writeOptionalText(out, email);
  writeOptionalText(out, name);
  writeOptionalText(out, on_behalf_of);
  if (writePresence(out, tags)) writeTexts(out, tags!);
}

export function readPrincipal(from: RecordSource): Principal {
  return {
    key: from.text(),
    type: from.text() as Principal['type'],
    uid: readOptionalText(from),
    email: readOptionalText(from),
    name: readOptionalText(from),
    on_behalf_of: readOptionalText(from),
    tags: isPresent(from) ? readTexts(from) : undefined,
  };
}

export function writeEndpoint(out: RecordSink, e: Endpoint): void {
  writeOptionalText(out, e.ip);
  writeOptionalText(out, e.hostname);
  out.text(e.class);
  writeOptionalText(out, e.prefix);
  writeOptionalText(out, e.country);
  writeOptionalText(out, e.region);
  writeOptionalText(out, e.city);
  writeOptionalDouble(out, e.lat);
  writeOptionalDouble(out, e.long);
  writeOptionalInt(out, e.radius_km);
  writeOptionalInt(out, e.asn);
  writeOptionalText(out, e.as_org);
  writeOptionalText(out, e.as_class);
}

export function readEndpoint(from: RecordSource): Endpoint {
  return {
    ip: readOptionalText(from),
    hostname: readOptionalText(from),
    class: from.text() as Endpoint['class'],
    prefix: readOptionalText(from),
    country: readOptionalText(from),
    region: readOptionalText(from),
    city: readOptionalText(from),
    lat: readOptionalDouble(from),
    long: readOptionalDouble(from),
    radius_km: readOptionalInt(from),
    asn: readOptionalInt(from),
    as_org: readOptionalText(from),
    as_class: readOptionalText(from) as Endpoint['as_class'],
  };
}

export function writeAgent(out: RecordSink, { original, kind, family, major, os, form_factor }: UserAgent): void {
  out.text(original);
  out.text(kind);
  writeOptionalText(out, family);
  writeOptionalInt(out, major);
  writeOptionalText(out, os);
  writeOptionalText(out, form_factor);
}

export function readAgent(from: RecordSource): UserAgent {
  return {
    original: from.text(),
    kind: from.text() as UserAgent['kind'],
    family: readOptionalText(from),
    major: readOptionalInt(from),
    os: readOptionalText(from),
    form_factor: readOptionalText(from) as UserAgent['form_factor'],
  };
}

export function writeRef(out: RecordSink, { uid, root_uid, issuer, confidence, created_time }: SessionRef): void {
  out.text(uid);
  writeOptionalText(out, root_uid);
  out.text(issuer);
  out.text(confidence);
  writeOptionalTime(out, created_time);
}

export function readRef(from: RecordSource): SessionRef {
  return {
    uid: from.text(),
    root_uid: readOptionalText(from),
    issuer: from.text(),
    confidence: from.text() as SessionRef['confidence'],
    created_time: readOptionalTime(from),
  };
}

export function writeFactor(out: RecordSink, { name, dimension, points, before, after, text }: Factor): void {
  out.text(name);
  out.text(dimension);
  out.int(points);
  writeOptionalText(out, before);
  writeOptionalText(out, after);
  out.text(text);
}

export function writeFactors(out: RecordSink, factors: readonly Factor[]): void {
  writeList(out, factors, (factor) => writeFactor(out, factor));
}

export function readFactors(from: RecordSource): Factor[] {
  return readList(from, () => ({
    name: from.text(),
    dimension: from.text() as Factor['dimension'],
    points: from.int(),
    before: readOptionalText(from),
    after: readOptionalText(from),
    text: from.text(),
  }));
}

export function writeTravel(out: RecordSink, travel: Travel | undefined): void {
  if (!writePresence(out, travel)) return;
  const { distance_km, distance_lower_bound_km, gap_ms, speed_kmh, from, to } = travel!;
  out.double(distance_km);
  out.double(distance_lower_bound_km);
  out.int(gap_ms);
  out.double(speed_kmh);
  out.text(from);
  out.text(to);
}

export function readTravel(from: RecordSource): Travel | undefined {
  if (!isPresent(from)) return undefined;
  return {
    distance_km: from.double(),
    distance_lower_bound_km: from.double(),
    gap_ms: from.int(),
    speed_kmh: from.double(),
    from: from.text(),
    to: from.text(),
  };
}

export function writeAuth(out: RecordSink, auth: Auth | undefined): void {
  if (!writePresence(out, auth)) return;
  writeOptionalText(out, auth!.protocol);
  writeOptionalText(out, auth!.method);
  writeOptionalFlag(out, auth!.is_mfa);
  writeOptionalText(out, auth!.incoming_token);
  writeOptionalFlag(out, auth!.keep_signed_in);
}

export function readAuth(from: RecordSource): Auth | undefined {
  if (!isPresent(from)) return undefined;
  return {
    protocol: readOptionalText(from),
    method: readOptionalText(from),
    is_mfa: readOptionalFlag(from),
    incoming_token: readOptionalText(from),
    keep_signed_in: readOptionalFlag(from),
  };
}

export function writeRisk(out: RecordSink, risk: VendorRisk | undefined): void {
  if (!writePresence(out, risk)) return;
  out.text(risk!.level);
  writeTexts(out, risk!.reasons);
}

export function readRisk(from: RecordSource): VendorRisk | undefined {
  return isPresent(from) ? { level: from.text(), reasons: readTexts(from) } : undefined;
}

function writeSuppression(out: RecordSink, suppressed: Suppression | undefined): void {
  if (!writePresence(out, suppressed)) return;
  const { by, owner, reason, until_time, hides_high } = suppressed!;
  out.text(by);
  out.text(owner);
  out.text(reason);
  writeOptionalTime(out, until_time);
  out.flag(hides_high);
}

function readSuppression(from: RecordSource): Suppression | undefined {
  if (!isPresent(from)) return undefined;
  return { by: from.text(), owner: from.text(), reason: from.text(), until_time: readOptionalTime(from), hides_high: from.flag() };
}

function writeToken(out: RecordSink, token: TokenRef | undefined): void {
  if (!writePresence(out, token)) return;
  const { uid, kind, is_bound, is_cae, issued_time, expires_time } = token!;
  out.text(uid);
  out.text(kind);
  writeOptionalFlag(out, is_bound);
  writeOptionalFlag(out, is_cae);
  writeOptionalTime(out, issued_time);
  writeOptionalTime(out, expires_time);
}

function readToken(from: RecordSource): TokenRef | undefined {
  if (!isPresent(from)) return undefined;
  return {
    uid: from.text(),
    kind: from.text(),
    is_bound: readOptionalFlag(from),
    is_cae: readOptionalFlag(from),
    issued_time: readOptionalTime(from),
    expires_time: readOptionalTime(from),
  };
}

function writeEvidence(out: RecordSink, e: Evidence): void {
  out.text(e.event_uid);
  out.text(e.role);
  out.time(e.time);
  out.text(e.vendor);
  out.text(e.action);
  if (writePresence(out, e.src_endpoint)) writeEndpoint(out, e.src_endpoint!);
  writeOptionalText(out, e.user_agent);
  writeOptionalText(out, e.device);
  writeOptionalText(out, e.client_uid);
  writeOptionalText(out, e.of);
}

function readEvidence(from: RecordSource): Evidence {
  return {
    event_uid: from.text(),
    role: from.text() as Evidence['role'],
    time: from.time(),
    vendor: from.text(),
    action: from.text(),
    src_endpoint: isPresent(from) ? readEndpoint(from) : undefined,
    user_agent: readOptionalText(from),
    device: readOptionalText(from),
    client_uid: readOptionalText(from),
    of: readOptionalText(from),
  };
}

export function writeFinding(out: RecordSink, f: Finding): void {
  out.int(f.schema_version);
  out.text(f.tenant);
  out.text(f.uid);
  out.int(f.revision);
  writeOptionalInt(out, f.supersedes);
  out.text(f.incident_uid);
  out.text(f.incident_level);
  out.text(f.type);
  out.text(f.rule.uid);
  out.text(f.rule.title);
  out.int(f.rule.version);
  out.text(f.config_digest);
  out.text(f.level);
  out.int(f.score);
  out.text(f.status);
  writeSuppression(out, f.suppressed);
  out.time(f.time);
  out.time(f.first_seen_time);
  out.time(f.last_seen_time);
  out.text(f.trigger_event_uid);
  out.int(f.lateness_ms);
  writePrincipal(out, f.principal);
  if (writePresence(out, f.session)) writeRef(out, f.session!);
  writeToken(out, f.token);
  out.text(f.message);
  writeFactors(out, f.factors);
  writeList(out, f.evidence, (one) => writeEvidence(out, one));
  writeTravel(out, f.travel);
  if (!writePresence(out, f.proposed)) return;
  out.text(f.proposed!.action);
  out.text(f.proposed!.scope);
}

export function readFinding(from: RecordSource): Finding {
  return {
    schema_version: from.int(),
    tenant: from.text(),
    uid: from.text(),
    revision: from.int(),
    supersedes: readOptionalInt(from),
    incident_uid: from.text(),
    incident_level: from.text() as Finding['incident_level'],
    type: from.text(),
    rule: { uid: from.text(), title: from.text(), version: from.int() },
    config_digest: from.text(),
    level: from.text() as Finding['level'],
    score: from.int(),
    status: from.text() as Finding['status'],
    suppressed: readSuppression(from),
    time: from.time(),
    first_seen_time: from.time(),
    last_seen_time: from.time(),
    trigger_event_uid: from.text(),
    lateness_ms: from.int(),
    principal: readPrincipal(from),
    session: isPresent(from) ? readRef(from) : undefined,
    token: readToken(from),
    message: from.text(),
    factors: readFactors(from),
    evidence: readList(from, () => readEvidence(from)),
    travel: readTravel(from),
    proposed: isPresent(from) ? { action: from.text() as Proposal['action'], scope: from.text() as Proposal['scope'] } : undefined,
  };
}

type Proposal = NonNullable<Finding['proposed']>;
