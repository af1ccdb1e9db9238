import { AMENDED_MAX, levelIncidents, levelOfIncident } from '../../../src/core/detect/incident-level.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding } from '../../../src/core/event/index.js';
import { joinIncident } from '../../../src/core/state/incident.js';
import { newPerson, type Person } from '../../../src/core/state/person.js';
import { newSession } from '../../../src/core/state/session.js';
import { bareRule } from '../../helpers/rules.js';
import { type Line, MINUTE, say, T0 } from '../../helpers/world.js';

const SERVER = 3;
const CHROME = 2;

function onRecord(uid: string, more: Partial<Finding>): Finding {
  const base = {
    uid,
    incident_uid: 'theft',
    incident_level: 'low',
    level: 'low',
    score: 20,
    status: 'new',
    revision: 1,
    last_seen_time: T0,
  };
  return { ...base, supersedes: undefined, lateness_ms: 0, ...more } as Finding;
}

function personOf(...findings: readonly Finding[]): Person {
  const person = newPerson(say({ at: 0, n: 0 }));
  person.story.reports = findings.map((finding) => ({ rule: 0, episode: finding.uid, finding, settled: undefined }));
  return person;
}

test('what was said before is said again when the level of its incident rises, and only once', () => {
  const before = onRecord('a', {});
  const other = onRecord('b', { incident_uid: 'another' });
  const worse = onRecord('c', { level: 'high', score: 70, incident_level: 'high' });
  const person = personOf(before, other, worse);
  const said = [worse];
  levelIncidents(person, said, T0 + 5 * MINUTE, T0);
  expect(said).toEqual([
    worse,
    { ...before, revision: 2, supersedes: 1, status: 'updated', incident_level: 'high', lateness_ms: 5 * MINUTE },
  ]);
  const again = [person.story.reports[2]!.finding];
  levelIncidents(person, again, T0 + 6 * MINUTE, T0);
  expect(again).toHaveLength(1);
  expect(person.story.reports[1]?.finding).toBe(other);
});

test('and when it falls, since the worst of it is taken back', () => {
  const before = onRecord('a', { incident_level: 'high' });
  const gone = onRecord('c', { level: 'high', score: 70, incident_level: 'high', status: 'retracted' });
  const past = onRecord('d', { incident_level: 'high', status: 'retracted' });
  const said = [gone];
  levelIncidents(personOf(before, gone, past), said, T0, T0);
  expect(said.map(({ uid, incident_level, revision }) => `${uid} ${incident_level} ${revision}`)).toEqual(['c low 1', 'a low 2']);
});

test('what was said of a session that is over stays as it was', () => {
  const event = say({ at: 0, n: 0 });
  const overAfter = (time: number): number => {
    const person = personOf(onRecord('c', { level: 'high', score: 70 }));
    const session = newSession(event, event.session!, (text) => text);
    session.reports = [{ rule: 0, episode: '', finding: onRecord('a', {}), settled: undefined }];
    person.sessions = [session];
    const said = [person.story.reports[0]!.finding];
    levelIncidents(person, said, T0, time);
    return said.length;
  };
  expect(overAfter(event.arrival_time)).toBe(2);
  expect(overAfter(event.arrival_time + 1)).toBe(1);
});

test('what stands for good stands in its new wording', () => {
  const before = onRecord('a', {});
  const worse = onRecord('c', { level: 'high', score: 70 });
  const person = personOf(before, worse);
  const [report] = person.story.reports;
  report!.settled = before;
  levelIncidents(person, [worse], T0, T0);
  expect(report!.settled).toBe(report!.finding);
  expect(report!.finding.incident_level).toBe('high');
});

test('so many at once and no more, the strongest first, and the others with the next that is said', () => {
  const many = Array.from({ length: AMENDED_MAX + 3 }, (_, n) => onRecord(`f${String(n).padStart(2, '0')}`, { score: 20 + (n % 2) }));
  const worse = onRecord('worst', { level: 'critical', score: 90 });
  const person = personOf(...many, worse);
  const said = [worse];
  levelIncidents(person, said, T0, T0);
  expect(AMENDED_MAX).toBe(16);
  expect(said).toHaveLength(1 + AMENDED_MAX);
  expect(said.slice(1, 4).map(({ uid }) => uid)).toEqual(['f01', 'f03', 'f05']);
  const next = [worse];
  levelIncidents(person, next, T0, T0);
  expect(next).toHaveLength(1 + 3);
});

test('the level of an incident is that of its strongest, or of what is no longer remembered', () => {
  const person = personOf(onRecord('a', { level: 'medium' }), onRecord('b', { level: 'critical', status: 'retracted' }));
  expect(levelOfIncident(person, 'theft')).toBe('medium');
  expect(levelOfIncident(person, 'unknown')).toBe('informational');
  joinIncident(person, { session: undefined, trigger: 'e1', prefix: undefined, means: [] }, 'theft', T0).floor = 'high';
  expect(levelOfIncident(person, 'theft')).toBe('high');
});

test('a theft as it grows: all that is on record of it has one level', () => {
  const detect = createDetect(
    ['session_reuse', 'post_compromise'].map((name) => bareRule(name, { report_from: 20 })),
    { config_digest: 'test' },
  );
  const lines: Omit<Line, 'n'>[] = [
    { at: 0 },
    { at: 5, place: SERVER },
    { at: 9, place: SERVER, agent: CHROME },
    { at: 12, place: SERVER, agent: CHROME, activity: 'mail_forwarding', details: { is_external: 'true' } },
    { at: 15, place: SERVER, agent: CHROME, activity: 'audit_tamper' },
  ];
  const latest = new Map<string, Finding>();
  lines.forEach((line, n) => {
    for (const finding of detect.accept(say({ ...line, n }))) {
      expect(finding.revision).toBe((latest.get(finding.uid)?.revision ?? 0) + 1);
      latest.set(finding.uid, finding);
    }
    const all = [...latest.values()];
    expect(new Set(all.map(({ incident_level }) => incident_level)).size).toBeLessThanOrEqual(1);
  });
  expect([...latest.values()].map(({ type, level, incident_level }) => `${type} ${level} ${incident_level}`).sort()).toEqual([
    'post_compromise high critical',
    'session_reuse critical critical',
  ]);
});
