import fc from 'fast-check';
import type { Auth, SessionEvent } from '../../src/core/event/index.js';
import type { Line } from './world.js';

const DAY = 24 * 60;
/** One of the clients that session reuse holds for administrative. */
const ADMINISTRATIVE = '1950a258-227b-4e31-a9cf-717495945fc2';
const TO_OTHERS: readonly string[] = ['session_revoke', 'recovery', 'credential_change', 'vendor_risk'];

/** Few fingerprints per story, so that the bound on a session's prints is not reached. */
const palettes = fc.array(
  fc.record({
    // none: a log that does not say from where
    place: fc.integer({ min: -1, max: 8 }),
    agent: fc.integer({ min: 0, max: 6 }),
    device: fc.option(fc.constantFrom('d1', 'd2'), { nil: undefined, freq: 3 }),
    cookie: fc.option(fc.constantFrom('c1', 'c2'), { nil: undefined, freq: 3 }),
    product: fc.constantFrom('sign_in', 'sign_in', 'non_interactive_sign_in', 'graph_activity'),
  }),
  { minLength: 2, maxLength: 5 },
);

type Deed = Pick<Line, 'activity' | 'details'>;

const bare = (...activities: NonNullable<Line['activity']>[]): Deed[] => activities.map((activity) => ({ activity, details: undefined }));

/** What people and thieves do, the everyday first. */
export const DEEDS: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 7, arbitrary: fc.constantFrom(...bare('session_use', 'session_use', 'session_use', 'session_use', 'sign_in', 'token_issue')) },
  { weight: 5, arbitrary: fc.constantFrom(...bare('sign_out', 'session_revoke', 'recovery', 'credential_change', 'vendor_risk')) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Deed>(
      ...bare('inbox_rule', 'app_credential', 'data_export'),
      { activity: 'inbox_rule', details: { is_external: 'true' } },
      { activity: 'role_grant', details: { is_privileged: 'true' } },
      { activity: 'role_grant', details: { assignment: 'requested' } },
      { activity: 'policy_change', details: { kind: 'sharing', effect: 'weakened' } },
      { activity: 'policy_change', details: { kind: 'federation' } },
      { activity: 'mfa_change', details: { change: 'added' } },
      { activity: 'session_use', details: { is_admin_surface: 'true' } },
    ),
  },
);

/** What vendors say of some of what happens, and of which request. */
const risks = fc.option(
  fc.record({
    level: fc.constantFrom('low', 'medium', 'high', 'unknown'),
    reasons: fc.subarray(['anonymizedIPAddress', 'confirmed_compromised', 'dismissed'], { maxLength: 1 }),
  }),
  { nil: undefined, freq: 2 },
);
const requests = fc.option(
  fc.integer({ min: 0, max: 9 }).map((n) => ({ request_uid: String(n).padStart(4, '0') })),
  { nil: undefined },
);

/**
 * Bursts of activity over several days, so that some of it is settled, folded and learned from before the rest happens; every event is on
 * its way for up to the lateness.
 * @param lateness minutes
 */
export function bursts({ lateness, days }: { lateness: number; days: number }): fc.Arbitrary<Line[]> {
  const starts = fc.oneof(
    fc.integer({ min: 0, max: days * DAY }),
    fc.integer({ min: 0, max: days }).map((day) => day * DAY),
  );
  return palettes.chain((palette) =>
    fc
      .array(
        fc.record({
          start: starts,
          events: fc.array(
            fc.record({
              after: fc.integer({ min: 0, max: 90 }),
              look: fc.nat({ max: palette.length - 1 }),
              who: fc.constantFrom('alex@example.com', 'alex@example.com', 'kim@example.com'),
              session: fc.constantFrom('s1', 's1', 's1', 's1', 's2', ''),
              deed: DEEDS,
              is_compliant: fc.option(fc.boolean(), { nil: undefined }),
              token: fc.option(fc.constantFrom('t1', 't2'), { nil: undefined }),
              client: fc.option(fc.constantFrom(ADMINISTRATIVE, 'app'), { nil: undefined, freq: 3 }),
              role: fc.constantFrom<'actor' | 'target'>('actor', 'target'),
              status: fc.oneof(
                { weight: 6, arbitrary: fc.constant('success' as const) },
                { weight: 1, arbitrary: fc.constant('failure' as const) },
              ),
              fresh: fc.boolean(),
              bound: fc.boolean(),
              isSure: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
              risk: risks,
              request: requests,
              delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: lateness })),
            }),
            { minLength: 1, maxLength: 9 },
          ),
        }),
        { minLength: 1, maxLength: 5 },
      )
      .map((all) =>
        all
          .flatMap(({ start, events }) =>
            events.map(({ after, look, role, deed, request, ...line }) => ({
              ...palette[look]!,
              ...line,
              ...deed,
              ...(deed.activity === 'vendor_risk' ? { details: request, product: 'risk' } : {}),
              at: start + after,
              role: TO_OTHERS.includes(deed.activity!) ? role : ('actor' as const),
            })),
          )
          .map((line, n) => ({ ...line, n })),
      ),
  );
}

