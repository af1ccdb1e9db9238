import type { Endpoint, SessionEvent } from '../event/index.js';
import { appended } from './appended.js';
import { isBefore } from './observation.js';

/** Presence at one moment. */
export interface Point {
  time: number;
  uid: string;
  endpoint: Endpoint;
}

/** Consecutive presence at one place and network. */
export interface Stay {
  endpoint: Endpoint;
  first_time: number;
  last_time: number;
  first_uid: string;
  last_uid: string;
}

/** Where a person was, in event-time order: settled stays, then the points that late events may still come between. */
export interface Journey {
  stays: Stay[];
  points: Point[];
}

export const STAYS_PER_PERSON = 16;
export const POINTS_PER_PERSON = 64;

/** Shared by everybody of whom nothing is settled yet. */
const NO_STAYS: Stay[] = [];
const NO_POINTS: Point[] = [];

export function newJourney(): Journey {
  return { stays: NO_STAYS, points: NO_POINTS };
}

/** Does the event set a point on its person's journey: presence from a public address that the data can place? */
export function isPresence(event: SessionEvent): boolean {
  const endpoint = event.src_endpoint;
  if (!event.is_presence || event.status !== 'success' || event.subject_role !== 'actor') return false;
  return endpoint !== undefined && endpoint.class === 'public' && endpoint.country !== undefined;
}

/** Inserts in event-time order; false when it is there already. Folds the oldest above the cap. */
export function addPoint(journey: Journey, point: Point): boolean {
  const points = journey.points;
  let at = points.length;
  while (at > 0) {
    const before = points[at - 1]!;
    if (before.time === point.time && before.uid === point.uid) return false;
    if (isBefore(before.time, before.uid, point.time, point.uid)) break;
    at--;
  }
  if (at === points.length) journey.points = appended(points, point);
  else points.splice(at, 0, point);
  if (journey.points.length > POINTS_PER_PERSON) settlePoint(journey);
  return true;
}

/** Moves points older than the boundary into stays. @param boundary event time before which nothing arrives any more, ms */
export function settlePoints(journey: Journey, boundary: number): void {
  while (journey.points.length > 0 && journey.points[0]!.time < boundary) settlePoint(journey);
}

function settlePoint(journey: Journey): void {
  const point = journey.points.shift();
  if (point === undefined) return;
  const stay = journey.stays.at(-1);
  if (stay !== undefined && samePlace(stay.endpoint, point.endpoint)) {
    stay.last_time = Math.max(stay.last_time, point.time);
    stay.last_uid = point.uid;
    return;
  }
  journey.stays = appended(journey.stays, {
    endpoint: point.endpoint,
    first_time: point.time,
    last_time: point.time,
    first_uid: point.uid,
    last_uid: point.uid,
  });
  if (journey.stays.length > STAYS_PER_PERSON) journey.stays.shift();
}

/** One place and network: the same prefix, or the same city by the same operator. */
export function samePlace(a: Endpoint, b: Endpoint): boolean {
  if (a === b || (a.prefix !== undefined && a.prefix === b.prefix)) return true;
  return a.asn !== undefined && a.asn === b.asn && a.country === b.country && a.city === b.city;
}
