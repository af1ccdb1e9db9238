import type { Auth, Device, EventStatus } from '../../../event/index.js';
import { parseTime } from '../../../event/time.js';
import { wordTable } from '../../../event/word-table.js';
import { deviceOs } from '../../device-os.js';
import type { MappedPrincipal, Raw } from '../../mapped.js';
import { clip, id, isAddress, text } from '../../record.js';

export const NOTHING: Raw = Object.freeze({});

export const RESULTS: Readonly<Record<string, EventStatus>> = wordTable({
  success: 'success',
  allow: 'success',
  denied: 'failure',
  failure: 'failure',
  deny: 'failure',
  fraud: 'failure',
  error: 'failure',
});

/** Reasons for which no second factor was asked, or none that the person showed. */
const UNASKED = /bypass|remembered|trusted|allow|policy|not_required|unenrolled/i;

/** No factor is a word in this log. */
export function factorOf(value: unknown): string | undefined {
  const factor = text(value);
  return factor === 'not_available' ? undefined : factor?.toLowerCase().replaceAll(' ', '_');
}

export function authOf(factor: string | undefined, status: EventStatus, reason: string | undefined): Auth | undefined {
  if (factor === undefined && reason === undefined) return undefined;
  const isMfa = status !== 'success' ? undefined : !(reason !== undefined && UNASKED.test(clip(reason, 100)));
  return { protocol: undefined, method: factor, is_mfa: isMfa, incoming_token: undefined, keep_signed_in: undefined };
}

/** Both forms stand in most records; collectors broke the one or the other. */
export function timeOf(record: Raw): number | undefined {
  return parseTime(record['isotimestamp']) ?? parseTime(record['timestamp']);
}

/** An address with a port behind `#` or `p`, which is in no other log; all zeros when Duo does not know it. */
export function addressOf(value: unknown): string | undefined {
  const address = text(value);
  if (address === undefined || address === '0.0.0.0') return undefined;
  return address.includes(':') ? clip(address, 100).replace(/[#p]\d{1,5}$/, '') : address;
}

export function person(key: unknown, name: unknown, email: unknown): MappedPrincipal {
  const called = text(name);
  const address = [text(email), called].find((one) => one !== undefined && isAddress(one));
  return { type: 'human', uid: id(key), email: address, name: called };
}

export function deviceOf(device: Raw, trust: unknown): Device | undefined {
  const uid = id(device['epkey']);
  const name = text(device['hostname']);
  const os = deviceOs(device['os']);
  const trusted = text(trust);
  const isManaged = trusted === 'trusted' ? true : trusted === 'not trusted' ? false : undefined;
  if (uid === undefined && name === undefined && os === undefined && isManaged === undefined) return undefined;
  return { uid, evidence: 'observed', cookie_uid: undefined, name, os, is_managed: isManaged, is_compliant: undefined };
}
