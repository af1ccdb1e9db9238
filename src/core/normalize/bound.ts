import { stableUid } from '../event/hash.js';
import type { Mapped, MappedPrincipal } from './mapped.js';
import { cut } from './record.js';

/** Longer ids are replaced by their hash; nothing reads an id, it is only compared. */
const MAX_ID = 200;
const MAX_TEXT = 500;
const MAX_DETAIL = 1000;
const MAX_WORD = 100;
const MAX_REASONS = 32;
const MAX_REASON = 200;
/** An act on more people at once than this is told of the first; no vendor's record comes near. */
const MAX_TARGETS = 100;
/** As the contract of `user_agent.original` says. */
const MAX_USER_AGENT = 512;

/**
 * Cuts what a record could blow up, before anything is made of it: an event, its key, a link of two ids, the name of an account. All of them have the
 * same id then. Mapped values belong to nobody else yet, so they are changed in place.
 */
export function bound(m: Mapped): void {
  if (m.id !== undefined) m.id = boundedId(m.id);
  m.action = cut(m.action, MAX_TEXT);
  if (m.account.length > MAX_ID) m.account = boundedId(m.account);
  if (m.targets !== undefined && m.targets.length > MAX_TARGETS) m.targets.length = MAX_TARGETS;
  if (m.status_detail !== undefined) m.status_detail = cut(m.status_detail, MAX_TEXT);
  if (m.user_agent !== undefined) m.user_agent = cut(m.user_agent, MAX_USER_AGENT);
  if (m.ip !== undefined) m.ip = cut(m.ip, MAX_TEXT);
  if (m.ja4 !== undefined) m.ja4 = boundedId(m.ja4);
  if (m.correlation_uid !== undefined) m.correlation_uid = boundedId(m.correlation_uid);
  if (m.session !== undefined) {
    m.session.uid = boundedId(m.session.uid);
    if (m.session.root_uid !== undefined) m.session.root_uid = boundedId(m.session.root_uid);
    if (m.session.issuer.length > MAX_ID) m.session.issuer = boundedId(m.session.issuer);
  }
  if (m.token !== undefined) {
    m.token.uid = boundedId(m.token.uid);
    m.token.kind = cut(m.token.kind, MAX_WORD);
  }
  if (m.device !== undefined) {
    if (m.device.uid !== undefined) m.device.uid = boundedId(m.device.uid);
    if (m.device.cookie_uid !== undefined) m.device.cookie_uid = boundedId(m.device.cookie_uid);
    if (m.device.name !== undefined) m.device.name = cut(m.device.name, MAX_TEXT);
  }
  boundPrincipal(m.principal);
  if (m.targets !== undefined) m.targets.forEach(boundPrincipal);
  m.client = boundRef(m.client);
  m.app = boundRef(m.app);
  m.resource = boundRef(m.resource);
  if (m.auth?.protocol !== undefined) m.auth.protocol = cut(m.auth.protocol, MAX_WORD);
  if (m.auth?.method !== undefined) m.auth.method = cut(m.auth.method, MAX_WORD);
  if (m.auth?.incoming_token !== undefined) m.auth.incoming_token = cut(m.auth.incoming_token, MAX_WORD);
  if (m.risk !== undefined) {
    const { level, reasons } = m.risk;
    m.risk.level = cut(level, MAX_WORD);
    if (reasons.length > MAX_REASONS) reasons.length = MAX_REASONS;
    for (let i = 0; i < reasons.length; i++) reasons[i] = cut(reasons[i] as string, MAX_REASON);
  }
  const details = m.details;
  if (details !== undefined) {
    // compared with the ids of sessions and tokens, so they are shortened as those are
    for (const key of IDS) if (details[key] !== undefined) details[key] = boundedId(details[key]);
    for (const key of LISTS) {
      const ids = details[key];
      if (ids !== undefined && ids.length > MAX_ID) details[key] = boundedIds(ids);
    }
    for (const key in details) {
      const value = details[key] as string;
      if (value.length > MAX_DETAIL) details[key] = cut(value, MAX_DETAIL);
    }
  }
}

/** Ids with blanks between; the first hundred are enough of them. */
const LISTS = ['key_uid', 'ended_key_uid'] as const;
const IDS = ['session', 'credential_uid', 'token_uid'] as const;

function boundedIds(ids: string): string {
  return cut(ids.split(' ', 100).map(boundedId).join(' '), MAX_DETAIL);
}

function boundPrincipal(who: MappedPrincipal): void {
  if (who.uid !== undefined) who.uid = boundedId(who.uid);
  if (who.aliases !== undefined) who.aliases = who.aliases.map(boundedId);
  if (who.email !== undefined && who.email.length > MAX_TEXT) who.email = boundedId(who.email);
  if (who.name !== undefined) who.name = cut(who.name, MAX_TEXT);
  if (who.on_behalf_of !== undefined) boundPrincipal(who.on_behalf_of);
}

/** References may be shared between records, so a long one is copied. */
function boundRef(ref: Mapped['app']): Mapped['app'] {
  if (ref === undefined || ((ref.uid?.length ?? 0) <= MAX_ID && (ref.name?.length ?? 0) <= MAX_TEXT)) return ref;
  return {
    uid: ref.uid === undefined ? undefined : boundedId(ref.uid),
    name: ref.name === undefined ? undefined : cut(ref.name, MAX_TEXT),
  };
}

/** Half a character, which JSON can carry and no other encoding can, would make an id another one on its way through a store. */
function boundedId(id: string): string {
  return id.length > MAX_ID || !id.isWellFormed() ? `sha256:${stableUid(id)}` : id;
}
