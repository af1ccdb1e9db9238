import type { Finding, Level } from '../event/index.js';
import { appended } from '../state/appended.js';
import { keepLevels } from '../state/incident.js';
import type { Person } from '../state/person.js';
import { bytesOf } from '../state/record/size.js';
import { sizeOfFinding } from '../state/record/weigh.js';
import { boundReports, type OnRecord, REPORTS_PER_SESSION, type Report } from '../state/session.js';
import { canBeTold, isShortened } from './byte-bound.js';
import { reportFor, type Strongest, sideOf, type Verdicts } from './evaluate.js';
import { actsOf, claim, findingOf, latenessOf, movedTo, retracted, SAID_AGAIN_MS, type Telling, widen, withActs } from './finding.js';
import type { EvidenceSource } from './judgement.js';
import { othersOf, type Side, showsAll, withOthers } from './others.js';

/** Brings what is on record of a session, or of a person's story, in line with what was judged: new, stronger, back to what stands for good, or taken back. */
export function record(telling: Telling, { strongest, isComplete }: Verdicts): void {
  const { on } = telling;
  // First what is on record grows by its sessions, so that what is new in one of these finds its incident, whatever the order of the rules.
  for (const verdict of strongest) {
    const known = reportFor(on, verdict);
    if (known !== undefined) widen(telling, known.finding, verdict);
  }
  claimEvents(telling, strongest);
  for (const verdict of strongest) put(telling, verdict, isComplete);
  if (!isComplete) return;
  const held = new Set(strongest.map((verdict) => reportFor(on, verdict)));
  for (const report of on.reports) {
    if (report.finding.status === 'retracted' || held.has(report)) continue;
    if (report.settled === undefined) say(report, retracted(report.finding, telling.arrival_time), telling);
    else fallBack(report, report.settled, telling);
  }
}

/** Then the events of which something is new, for the same reason. */
function claimEvents(telling: Telling, strongest: readonly Strongest[]): void {
  const { on } = telling;
  const fresh = strongest.filter((verdict) => reportFor(on, verdict) === undefined);
  for (const verdict of strongest) {
    if (fresh.some(({ trigger }) => trigger.uid === verdict.trigger.uid)) claim(telling, verdict, reportFor(on, verdict)?.finding);
  }
}

/** A settled verdict stands: it is what its finding falls back to when a later and stronger one does not hold. */
export function keepForGood(telling: Telling, verdict: Strongest): void {
  const report = reportFor(telling.on, verdict);
  if (report === undefined) return;
  const { settled } = report;
  if (settled !== undefined) {
    if (verdict.judgement.score <= settled.score) {
      // the finding on record names it too, by now or when it is judged again
      if (report.finding === settled || isShortened(settled)) return;
      report.settled = withOthers(settled, [...verdict.others, sideOf(verdict)]);
      if (report.settled !== settled) telling.person.room -= sizeOfFinding(report.settled);
      return;
    }
    verdict.others = [...othersOf(settled), ...verdict.others];
    verdict.first_time = Math.min(verdict.first_time, settled.first_seen_time);
  }
  report.settled = withOthers(findingOf(verdict, telling, report.finding), verdict.others);
  telling.person.room -= sizeOfFinding(report.settled);
}

function put(telling: Telling, verdict: Strongest, isComplete: boolean): void {
  const { on, said } = telling;
  const report = reportFor(on, verdict);
  if (report === undefined) {
    makeRoom(telling);
    const finding = told(verdict, telling, undefined, verdict.acts, verdict.others);
    on.reports = appended(on.reports, { rule: verdict.active.index, episode: verdict.episode, finding, settled: undefined });
    // the finding itself is counted when it is said
    telling.person.room -= bytesOf(verdict.episode);
    widen(telling, finding, verdict);
    said.push(finding);
    return;
  }
  const { finding, settled } = report;
  if (settled !== undefined && verdict.judgement.score <= settled.score) {
    const isAnew = isComplete && finding !== settled;
    if (isAnew) fallBack(report, settled, telling);
    if (report.finding.status === 'retracted') return;
    addMore(report, verdict, telling);
    if (!isAnew) sayAgain(report, verdict.last_time, telling);
    return;
  }
  const isOpen = finding.status !== 'retracted';
  if (isOpen && isSame(finding, verdict, telling, isComplete)) {
    if (isComplete) {
      correctBeginning(report, verdict.first_time, telling);
      correctMore(report, verdict, telling);
    } else addMore(report, verdict, telling);
    sayAgain(report, verdict.last_time, telling);
    return;
  }
  // Judged all anew, the verdict knows everything but what is settled; else it follows what was said before.
  const before = isComplete ? settled : isOpen ? finding : undefined;
  if (before !== undefined) verdict.first_time = Math.min(verdict.first_time, before.first_seen_time);
  say(report, following(verdict, telling, finding, before), telling);
}

/** A finding with all that it names beside its trigger: what would have made it alone first, since that may be an act as well. */
function told(
  verdict: Strongest,
  telling: Telling,
  previous: Finding | undefined,
  acts: readonly EvidenceSource[],
  others: readonly Side[],
): Finding {
  return withActs(withOthers(findingOf(verdict, telling, previous), others), acts);
}

/** @param before what was said before and still holds: nothing of it is lost */
function following(verdict: Strongest, telling: Telling, previous: Finding, before: Finding | undefined): Finding {
  const { acts, others } = verdict;
  if (before === undefined) return told(verdict, telling, previous, acts, others);
  return told(verdict, telling, previous, [...actsOf(before), ...acts], [...othersOf(before), ...others]);
}

