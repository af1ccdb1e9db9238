import type { Endpoint, Principal, UserAgent } from '../../event/index.js';

/** Are they one in a record? They need not be one object: whoever was read back has copies. */
export function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return (
    a.ip === b.ip &&
    a.hostname === b.hostname &&
    a.class === b.class &&
    a.prefix === b.prefix &&
    a.country === b.country &&
    a.region === b.region &&
    a.city === b.city &&
    a.lat === b.lat &&
    a.long === b.long &&
    a.radius_km === b.radius_km &&
    a.asn === b.asn &&
    a.as_org === b.as_org &&
    a.as_class === b.as_class
  );
}

/** The same, of two with one original text. */
export function isSameAgent(a: UserAgent, b: UserAgent): boolean {
  return a.kind === b.kind && a.family === b.family && a.major === b.major && a.os === b.os && a.form_factor === b.form_factor;
}

/** The same, of two with one key. */
export function isSamePrincipal(a: Principal, b: Principal): boolean {
  return (
    a.type === b.type &&
    a.uid === b.uid &&
    a.email === b.email &&
    a.name === b.name &&
    a.on_behalf_of === b.on_behalf_of &&
    (a.tags === b.tags || (a.tags?.length === b.tags?.length && a.tags?.every((tag, i) => tag === b.tags![i]) === true))
  );
}