export function byArrival(events: readonly SessionEvent[]): SessionEvent[] {
  return [...events].sort((a, b) => a.arrival_time - b.arrival_time || (a.uid < b.uid ? -1 : 1));
}

const PORTAL = '4765445b-32c6-49b0-83e6-1d93765276ca';

const auths = fc.constantFrom<Auth | undefined>(
  { is_mfa: true },
  { is_mfa: true, keep_signed_in: false },
  { is_mfa: false, keep_signed_in: true },
  { protocol: 'device_code', is_mfa: true },
  { protocol: 'ropc' },
  undefined,
);

/**
 * Days on which somebody signs in: mostly in one way of their own, sometimes otherwise, with what they do in between and what a help desk
 * does for them.
 * @param lateness minutes
 */
export function mornings({ lateness, days }: { lateness: number; days: number }): fc.Arbitrary<Line[]> {
  const look = fc.record({
    place: fc.integer({ min: 0, max: 7 }),
    agent: fc.integer({ min: 0, max: 6 }),
    device: fc.option(fc.constantFrom('d1', 'd2'), { nil: undefined, freq: 1 }),
    cookie: fc.option(fc.constantFrom('c1', 'c2', 'c3'), { nil: undefined, freq: 2 }),
    product: fc.constantFrom('sign_in', 'sign_in', 'sign_in', 'graph_activity', 'system_log'),
    auth: auths,
    client: fc.constantFrom(undefined, 'app', PORTAL),
  });
  const own = fc.record({
    place: fc.constantFrom(0, 6),
    agent: fc.constantFrom(0, 3),
    device: fc.option(fc.constant('d1'), { nil: undefined, freq: 4 }),
    cookie: fc.option(fc.constant('c1'), { nil: undefined, freq: 4 }),
    product: fc.constantFrom('sign_in', 'system_log'),
    auth: auths,
    client: fc.constantFrom(undefined, PORTAL),
  });
  const line = fc.record({
    at: fc
      .tuple(fc.oneof(fc.nat({ max: days - 1 }), fc.constant(days - 1)), fc.nat({ max: 45 }))
      .map(([day, minute]) => day * DAY + minute),
    isUsual: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    other: look,
    activity: fc.constantFrom<NonNullable<Line['activity']>>(
      'sign_in',
      'sign_in',
      'sign_in',
      'sign_in',
      'session_use',
      'token_issue',
      'recovery',
      'mfa_change',
    ),
    session: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constant('') },
      { weight: 2, arbitrary: fc.constantFrom('s1', 's2') },
    ),
    bound: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    byPlace: fc.option(fc.integer({ min: 0, max: 7 }), { nil: undefined }),
    byDevice: fc.option(fc.constantFrom('d1', 'd2'), { nil: undefined }),
    byCookie: fc.option(fc.constantFrom('c1', 'c3'), { nil: undefined }),
    delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: lateness })),
  });
  return fc.tuple(own, fc.array(line, { minLength: 6, maxLength: 30 })).map(([usual, lines]) =>
    lines.map(({ isUsual, other, activity, session, ...rest }, n) => ({
      ...(isUsual ? usual : other),
      ...rest,
      n,
      activity,
      ...oktas(activity, isUsual ? usual.product : other.product),
      token: rest.bound ? `t${n}` : undefined,
      session: session ?? `m${n}`,
      role: activity === 'recovery' || activity === 'mfa_change' ? ('target' as const) : ('actor' as const),
    })),
  );
}

/** Okta tells kinds of act by their names: a factor that is reset, the record with which a session starts. Its tokens are other stories. */
function oktas(activity: Line['activity'], product: string): Pick<Line, 'action' | 'product'> {
  if (activity === 'mfa_change') return { action: 'user.mfa.factor.reset_all', product };
  if (product !== 'system_log') return { action: undefined, product };
  return activity === 'sign_in' ? { action: 'user.session.start', product } : { action: undefined, product: 'sign_in' };
}
