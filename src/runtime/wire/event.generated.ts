// Generated from schemas/*.avsc and schemas/vocabulary.json by scripts/generate-types.mjs: do not edit.
// However long, one file: all that the schemas say, in their order.

import type { Actor, Auth, ClientRef, Device, Endpoint, Enrichment, NamedRef, Principal, SessionEvent, SessionRef, Source, Tls, TokenRef, UserAgent, VendorRisk } from '../../core/event/index.js';
import type { AvroReader } from './avro-reader.js';
import type { AvroWriter } from './avro-writer.js';
import { Shared } from './shared.js';

/** What is shared among the events that one reader reads. */
export interface SharedRecords {
  source: Shared<Source>;
  principal: Shared<Principal>;
  endpoint: Shared<Endpoint>;
  userAgent: Shared<UserAgent>;
  device: Shared<Device>;
  clientRef: Shared<ClientRef>;
  namedRef: Shared<NamedRef>;
  auth: Shared<Auth>;
  tls: Shared<Tls>;
  enrichment: Shared<Enrichment>;
}

export function createShared(): SharedRecords {
  return {
    source: new Shared(readSource, skipSource, 1024),
    principal: new Shared(readPrincipal, skipPrincipal, 32768),
    endpoint: new Shared(readEndpoint, skipEndpoint, 32768),
    userAgent: new Shared(readUserAgent, skipUserAgent, 8192),
    device: new Shared(readDevice, skipDevice, 16384),
    clientRef: new Shared(readClientRef, skipClientRef, 4096),
    namedRef: new Shared(readNamedRef, skipNamedRef, 8192),
    auth: new Shared(readAuth, skipAuth, 1024),
    tls: new Shared(readTls, skipTls, 1024),
    enrichment: new Shared(readEnrichment, skipEnrichment, 256),
  };
}

export function writeSource(w: AvroWriter, v: Source): void {
  w.text(v.vendor);
  w.text(v.product);
  w.text(v.account);
}

export function readSource(r: AvroReader): Source {
  return {
    vendor: r.word(),
    product: r.word(),
    account: r.word(),
  };
}

export function writePrincipal(w: AvroWriter, v: Principal): void {
  w.text(v.key);
  w.text(v.type);
  w.optionalText(v.uid);
  w.optionalText(v.email);
  w.optionalText(v.name);
  w.optionalText(v.on_behalf_of);
  if (w.present(v.tags)) w.texts(v.tags);
}

export function readPrincipal(r: AvroReader): Principal {
  return {
    key: r.text(),
    type: r.word() as Principal['type'],
    uid: r.optionalText(),
    email: r.optionalText(),
    name: r.optionalText(),
    on_behalf_of: r.optionalText(),
    tags: r.present() ? r.texts() : undefined,
  };
}

export function writeEndpoint(w: AvroWriter, v: Endpoint): void {
  w.optionalText(v.ip);
  w.optionalText(v.hostname);
  w.text(v.class);
  w.optionalText(v.prefix);
  w.optionalText(v.country);
  w.optionalText(v.region);
  w.optionalText(v.city);
  w.optionalDouble(v.lat);
  w.optionalDouble(v.long);
  w.optionalLong(v.radius_km);
  w.optionalLong(v.asn);
  w.optionalText(v.as_org);
  w.optionalText(v.as_class);
}

export function readEndpoint(r: AvroReader): Endpoint {
  return {
    ip: r.optionalText(),
    hostname: r.optionalText(),
    class: r.word() as Endpoint['class'],
    prefix: r.optionalText(),
    country: r.optionalWord(),
    region: r.optionalWord(),
    city: r.optionalText(),
    lat: r.optionalDouble(),
    long: r.optionalDouble(),
    radius_km: r.optionalLong(),
    asn: r.optionalLong(),
    as_org: r.optionalWord(),
    as_class: r.optionalWord() as Endpoint['as_class'],
  };
}

export function writeUserAgent(w: AvroWriter, v: UserAgent): void {
  w.text(v.original);
  w.text(v.kind);
  w.optionalText(v.family);
  w.optionalLong(v.major);
  w.optionalText(v.os);
  w.optionalText(v.form_factor);
}

export function readUserAgent(r: AvroReader): UserAgent {
  return {
    original: r.text(),
    kind: r.word() as UserAgent['kind'],
    family: r.optionalWord(),
    major: r.optionalLong(),
    os: r.optionalWord(),
    form_factor: r.optionalWord() as UserAgent['form_factor'],
  };
}

export function writeDevice(w: AvroWriter, v: Device): void {
  w.optionalText(v.uid);
  w.text(v.evidence);
  w.optionalText(v.cookie_uid);
  w.optionalText(v.name);
  w.optionalText(v.os);
  w.optionalFlag(v.is_managed);
  w.optionalFlag(v.is_compliant);
}

