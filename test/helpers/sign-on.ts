import fc from 'fast-check';
import { Enforced } from '../../src/core/detect/enforced.js';
import type { DetectOptions } from '../../src/core/detect/index.js';
import type { Finding, SessionEvent } from '../../src/core/event/index.js';
import type { Detect } from '../../src/core/pipeline.js';
import { bareRule } from './rules.js';
import { MINUTE, say, T0 } from './world.js';

/** A small company that lets people into Slack through Okta alone. */

export const ENFORCED = new Enforced([{ app: { vendor: 'slack' }, provider: { vendor: 'okta' } }]);
export const OPTIONS: DetectOptions = { config_digest: 'test', enforced: ENFORCED };
/** An hour, so that stories of an afternoon have something to be outside of. */
export const WITHIN = 60;
export const RULES = [bareRule('no_sign_on', { within: WITHIN * MINUTE })];
/** As ENFORCED takes it of Okta, minutes. */
export const WAIT = 30;

export interface Step {
  /** minutes */
  at: number;
  delay?: number;
  who?: string;
  /** `use`: of a session at Slack that nobody knows the beginning of */
  what: 'okta' | 'sso' | 'slack' | 'use';
  status?: 'success' | 'failure';
  session?: string;
  place?: number;
}

export function step(
  { at, delay = 0, who = 'alex@example.com', what, status = 'success', session, place = 0 }: Step,
  n: number,
): SessionEvent {
  const vendor = what === 'okta' || what === 'sso' ? 'okta' : 'slack';
  const own = session ?? `${vendor}${n}`;
  const event = say({
    at,
    n,
    delay,
    who,
    status,
    session: own,
    place,
    activity: what === 'okta' || what === 'slack' ? 'sign_in' : 'session_use',
  });
  return {
    ...event,
    uid: `${vendor}:acme:${String(n).padStart(4, '0')}`,
    source: { vendor, product: vendor === 'okta' ? 'system_log' : 'audit', account: 'acme' },
    session: { uid: own, issuer: `${vendor}:acme`, confidence: 'high' },
  };
}

/** The provider's log, alive by somebody else. @param every minutes */
export function alive(from: number, to: number, every = 30): Step[] {
  const steps: Step[] = [];
  for (let at = from; at <= to; at += every) steps.push({ at, who: 'kim@example.com', what: 'okta' });
  return steps;
}

export const arriving = (events: readonly SessionEvent[]): SessionEvent[] =>
  [...events].sort((a, b) => a.arrival_time - b.arrival_time || (a.uid < b.uid ? -1 : 1));

/** Tells events as they arrive, and every minute between them, until a moment. @param end minutes */
export function tell(detect: Pick<Detect, 'accept' | 'tick'>, events: readonly SessionEvent[], end: number): Finding[] {
  const said: Finding[] = [];
  let minute = Math.floor(T0 / MINUTE);
  const until = (time: number) => {
    for (; (minute + 1) * MINUTE <= time; minute++) said.push(...detect.tick((minute + 1) * MINUTE));
  };
  for (const event of arriving(events)) {
    until(event.arrival_time);
    said.push(...detect.accept(event));
  }
  until(T0 + end * MINUTE);
  return said;
}

/** What stands of what was said. */
export function standing(said: readonly Finding[]): string[] {
  const latest = new Map<string, Finding>();
  for (const finding of said) latest.set(finding.uid, finding);
  return [...latest.values()]
    .filter(({ status }) => status !== 'retracted' && status !== 'closed')
    .map(({ uid, score, trigger_event_uid, session }) => `${trigger_event_uid} ${session?.uid} ${score} ${uid}`)
    .sort();
}

/** Two people and a log that is alive most of the time, over some hours; every record on its way for up to the lateness. */
export function afternoons(lateness: number): fc.Arbitrary<SessionEvent[]> {
  const delay = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: lateness }));
  const acts = fc.array(
    fc.record({
      at: fc.integer({ min: 60, max: 480 }),
      delay,
      who: fc.constantFrom('alex@example.com', 'alex@example.com', 'kim@example.com'),
      what: fc.constantFrom<Step['what']>('okta', 'sso', 'slack', 'slack', 'slack', 'use'),
      status: fc.constantFrom<NonNullable<Step['status']>>('success', 'success', 'success', 'failure'),
      place: fc.constantFrom(0, 0, 3),
    }),
    { minLength: 1, maxLength: 12 },
  );
  const known = fc.constantFrom<Step[]>([], [{ at: 0, what: 'okta' }], [{ at: 0, delay: lateness, what: 'okta' }]);
  const log = fc.record({
    every: fc.constantFrom(20, 50, 60),
    delays: fc.array(delay, { maxLength: 9 }),
    gap: fc.integer({ min: 0, max: 900 }),
  });
  return fc.tuple(known, log, acts).map(([first, { every, delays, gap }, all]) => {
    const heard = alive(0, 600, every)
      .filter(({ at }) => at < gap || at > gap + 70)
      .map((one, i) => ({ ...one, delay: delays[i % Math.max(1, delays.length)] ?? 0 }));
    return [...first, ...heard, ...all].map(step);
  });
}
