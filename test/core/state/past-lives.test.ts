import { levelOfIncident } from '../../../src/core/detect/incident-level.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding, Level } from '../../../src/core/event/index.js';
import { joinIncident } from '../../../src/core/state/incident.js';
import { livesOf, NO_PAST_LIVES, PAST_LIVES_PER_PERSON, rememberLife } from '../../../src/core/state/past-lives.js';
import { newPerson } from '../../../src/core/state/person.js';
import { newSession, type Report } from '../../../src/core/state/session.js';
import { bareRule } from '../../helpers/rules.js';
import { type Line, say } from '../../helpers/world.js';

const DAY = 1440;
const EVENT = say({ at: 0, n: 0 });
const REPORT = { rule: 0, episode: '', finding: {} as Finding, settled: undefined } satisfies Report;

function gone(uid: string, reports: Report[] = [REPORT], life = 0) {
  const session = newSession(EVENT, { ...EVENT.session!, uid }, (text) => text);
  return { ...session, reports, life };
}

test('a session of which nothing was said leaves nothing behind', () => {
  const person = newPerson(EVENT);
  rememberLife(person, gone('s1', []));
  expect(person.past_lives).toBe(NO_PAST_LIVES);
  expect(livesOf(person, 's1', 'entra:t')).toBe(0);
});

test('what was said of it stays with its incident', () => {
  const person = newPerson(EVENT);
  const incident = joinIncident(person, { session: undefined, trigger: 'e1', prefix: undefined, means: [] }, 'theft', 0);
  const report = (level: Level, status: Finding['status'] = 'new', incident_uid = 'theft') =>
    ({ ...REPORT, finding: { level, status, incident_uid } as Finding }) satisfies Report;
  rememberLife(person, gone('s1', [report('medium'), report('critical', 'retracted'), report('high', 'new', 'another')]));
  expect(incident.floor).toBe('medium');
  rememberLife(person, gone('s2', [report('low')]));
  expect(incident.floor).toBe('medium');
  expect(levelOfIncident(person, 'theft')).toBe('medium');
  expect(levelOfIncident(person, 'another')).toBe('informational');
});

test('lives are counted for each session of each issuer, the oldest go above the bound', () => {
  const person = newPerson(EVENT);
  rememberLife(person, gone('s1'));
  rememberLife(person, gone('s1', [REPORT], 1));
  rememberLife(person, { ...gone('s1'), issuer: 'okta:o' });
  expect([livesOf(person, 's1', 'entra:t'), livesOf(person, 's1', 'okta:o'), livesOf(person, 's2', 'entra:t')]).toEqual([2, 1, 0]);
  expect(NO_PAST_LIVES).toEqual([]);
  for (let i = 0; i < PAST_LIVES_PER_PERSON; i++) rememberLife(person, { ...gone(`other ${i}`), folded_time: 9 });
  expect(person.past_lives).toHaveLength(PAST_LIVES_PER_PERSON);
  expect(livesOf(person, 's1', 'entra:t')).toBe(0);
});

describe('a second theft of a session that was forgotten in between is another finding', () => {
  const theft = (at: number): Omit<Line, 'n'>[] => [
    { at, place: 0, agent: 0 },
    { at: at + 5, place: 3, agent: 2 },
  ];
  function findings(between: readonly Omit<Line, 'n'>[], limits = {}): Finding[] {
    const detect = createDetect([bareRule('session_reuse')], { config_digest: '', limits });
    const lines = [...theft(0), ...between, ...theft(12 * DAY)];
    return lines.flatMap((line, n) => {
      detect.tick(say({ ...line, n }).arrival_time);
      return detect.accept(say({ ...line, n }));
    });
  }

  test('after nine days and more of rest', () => {
    const [first, second, ...more] = findings([]);
    expect(more).toEqual([]);
    expect([first?.revision, second?.revision]).toEqual([1, 1]);
    expect(second?.uid).not.toBe(first?.uid);
    expect(second?.incident_uid).not.toBe(first?.incident_uid);
  });

  test('when others took its place', () => {
    const others = Array.from({ length: 6 }, (_, i) => ({ at: DAY + i, place: 0, agent: 0, session: `x${i}` }));
    const [first, second] = findings(others, { sessions_per_person: 4, session_idle: 30 * DAY * 60_000 });
    expect(second?.uid).not.toBe(first?.uid);
  });

  test('and a revision when it was not forgotten', () => {
    const uids = new Set(findings([], { session_idle: 30 * DAY * 60_000 }).map(({ uid }) => uid));
    expect(uids.size).toBe(1);
  });
});
