import type { Person } from '../../src/core/state/person.js';
import type { Print, PrintNote } from '../../src/core/state/print.js';
import type { Report, Session } from '../../src/core/state/session.js';

/**
 * All that is remembered of a person and that decides what is said of them, in an order of its own. Left out is how it came to be said: which
 * revision, under which uid, in which incident, and by which of a vendor's names the person was known first.
 */
export function memoryOf(person: Person): unknown {
  const { key, tenant, last_arrival_time, next_settle_time, sessions, marks, story, habits, sign_ins, past_lives } = person;
  const nameOf = (session: Session | undefined) => (session === undefined ? undefined : `${session.issuer} ${session.uid}`);
  return {
    ...{ key, tenant, last_arrival_time, next_settle_time, marks, sign_ins },
    sessions: sorted(sessions.map(sessionOf), ({ uid, issuer }) => `${issuer} ${uid}`),
    story: {
      tail: story.tail.map((one) => ({
        ...{ ...one, print: traitsOf(one.print), session: nameOf(one.session) },
      })),
      settled: story.settled,
      judged: story.judged,
      verdicts: story.verdicts.map(({ seen: { uid }, rule, judgement: { score, episode, is_named, session } }) => ({
        ...{ uid, rule, score, episode, is_named, session: nameOf(session) },
      })),
      reports: reportsOf(story.reports),
      suspects: sorted(story.suspects, ({ prefix }) => prefix),
    },
    habits: habits && Object.fromEntries(Object.entries(habits).map(([kind, list]) => [kind, sorted(list, ({ value }) => value)])),
    past_lives,
  };
}

function sessionOf({ prints, tail, reports, ref: _, principal: __, ...session }: Session) {
  return {
    ...session,
    prints: sorted(prints.map(printOf), (print) => JSON.stringify(print)),
    tail: tail.map((one) => ({ ...one, print: traitsOf(one.print), session: undefined })),
    reports: reportsOf(reports),
  };
}

function traitsOf({ notes: _, ...print }: Print) {
  return print;
}

function printOf(print: Print) {
  const noteOf = ({ known, baseline, ...note }: PrintNote) => ({
    ...note,
    known: known === print ? 'its own' : known,
    baseline: baseline && traitsOf(baseline),
  });
  return { ...traitsOf(print), notes: print.notes.map((note) => note && noteOf(note)) };
}

function reportsOf(reports: readonly Report[]) {
  const standing = reports.filter(({ finding }) => finding.status !== 'retracted');
  return sorted(
    standing.map(({ rule, episode, finding: { score, level, trigger_event_uid }, settled }) => ({
      ...{ rule, episode, score, level, trigger_event_uid, settled: settled?.score },
    })),
    (report) => JSON.stringify(report),
  );
}

function sorted<T>(list: readonly T[], keyOf: (one: T) => string): T[] {
  return [...list].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
