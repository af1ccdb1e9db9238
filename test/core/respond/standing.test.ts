import fc from 'fast-check';
import { loadReach } from '../../../src/config/reach.js';
import { ACTION, type Action, type Finding } from '../../../src/core/event/index.js';
import { replaces } from '../../../src/core/respond/cover.js';
import { createRespond } from '../../../src/core/respond/respond.js';
import { runs } from '../../helpers/runs.js';
import { finding, MINUTE, oktaFinding, T0 } from './findings.js';
import { createPlainRespond } from './plain.js';
import { DENSE, lives, steps } from './steps.js';

const reach = loadReach();
const HOUR = 60 * MINUTE;

test('what an action replaces replaces nothing that it does not: whoever takes its place covers what it covered', () => {
  for (const wide of ACTION) {
    for (const narrow of replaces(wide) ?? []) {
      expect(replaces(wide)).toEqual(expect.arrayContaining([...(replaces(narrow) ?? [])]));
      if (narrow !== wide) expect(replaces(wide)!.length).toBeGreaterThan(replaces(narrow)!.length);
    }
  }
});

describe('looking only at what a change can reach', () => {
  test.each([
    ['one incident', steps(1)],
    ['several incidents', steps(3)],
    ['several people', lives()],
    ['one person, many findings', lives({ people: 1, findings: 12, maxLength: 80 })],
    ['one person, much that overlaps', lives(DENSE)],
  ])('says what looking at everything says: %s', (_, findings) => {
    fc.assert(
      fc.property(
        findings,
        fc.constantFrom(HOUR, 5 * HOUR, 10 * HOUR, 1000 * HOUR),
        fc.infiniteStream(fc.nat(9)),
        (all, memory_ms, choices) => {
          const respond = createRespond(reach, { memory_ms });
          const plain = createPlainRespond(reach, { memory_ms });
          for (const one of all) {
            if (choices.next().value === 0) for (const each of [respond, plain]) each.advance(one.last_seen_time + HOUR);
            expect(JSON.stringify(respond.accept(one))).toBe(JSON.stringify(plain.accept(one)));
            const { open, exhausted } = respond.stats();
            expect({ open, exhausted }).toEqual(plain.stats());
          }
        },
      ),
      runs(1000),
    );
  });

  // what the stories above come to only now and then
  const ask = (uid: string, incident_uid: string, action: Action, minute: number, over: Partial<Finding> = {}) =>
    oktaFinding({ uid, incident_uid, proposed: { action, scope: 'user' }, last_seen_time: T0 + minute * MINUTE, message: uid, ...over });
  const gone = (one: Finding, revision = 2): Finding => ({ ...one, revision, status: 'retracted' });
  const wide = ask('a', 'i1', 'revoke_user_sessions', 10);
  const other = ask('b', 'i2', 'revoke_user_sessions', 10);
  const one = ask('c', 'i1', 'revoke_session', 0);
  const flaps = [1, 3, 5].flatMap((revision) => [{ ...one, revision }, gone(one, revision + 1)]);
  test.each<[string, Finding[], string[]]>([
    [
      'what its own incident asked for later than the one that takes the place comes by itself',
      [wide, ask('c', 'i1', 'revoke_session', 30), ask('b', 'i2', 'revoke_user_sessions', 20)],
      ['revoke_user_sessions i1', 'revoke_user_sessions i2', 'revoke_session i1'],
    ],
    [
      'what the incident asked for at another vendor is left alone',
      [
        ask('f2', 'i2', 'revoke_session', 0),
        finding({ uid: 'f5', incident_uid: 'i2', proposed: { action: 'step_up', scope: 'user' } }),
        finding({ uid: 'f3', incident_uid: 'i0' }),
        ask('f0', 'i0', 'revoke_session', 1),
      ],
      ['revoke_session i2', 'step_up i2', 'revoke_user_sessions i0', 'revoke_session i0'],
    ],
    [
      'of two at the same moment the one that was first stands, also when it comes again',
      [wide, other, gone(wide), { ...wide, revision: 3 }],
      ['revoke_user_sessions i1', 'revoke_user_sessions i2', 'revoke_user_sessions i1'],
    ],
    [
      'what was withdrawn three times is no part of what another does',
      [
        ...flaps,
        { ...one, revision: 7 },
        { ...wide, session: { uid: 's2', root_uid: 'r2', issuer: 'okta:fjordlight', confidence: 'high' } },
      ],
      [...flaps.map((_, i) => (i % 2 === 0 ? 'revoke_session i1' : 'cancel i1')), 'revoke_user_sessions i1'],
    ],
  ])('%s', (_, findings, wanted) => {
    const respond = createRespond(reach);
    const plain = createPlainRespond(reach);
    const said = findings.map((each) => respond.accept(each));
    expect(said).toEqual(findings.map((each) => plain.accept(each)));
    expect(said.flat().map(({ action, incident_uid }) => `${action} ${incident_uid}`)).toEqual(wanted);
  });
});
