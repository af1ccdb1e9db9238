import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { bareRule } from '../../helpers/rules.js';
import { AGENTS, type Line, say } from '../../helpers/world.js';

const SERVER = 3;
const LINUX = 2;
const CAFE = 6;
const uid = (n: number) => `entra:t:${String(n).padStart(4, '0')}`;
const REVOKE = { activity: 'session_revoke', role: 'target' } as const;
/** A mark of ninety minutes and more ago excuses no access token. */
const RENEW = { activity: 'token_issue' } as const;

/** What use after revocation says of a story, in order of arrival; the events are numbered in order. */
function said(lines: readonly (Omit<Line, 'n'> & { over?: Partial<SessionEvent> })[]): Finding[] {
  const detect = createDetect([bareRule('use_after_revocation')], { config_digest: 'test' });
  return lines.flatMap(({ over, ...line }, n) => detect.accept({ ...say({ ...line, n }), ...over }));
}

const evidence = (finding: Finding | undefined, role: string) =>
  finding?.evidence.filter((item) => item.role === role).map(({ event_uid }) => event_uid);

test('says what ended it, who did so, and how long before', () => {
  const [finding] = said([{ at: 0 }, { at: 60, ...REVOKE }, { at: 90, ...RENEW }]);
  expect(finding?.message).toBe(
    "alex@example.com's entra session was revoked (session_revoke by admin@example.com) and was used 30 min later with edge 140 on windows from Telenor (AS2119), Oslo NO.",
  );
  expect(finding?.factors.map(({ name, text, before, after }) => ({ name, text, before, after }))).toEqual([
    {
      name: 'used_after_revocation',
      text: 'used after an administrator or policy revoked it: session_revoke by admin@example.com, 30 min earlier.',
      before: 'session_revoke',
      after: 'token_issue',
    },
    { name: 'token_renewed', text: 'The provider issued a new token in it: token_issue.', before: undefined, after: undefined },
  ]);
});

test('names nobody when it was the person', () => {
  const [finding] = said([{ at: 0 }, { at: 60, activity: 'session_revoke', session: '' }, { at: 90, ...RENEW }]);
  expect(finding?.message).toMatch(/ was revoked \(session_revoke\) and was used 30 min later /);
  expect(finding?.factors[0]?.text).toMatch(/: session_revoke, 30 min earlier\.$/);
});

describe('evidence', () => {
  test('is the last use by the same print before the end, and the end', () => {
    const [finding] = said([
      { at: 0 },
      { at: 10 },
      { at: 20, place: SERVER, agent: LINUX },
      { at: 60, ...REVOKE },
      { at: 62 },
      { at: 90, ...RENEW },
    ]);
    expect(evidence(finding, 'baseline')).toEqual([uid(1), uid(3)]);
    expect(evidence(finding, 'context')).toStrictEqual([]);
    expect(evidence(finding, 'trigger')).toEqual([uid(5)]);
    expect(finding?.evidence[1]).toMatchObject({ vendor: 'entra', action: 'session_revoke', src_endpoint: undefined, device: undefined });
  });

  test('is the last use by the print that is nearest', () => {
    const [finding] = said([{ at: 0 }, { at: 10 }, { at: 60, ...REVOKE }, { at: 90, ...RENEW, place: SERVER, agent: LINUX }]);
    expect(evidence(finding, 'baseline')).toEqual([uid(1), uid(2)]);
  });

  test('of prints that are equally near is of the one that was there first', () => {
    const [finding] = said([{ at: 0 }, { at: 10, place: CAFE }, { at: 60, ...REVOKE }, { at: 90, ...RENEW, place: SERVER, agent: LINUX }]);
    expect(evidence(finding, 'baseline')).toEqual([uid(0), uid(2)]);
  });

  test('is the end alone when the session was not seen before', () => {
    const over = (event: Line & { n: number }): Partial<SessionEvent> => ({
      token: { uid: 't1', kind: 'uti', issued_time: say({ ...event, at: 0 }).time },
    });
    const [finding] = said([
      { at: 60, ...REVOKE },
      { at: 400, over: over({ at: 0, n: 0 }) },
    ]);
    expect(evidence(finding, 'baseline')).toEqual([uid(0)]);
  });

  test('is remembered of uses that left the tail', () => {
    const [finding] = said([{ at: 0 }, { at: 60, ...REVOKE }, { at: 40 * 60, ...RENEW, place: SERVER, agent: LINUX }]);
    expect(evidence(finding, 'baseline')).toEqual([uid(0), uid(1)]);
    expect(finding?.evidence[0]).toMatchObject({ vendor: 'entra', action: 'session_use', user_agent: AGENTS[0]?.original });
  });
});

test('the device that it shares with a print makes that one nearer than one that it shares nothing with', () => {
  const product = 'graph_activity';
  const [finding] = said([
    { at: 0, product, place: CAFE },
    { at: 1, product, device: 'd1' },
    { at: 60, ...REVOKE },
    { at: 200, product, place: CAFE, device: 'd1' },
  ]);
  expect(finding).toMatchObject({ score: 60, level: 'medium' });
});

test('the grace is a minute to the millisecond', () => {
  const okta = {
    source: { vendor: 'okta', product: 'system_log', account: 't' },
    session: { uid: 's1', issuer: 'okta:t', confidence: 'high' },
  } as const;
  const after = (ms: number) =>
    said([
      { at: 0, over: okta },
      { at: 60, ...REVOKE, over: { ...okta, session: undefined } },
      { at: 61 + ms / 60_000, over: okta },
    ]);
  expect(after(0)).toEqual([]);
  expect(after(1)).toHaveLength(1);
});

test.each([
  ['lives on', 's1', 0],
  ['does not live on by a change in another', 's2', 1],
])('a session in which the person changed their password, with the revocation beside it, %s', (_name, session, count) => {
  const lines = [
    { at: 0 },
    { at: 60, activity: 'credential_change', session },
    { at: 61, activity: 'session_revoke', session: '' },
    { at: 90, ...RENEW },
  ] as const;
  expect(said(lines).filter((finding) => finding.session?.uid === 's1')).toHaveLength(count);
});
