import { renderFindings } from '../../src/output/findings.js';
import { widthOf } from '../../src/output/text.js';
import { aCommand, aFinding } from './a-finding.js';

const PLAIN = { width: 120, hasColor: false };

test('a finding shows why, both sides, and what to do', () => {
  expect(renderFindings([aFinding()], [aCommand()], PLAIN)).toBe(`HIGH 70  session_reuse  ana@example.com  2026-03-02 10:41:07Z
  The session of ana@example.com goes on from a hosting network in Germany.
  why      +40  python-requests where Chrome spoke
           +30  Spain became Germany
           -25  the same device
  before  2026-03-02 09:01:07Z  okta user.session.start  81.45.1.2  Madrid, ES, AS3352 Telefonica, access
            Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/53…
  now     2026-03-02 10:41:07Z  okta user.authentication.sso  78.46.0.1  Nuremberg, DE, AS24940 Hetzner Online GmbH, ho…
            python-requests/2.31
  session 102abc, rule session-reuse, finding f1, incident i1

Commands (shadow: written down, not carried out)
  revoke_session  okta acme ana@example.com
    made    2026-03-02 10:41:07Z, expires 2026-03-02 11:41:07Z
    session 102abc
    scope   session
    stays   access tokens (up to 60 min)
            grants (until removed)
    then    look at the grants
    for     incident i1
`);
});

test('what is hidden is counted below', () => {
  const hidden = aFinding({ uid: 'f2', level: 'low', status: 'suppressed' });
  expect(renderFindings([hidden], [], PLAIN)).toBe('No findings.\none finding hidden by suppressions, highest low\n');
  expect(renderFindings([aFinding(), hidden], [aCommand()], PLAIN)).toMatch(
    /\n {4}for .*\n\none finding hidden by suppressions, highest low\n$/,
  );
});

test('worst first; what was taken back, suppressed or closed is left out', () => {
  const text = renderFindings(
    [
      aFinding({ uid: 'f1', level: 'low' }),
      aFinding({ uid: 'f2', level: 'critical' }),
      aFinding({ uid: 'f3', status: 'retracted' }),
      aFinding({ uid: 'f4', status: 'suppressed' }),
    ],
    [],
    PLAIN,
  );
  expect([...text.matchAll(/finding (f\d)/g)].map((match) => match[1])).toEqual(['f2', 'f1']);
  expect(text).not.toContain('Commands');
  expect(renderFindings([aFinding({ status: 'retracted' })], [], PLAIN)).toBe('No findings.\n');
});

test.each([60, 80, 200])('keeps to %d columns', (width) => {
  const name = 'x'.repeat(300);
  const text = renderFindings(
    [aFinding({ message: `${name} and a few words more that go on and on` })],
    [aCommand({ follow_up: [name] })],
    { width, hasColor: false },
  );
  for (const line of text.split('\n').slice(1)) expect(widthOf(line)).toBeLessThanOrEqual(width);
});

test('what strangers wrote cannot act on the terminal', () => {
  const [evil] = aFinding().evidence;
  const text = renderFindings([aFinding({ evidence: [{ ...evil!, user_agent: 'x\u001b]0;owned\u0007' }], message: 'a\rb' })], [], {
    ...PLAIN,
    hasColor: true,
  });
  expect(text).not.toContain('\u001b]');
  expect(text).not.toContain('\r');
  expect(text).not.toContain('\u0007');
});

test('colours only where they are wanted', () => {
  expect(renderFindings([aFinding()], [], PLAIN)).not.toContain('\u001b');
  expect(renderFindings([aFinding()], [], { ...PLAIN, hasColor: true })).toContain('\u001b[31;1mHIGH 70\u001b[0m');
});

test('commands that were withdrawn are counted, not shown', () => {
  const cancel = aCommand({ uid: 'c2', action: 'cancel', supersedes: 'c1' });
  const text = renderFindings([aFinding()], [aCommand(), cancel, aCommand({ uid: 'c3', action: 'step_up' })], PLAIN);
  expect(text).not.toContain('revoke_session  okta');
  expect(text).toContain('  step_up  okta');
  expect(text).toContain('  1 withdrawn or replaced\n');
});

test("a command names the vendor's own ids, each on a line of its own", () => {
  const { target } = aCommand();
  const session = '7ec81bc5-e0a9-43d8-aef0-0772dd78e0c6';
  const commands = [
    aCommand({ target: { ...target, session, token: 'AAbb-_x', client_uid: 'c\u001b1' } }),
    aCommand({ uid: 'c2', action: 'step_up', target: { ...target, session: undefined } }),
  ];
  const text = renderFindings([aFinding()], commands, { ...PLAIN, width: 60 });
  expect(text).toContain(`\n    session ${session}\n    token   AAbb-_x\n    client  c\u25af1\n`);
  expect(text.slice(text.indexOf('step_up'))).not.toContain('session ');
});

test('a wider scope than was asked for is said', () => {
  expect(renderFindings([aFinding()], [aCommand({ scope_effective: 'user' })], PLAIN)).toContain('user (asked:');
});

test('more evidence than fits at a glance is counted', () => {
  const evidence = Array.from({ length: 10 }, (_, i) => ({ ...aFinding().evidence[0]!, event_uid: `e${i}` }));
  expect(renderFindings([aFinding({ evidence })], [], PLAIN)).toContain('and 2 more');
});