export function readDevice(r: AvroReader): Device {
  return {
    uid: r.optionalText(),
    evidence: r.word() as Device['evidence'],
    cookie_uid: r.optionalText(),
    name: r.optionalText(),
    os: r.optionalWord(),
    is_managed: r.optionalFlag(),
    is_compliant: r.optionalFlag(),
  };
}

export function writeActor(w: AvroWriter, v: Actor): void {
  if (w.present(v.principal)) writePrincipal(w, v.principal);
  if (w.present(v.src_endpoint)) writeEndpoint(w, v.src_endpoint);
  if (w.present(v.user_agent)) writeUserAgent(w, v.user_agent);
  if (w.present(v.device)) writeDevice(w, v.device);
}

export function readActor(r: AvroReader, s: SharedRecords): Actor {
  return {
    principal: r.present() ? s.principal.next(r) : undefined,
    src_endpoint: r.present() ? s.endpoint.next(r) : undefined,
    user_agent: r.present() ? s.userAgent.next(r) : undefined,
    device: r.present() ? s.device.next(r) : undefined,
  };
}

export function writeSessionRef(w: AvroWriter, v: SessionRef): void {
  w.text(v.uid);
  w.optionalText(v.root_uid);
  w.text(v.issuer);
  w.text(v.confidence);
  w.optionalLong(v.created_time);
}

export function readSessionRef(r: AvroReader): SessionRef {
  return {
    uid: r.text(),
    root_uid: r.optionalText(),
    issuer: r.word(),
    confidence: r.word() as SessionRef['confidence'],
    created_time: r.optionalLong(),
  };
}

export function writeTokenRef(w: AvroWriter, v: TokenRef): void {
  w.text(v.uid);
  w.text(v.kind);
  w.optionalFlag(v.is_bound);
  w.optionalFlag(v.is_cae);
  w.optionalLong(v.issued_time);
  w.optionalLong(v.expires_time);
}

export function readTokenRef(r: AvroReader): TokenRef {
  return {
    uid: r.text(),
    kind: r.word(),
    is_bound: r.optionalFlag(),
    is_cae: r.optionalFlag(),
    issued_time: r.optionalLong(),
    expires_time: r.optionalLong(),
  };
}

export function writeClientRef(w: AvroWriter, v: ClientRef): void {
  w.optionalText(v.uid);
  w.optionalText(v.name);
}

export function readClientRef(r: AvroReader): ClientRef {
  return {
    uid: r.optionalText(),
    name: r.optionalText(),
  };
}

export function writeTls(w: AvroWriter, v: Tls): void {
  w.text(v.ja4);
}

export function readTls(r: AvroReader): Tls {
  return {
    ja4: r.text(),
  };
}

export function writeNamedRef(w: AvroWriter, v: NamedRef): void {
  w.optionalText(v.uid);
  w.optionalText(v.name);
}

export function readNamedRef(r: AvroReader): NamedRef {
  return {
    uid: r.optionalText(),
    name: r.optionalText(),
  };
}

export function writeAuth(w: AvroWriter, v: Auth): void {
  w.optionalText(v.protocol);
  w.optionalText(v.method);
  w.optionalFlag(v.is_mfa);
  w.optionalText(v.incoming_token);
  w.optionalFlag(v.keep_signed_in);
}

export function readAuth(r: AvroReader): Auth {
  return {
    protocol: r.optionalText(),
    method: r.optionalText(),
    is_mfa: r.optionalFlag(),
    incoming_token: r.optionalText(),
    keep_signed_in: r.optionalFlag(),
  };
}

export function writeVendorRisk(w: AvroWriter, v: VendorRisk): void {
  w.text(v.level);
  w.texts(v.reasons);
}

export function readVendorRisk(r: AvroReader): VendorRisk {
  return {
    level: r.word(),
    reasons: r.texts(),
  };
}

export function writeEnrichment(w: AvroWriter, v: Enrichment): void {
  w.text(v.geo);
  w.text(v.networks);
  w.text(v.identities);
}

export function readEnrichment(r: AvroReader): Enrichment {
  return {
    geo: r.text(),
    networks: r.text(),
    identities: r.text(),
  };
}