/**
 * Makes room for a new finding. What can still change stays, however much it is: nobody who makes findings by the dozen has any left unsaid, or
 * said twice. What a person may take in all is bounded in bytes; see byte-bound.ts.
 */
function makeRoom({ person, on, arrival_time }: Telling): void {
  const gone = boundReports(on, arrival_time, (report) => canBeTold(on, report));
  if (gone.length > 0) keepLevels(person, gone);
}

/** Two people's worth of findings, when that is more than a session or a story may have. */
export function boundMergedReports(person: Person, on: OnRecord, time: number): void {
  if (on.reports.length <= REPORTS_PER_SESSION) return;
  const gone = boundReports(on, time, (report) => canBeTold(on, report));
  if (gone.length > 0) keepLevels(person, gone);
}

/** Says a finding once more, of the same person under another key. */
export function moveReport(report: Report, person: Person, arrivalTime: number): Finding {
  replace(report, movedTo(report.finding, person, arrivalTime));
  return report.finding;
}

/** Does the verdict say no more than the finding on record? Judged all anew, it must be the very same. */
function isSame(finding: Finding, { judgement, trigger }: Strongest, { session }: Telling, isComplete: boolean): boolean {
  if (!isComplete) return judgement.score <= finding.score;
  const isOfSame = session !== undefined || judgement.session?.ref.uid === finding.session?.uid;
  return judgement.score === finding.score && trigger.uid === finding.trigger_event_uid && isOfSame;
}

/**
 * A late event was worth reporting before the first that was known, or explains that one: whoever reads the last revision reads when it began, in whatever
 * order events came.
 * @param time of the first that is not settled, of a verdict that was judged all anew
 */
function correctBeginning(report: Report, time: number, telling: Telling): void {
  const { finding, settled } = report;
  const first_seen_time = Math.min(time, settled?.first_seen_time ?? time);
  if (first_seen_time === finding.first_seen_time) return;
  replace(report, revised({ ...finding, first_seen_time }, finding, telling));
  telling.said.push(report.finding);
}

function sayAgain(report: Report, time: number, telling: Telling): void {
  const { finding, settled } = report;
  if (time - finding.last_seen_time < SAID_AGAIN_MS) return;
  report.finding = revised({ ...finding, last_seen_time: time }, finding, telling);
  if (settled !== undefined && settled.score === finding.score) report.settled = report.finding;
  telling.said.push(report.finding);
}

/**
 * Says a finding again when the newcomer did something of consequence, or was somewhere else, and that is not in it, though nothing about it
 * became stronger.
 */
function addMore(report: Report, verdict: Strongest, telling: Telling): void {
  const { finding } = report;
  if (isShortened(finding)) return;
  const more = withMore(finding, verdict);
  if (more === finding) return;
  replace(report, revised({ ...more, last_seen_time: Math.max(more.last_seen_time, verdict.last_time) }, finding, telling));
  telling.said.push(report.finding);
}

function withMore(finding: Finding, verdict: Strongest): Finding {
  return withActs(withOthers(finding, [...verdict.others, sideOf(verdict)]), verdict.acts);
}

/**
 * The same of a finding that was judged all anew: what it named and is explained by now must not keep it in sight, or what is hidden would
 * depend on the order of arrival.
 */
function correctMore(report: Report, verdict: Strongest, telling: Telling): void {
  const { finding, settled } = report;
  if (isShortened(finding)) return;
  const anew = following(verdict, telling, finding, settled);
  if (showsAll(withMore(finding, verdict), anew)) addMore(report, verdict, telling);
  else {
    const last_seen_time = Math.max(finding.last_seen_time, verdict.last_time);
    say(report, revised({ ...finding, evidence: anew.evidence, last_seen_time }, finding, telling), telling);
  }
}

/** Takes a finding back to what stands for good. */
function fallBack(report: Report, settled: Finding, telling: Telling): void {
  if (report.finding === settled) return;
  report.finding = revised(settled, report.finding, telling);
  report.settled = report.finding;
  telling.said.push(report.finding);
}

function say(report: Report, finding: Finding, { said }: Telling): void {
  report.finding = finding;
  said.push(finding);
}

/** Says a finding again as it is, of an incident whose level is another now. */
export function amend(report: Report, incident_level: Level, arrivalTime: number): Finding {
  const { finding } = report;
  const lateness_ms = latenessOf(finding.last_seen_time, arrivalTime);
  const { revision } = finding;
  replace(report, { ...finding, revision: revision + 1, supersedes: revision, status: 'updated', lateness_ms, incident_level });
  return report.finding;
}

/** Another wording of the same finding: where that stood for good, so does this. */
function replace(report: Report, finding: Finding): void {
  if (report.settled === report.finding) report.settled = finding;
  report.finding = finding;
}

/** @param previous the revision before, whose latest sight of the theft stays known */
function revised(finding: Finding, previous: Finding, { arrival_time }: Telling): Finding {
  const last_seen_time = Math.max(finding.last_seen_time, previous.last_seen_time);
  return {
    ...finding,
    revision: previous.revision + 1,
    supersedes: previous.revision,
    status: 'updated',
    last_seen_time,
    lateness_ms: latenessOf(last_seen_time, arrival_time),
  };
}
