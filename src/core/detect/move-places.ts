import type { Finding } from '../event/index.js';
import { goneSessions } from '../state/known-sessions.js';
import { type Fact, NO_SCORES } from '../state/observation.js';
import type { Person } from '../state/person.js';
import type { Print } from '../state/print.js';
import type { OnRecord } from '../state/session.js';
import type { RuleBench } from './detectors.js';
import type { Rule } from './rule.js';

/**
 * Follows a change of rules: what is on record of a rule moves to its new place. Of a rule that went the notes are forgotten, what it found in events
 * is parked, and its findings are taken back: they stay on record as such, so that a rule that comes back goes on where they ended. What is not
 * settled is to be judged anew by the rules in force.
 * @param places the new place of the rule at each old one; below zero when it went: there its facts are parked
 * @param placeOf the same by the rule's uid, -1 when it went
 * @param withdraw the finding as it is taken back
 * @param parked the new place of what is parked at -1, -2 and so on
 * @param isRecent what is older stays as it was said; all of it does for whoever has nobody to tell
 * @returns what is taken back, and what stands again since its rule came back
 */
export function movePlaces(
  person: Person,
  places: readonly number[],
  placeOf: (rule: string) => number,
  withdraw: (finding: Finding) => Finding,
  { parked = [], isRecent = () => false }: { parked?: readonly number[]; isRecent?: (finding: Finding) => boolean } = {},
): Finding[] {
  const { story, sessions } = person;
  // Also of what is forgotten and of which the story still knows an event: what was found of its prints tells strangers.
  const gone = goneSessions(person);
  const said: Finding[] = [];
  const moveReports = (on: OnRecord): void => {
    if (on.reports.length === 0) return;
    on.reports = on.reports.map((report) => {
      const { finding, settled } = report;
      const rule = placeOf(finding.rule.uid);
      const isOpen = finding.status !== 'retracted';
      if (rule < 0 && isOpen) {
        if (!isRecent(finding)) return { ...report, rule, settled: finding };
        const gone = withdraw(finding);
        said.push(gone);
        return { ...report, rule, finding: gone };
      }
      // Only what went with its rule is taken back and settled.
      if (rule < 0 || isOpen) return { ...report, rule };
      if (settled === undefined || !isRecent(settled)) return { ...report, rule, settled: undefined };
      const again = restored(settled, finding);
      said.push(again);
      return { ...report, rule, finding: again, settled: again };
    });
  };
  moveReports(story);
  story.verdicts = [];
  story.judged = story.settled;
  story.is_stale = true;
  const prints = new Set<Print>();
  for (const seen of story.tail) {
    seen.scores = NO_SCORES;
    // The event itself is gone: what a rule found in it stays found, should the rule ask otherwise from now on, or its findings would be taken back.
    if (seen.more?.facts !== undefined) seen.more.facts = movedFacts(seen.more.facts, places, parked);
    prints.add(seen.print);
  }
  for (const session of sessions) {
    moveReports(session);
  }
  // What was said of those nobody takes back any more.
  for (const session of gone) session.reports = session.reports.map((report) => ({ ...report, rule: placeOf(report.finding.rule.uid) }));
  for (const session of [...sessions, ...gone]) {
    for (const seen of session.tail) seen.scores = NO_SCORES;
    for (const print of session.prints) prints.add(print);
  }
  for (const print of prints) moveNotes(print, places);
  return said.sort(byAnswer);
}

function moveNotes(print: Print, places: readonly number[]): void {
  if (print.notes.length === 0) return;
  const notes: typeof print.notes = [];
  print.notes.forEach((note, place) => {
    const to = places[place] ?? -1;
    if (note?.is_settled === true && to >= 0) notes[to] = note;
  });
  print.notes = notes;
}

function movedFacts(facts: readonly Fact[], places: readonly number[], parked: readonly number[]): readonly Fact[] | undefined {
  const moved = facts.flatMap((fact) => {
    const rule = fact.rule < 0 ? parked[-1 - fact.rule] : places[fact.rule];
    return rule === undefined ? [] : [{ ...fact, rule }];
  });
  return moved.length === 0 ? undefined : moved;
}

/** Is there a rule that was not there, or that asks of events what it did not? How what it finds is answered is no matter. */
export function asksMore(before: RuleBench, now: RuleBench): boolean {
  const known = rulesOf(before);
  return rulesOf(now).some((rule) => !known.some((other) => asksTheSame(rule, other)));
}

function rulesOf({ sessions, people }: RuleBench): Rule[] {
  return [...sessions, ...people].map(({ rule }) => rule);
}

function asksTheSame(a: Rule, b: Rule): boolean {
  return a.uid === b.uid && a.detector === b.detector && JSON.stringify(a.parameters) === JSON.stringify(b.parameters);
}

/** What stood for good when its rule went stands again, of the same arrival: nothing new came. */
function restored(settled: Finding, { revision }: Finding): Finding {
  return { ...settled, revision: revision + 1, supersedes: revision, status: 'updated' };
}

/**
 * What comes back goes first, the strongest of it; then what goes, the strongest last: nobody is to be answered for a moment because of what
 * goes, too.
 */
function byAnswer(a: Finding, b: Finding): number {
  const [isGone, wasGone] = [a.status === 'retracted', b.status === 'retracted'];
  if (isGone !== wasGone) return isGone ? 1 : -1;
  const order = isGone ? a.score - b.score : b.score - a.score;
  return order || (a.uid < b.uid ? -1 : 1);
}