export function writeSessionEvent(w: AvroWriter, v: SessionEvent): void {
  w.long(v.schema_version);
  w.text(v.tenant);
  w.text(v.uid);
  w.long(v.time);
  w.long(v.arrival_time);
  w.optionalLong(v.time_precision_ms);
  writeSource(w, v.source);
  w.text(v.subject_role);
  if (w.present(v.actor)) writeActor(w, v.actor);
  w.text(v.action);
  w.text(v.activity);
  w.text(v.status);
  w.optionalText(v.status_detail);
  w.flag(v.is_presence);
  writePrincipal(w, v.principal);
  if (w.present(v.session)) writeSessionRef(w, v.session);
  if (w.present(v.token)) writeTokenRef(w, v.token);
  if (w.present(v.device)) writeDevice(w, v.device);
  if (w.present(v.client)) writeClientRef(w, v.client);
  if (w.present(v.src_endpoint)) writeEndpoint(w, v.src_endpoint);
  if (w.present(v.user_agent)) writeUserAgent(w, v.user_agent);
  if (w.present(v.tls)) writeTls(w, v.tls);
  if (w.present(v.app)) writeNamedRef(w, v.app);
  if (w.present(v.resource)) writeNamedRef(w, v.resource);
  if (w.present(v.auth)) writeAuth(w, v.auth);
  if (w.present(v.details)) w.map(v.details);
  if (w.present(v.risk)) writeVendorRisk(w, v.risk);
  w.optionalText(v.correlation_uid);
  writeEnrichment(w, v.enrichment);
}

export function readSessionEvent(r: AvroReader, s: SharedRecords): SessionEvent {
  return {
    schema_version: r.long(),
    tenant: r.word(),
    uid: r.text(),
    time: r.long(),
    arrival_time: r.long(),
    time_precision_ms: r.optionalLong(),
    source: s.source.next(r),
    subject_role: r.word() as SessionEvent['subject_role'],
    actor: r.present() ? readActor(r, s) : undefined,
    action: r.word(),
    activity: r.word() as SessionEvent['activity'],
    status: r.word() as SessionEvent['status'],
    status_detail: r.optionalWord(),
    is_presence: r.flag(),
    principal: s.principal.next(r),
    session: r.present() ? readSessionRef(r) : undefined,
    token: r.present() ? readTokenRef(r) : undefined,
    device: r.present() ? s.device.next(r) : undefined,
    client: r.present() ? s.clientRef.next(r) : undefined,
    src_endpoint: r.present() ? s.endpoint.next(r) : undefined,
    user_agent: r.present() ? s.userAgent.next(r) : undefined,
    tls: r.present() ? s.tls.next(r) : undefined,
    app: r.present() ? s.namedRef.next(r) : undefined,
    resource: r.present() ? s.namedRef.next(r) : undefined,
    auth: r.present() ? s.auth.next(r) : undefined,
    details: r.present() ? r.map() : undefined,
    risk: r.present() ? readVendorRisk(r) : undefined,
    correlation_uid: r.optionalText(),
    enrichment: s.enrichment.next(r),
  };
}

function skipSource(r: AvroReader): void {
  r.skipText();
  r.skipText();
  r.skipText();
}

function skipPrincipal(r: AvroReader): void {
  r.skipText();
  r.skipText();
  r.skipOptionalText();
  r.skipOptionalText();
  r.skipOptionalText();
  r.skipOptionalText();
  if (r.present()) r.skipTexts();
}

function skipEndpoint(r: AvroReader): void {
  r.skipOptionalText();
  r.skipOptionalText();
  r.skipText();
  r.skipOptionalText();
  r.skipOptionalText();
  r.skipOptionalText();
  r.skipOptionalText();
  r.skipOptionalDouble();
  r.skipOptionalDouble();
  r.skipOptionalLong();
  r.skipOptionalLong();
  r.skipOptionalText();
  r.skipOptionalText();
}

function skipUserAgent(r: AvroReader): void {
  r.skipText();
  r.skipText();
  r.skipOptionalText();
  r.skipOptionalLong();
  r.skipOptionalText();
  r.skipOptionalText();
}

function skipDevice(r: AvroReader): void {
  r.skipOptionalText();
  r.skipText();
  r.skipOptionalText();
  r.skipOptionalText();
  r.skipOptionalText();
  r.skipOptionalFlag();
  r.skipOptionalFlag();
}

function skipClientRef(r: AvroReader): void {
  r.skipOptionalText();
  r.skipOptionalText();
}

function skipNamedRef(r: AvroReader): void {
  r.skipOptionalText();
  r.skipOptionalText();
}

function skipAuth(r: AvroReader): void {
  r.skipOptionalText();
  r.skipOptionalText();
  r.skipOptionalFlag();
  r.skipOptionalText();
  r.skipOptionalFlag();
}

function skipTls(r: AvroReader): void {
  r.skipText();
}

function skipEnrichment(r: AvroReader): void {
  r.skipText();
  r.skipText();
  r.skipText();
}
