import type { Endpoint } from '../event/index.js';
import { appended } from './appended.js';
import type { Observation } from './observation.js';

/** Consecutive presence at one place and network. */
export interface Stay {
  endpoint: Endpoint;
  first_time: number;
  last_time: number;
  /** the last event that placed the person here, as evidence */
  last_uid: string;
  vendor: string;
  action: string;
  /** version of the geographic data */
  geo: string;
}

/** The most stays that are remembered; the oldest goes first. */
export const STAYS_PER_PERSON = 16;

/** The stays with one more presence, which comes after them; consecutive ones at one place merge. */
export function addStay(stays: Stay[], seen: Observation): Stay[] {
  const endpoint = seen.endpoint!;
  const { time, uid, vendor, action, geo } = seen;
  const last = stays.at(-1);
  if (last !== undefined && last.geo === geo && samePlace(last.endpoint, endpoint)) {
    if (time >= last.last_time) Object.assign(last, { last_time: time, last_uid: uid, vendor, action });
    return stays;
  }
  const all = appended(stays, { endpoint, first_time: time, last_time: time, last_uid: uid, vendor, action, geo });
  return all.length > STAYS_PER_PERSON ? all.slice(-STAYS_PER_PERSON) : all;
}

/** One place and network: the same prefix, or the same city by the same operator. */
export function samePlace(a: Endpoint, b: Endpoint): boolean {
  if (a === b || (a.prefix !== undefined && a.prefix === b.prefix)) return true;
  return a.asn !== undefined && a.asn === b.asn && a.country === b.country && a.city === b.city;
}
