import type { Finding } from '../../../src/core/event/index.js';
import { keepRestingOn } from '../../../src/core/state/gone-mark.js';
import type { Mark } from '../../../src/core/state/marks.js';
import type { Person } from '../../../src/core/state/person.js';
import type { Report } from '../../../src/core/state/session.js';

type Held = Parameters<typeof keepRestingOn>[0];

function report(episode: string, status: Finding['status'] = 'new'): Report {
  return { rule: 0, episode, finding: { status } as Finding, settled: undefined };
}

/** Who has one finding of theirs, and sessions with findings of these episodes. */
function holding(...sessions: Report[][]): Held {
  const story = { reports: [report('story')] } as unknown as Person['story'];
  return { story, sessions: sessions.map((reports) => ({ reports, tail: [] }) as unknown as Person['sessions'][number]), marks: [] };
}

/** Which findings stand for good once a mark is gone: the person's own, then those of sessions. */
function standing(held: Held, kind: Mark['kind']): boolean[] {
  keepRestingOn(held, { uid: 'end', kind } as Mark);
  return [...held.story.reports, ...held.sessions.flatMap(({ reports }) => reports)].map(({ settled }) => settled !== undefined);
}

test('who only signs out, and whose sessions nothing outlived, can still have explained what was said', () => {
  expect(standing(holding(), 'sign_out')).toEqual([false]);
  expect(standing(holding([report('another end')], []), 'session_revoke')).toEqual([false, false]);
});

test('what was said of a session that outlived the end stands, and what was said of its person', () => {
  expect(standing(holding([], [report('another end'), report('end')]), 'session_revoke')).toEqual([true, false, true]);
});

test('what was taken back rests on nothing', () => {
  expect(standing(holding([report('end', 'retracted')]), 'session_revoke')).toEqual([false, false]);
});

test.each(['key_end', 'key_begin', 'key_issue', 'job_end'] as const)(
  '%s: what was said of its person stands, since they say things of keys',
  (kind) => {
    expect(standing(holding(), kind)).toEqual([true]);
  },
);
