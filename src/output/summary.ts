import { formatDuration } from '../config/duration.js';
import { SHIPPED } from '../config/rules.js';
import { rankOf } from '../core/detect/levels.js';
import { durationText } from '../core/detect/names.js';
import type { Silence, Unjudged } from '../core/detect/unjudged.js';
import type { Finding, Level } from '../core/event/index.js';
import type { Renamed } from '../core/identity/absorbs.js';
import type { Drift } from '../core/normalize/drift/meter.js';
import type { DetectStats } from '../core/pipeline.js';
import type { ErrorCode } from '../errors.js';
import { driftInWords } from '../runtime/drift-report.js';
import type { ReplayResult } from '../runtime/file/replay.js';
import { conflictInWords } from '../runtime/identities.js';
import { type UnheardEntry, unheardInWords } from '../runtime/sign-on-report.js';
import { countBy, sum } from '../runtime/tally.js';
import { isOpen } from './findings.js';
import { type HiddenSummary, type Hiding, hiddenInWords, NOTHING_HIDDEN, summariseHidden } from './hidden.js';
import { clean } from './text.js';
import { timeInWords } from './words.js';

/** What judged: on every summary, so that two of them can be compared. */
export interface Judges {
  config_digest: string;
  rules: number;
  /** how many of them come with the package */
  rules_shipped: number;
  geo: string;
  networks: string;
  identities: string;
}

/** summary.json. Holds no wall time and no path: two runs over the same inputs write the same bytes. */
export interface Summary {
  schema_version: 1;
  /** read = with_events + dropped + rejected */
  records: { read: number; with_events: number; dropped: number; rejected: number };
  /** inputs that could not be read to their end: place in the command line from 1, why, and how many lines of it were read */
  damaged: { input: number; code: ErrorCode; lines: number }[];
  /** inputs that held nothing (SV_INPUT_EMPTY): places in the command line from 1 */
  empty: number[];
  dropped: Record<string, number>;
  rejected: Record<string, number>;
  /** records with events of which a part made none */
  partial: Record<string, number>;
  events: {
    total: number;
    by_vendor: Record<string, number>;
    first_time?: number | undefined;
    last_time?: number | undefined;
    /** of people whom a stream names by an id that nothing links to an address */
    unlinked: number;
  };
  /** final revisions; open ones by level and type */
  findings: { open: number; suppressed: number; retracted: number; by_level: Record<string, number>; by_type: Record<string, number> };
  /** thefts with an open finding, each by the level of its strongest */
  incidents: { open: number; by_level: Record<string, number> };
  /** what hid findings, what would have, and what hid nothing */
  suppressions: HiddenSummary;
  commands: { total: number; by_action: Record<string, number> };
  state: DetectStats;
  /** fields of logs that vanished or are of another type since they were first seen, as far as they still are at the end */
  schema_drift: Drift[];
  /** entries of `sign_on` that protect nobody here, since nothing of their app, or no sign-in of their provider, is among the records */
  sign_on_unheard: UnheardEntry[];
  /** sessions that the sign-on before is not asked of, by whose log was silent, or is not read far enough, and its longest silence, ms */
  sign_on_unjudged: Unjudged[];
  /** ids that records name with two addresses: they stand for themselves, apart from either person */
  identity_conflicts: Renamed[];
  judged_by: Judges;
}

export function summarise(
  { tally, findings, commands, state, unjudged, damages, empty }: ReplayResult,
  judged_by: Judges,
  hiding: Hiding = NOTHING_HIDDEN,
  schema_drift: readonly Drift[] = [],
  sign_on_unheard: readonly UnheardEntry[] = [],
  identity_conflicts: readonly Renamed[] = [],
): Summary {
  const { first_time, last_time } = tally;
  const open = findings.filter(isOpen);
  const statuses = countBy(findings, (finding) => finding.status);
  return {
    schema_version: 1,
    records: { read: tally.records, with_events: tally.with_events, dropped: sum(tally.dropped), rejected: sum(tally.rejected) },
    damaged: damages.map(({ input, lines, error }) => ({ input, code: error.code, lines })),
    empty,
    dropped: inOrder(tally.dropped),
    rejected: inOrder(tally.rejected),
    partial: inOrder(tally.partial),
    events: {
      total: sum(tally.events),
      by_vendor: inOrder(tally.events),
      first_time,
      last_time,
      unlinked: tally.unlinked,
    },
    findings: {
      open: open.length,
      suppressed: statuses['suppressed'] ?? 0,
      retracted: statuses['retracted'] ?? 0,
      by_level: countBy(open, (finding) => finding.level),
      by_type: countBy(open, (finding) => finding.type),
    },
    incidents: summariseIncidents(open),
    suppressions: summariseHidden(
      findings,
      hiding,
      first_time === undefined || last_time === undefined ? undefined : [first_time, last_time],
    ),
    commands: { total: commands.length, by_action: countBy(commands, (command) => command.action) },
    state,
    schema_drift: [...schema_drift],
    sign_on_unheard: [...sign_on_unheard],
    sign_on_unjudged: unjudged,
    identity_conflicts: [...identity_conflicts],
    judged_by,
  };
}

function summariseIncidents(open: readonly Finding[]): Summary['incidents'] {
  const levels = new Map<string, Level>();
  for (const { incident_uid, level } of open) {
    const strongest = levels.get(incident_uid);
    if (strongest === undefined || rankOf(level) > rankOf(strongest)) levels.set(incident_uid, level);
  }
  return { open: levels.size, by_level: countBy(levels.values(), (level) => level) };
}

function inOrder(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the summary for people says beyond the one for machines. */
export interface Setting {
  /** what the state was told, ms: named when events came later */
  allowedLateness: number;
  /** path of rules -> how many of them judge */
  rulesFrom: Readonly<Record<string, number>>;
  /** the most memory that it took, bytes */
  peakMemory?: number | undefined;
}

/** The summary for people. */
export function renderSummary(summary: Summary, { allowedLateness, rulesFrom, peakMemory }: Setting): string {
  const { records, damaged, empty, dropped, rejected, partial, events, findings, incidents, suppressions, commands, state, judged_by } =
    summary;
  const { schema_drift, sign_on_unheard, sign_on_unjudged, identity_conflicts } = summary;
  const lines = [
    `records   ${records.read} read: ${records.with_events} with events${reasons(', of them in part', partial)}${reasons(', dropped', dropped)}${reasons(', rejected', rejected)}`,
  ];
  for (const { input, code, lines: read } of damaged)
    lines.push(`damaged   input ${input} after ${read} lines (${code}): what stands behind is missing here`);
  if (empty.length > 0) lines.push(`empty     ${empty.length === 1 ? 'input' : 'inputs'} ${empty.join(', ')} (SV_INPUT_EMPTY)`);
  const span =
    events.first_time === undefined || events.last_time === undefined
      ? ''
      : `, ${timeInWords(events.first_time)} to ${timeInWords(events.last_time)}`;
  lines.push(`events    ${events.total}${list(events.by_vendor)}${span}`);
  const aside = [
    findings.suppressed > 0 ? `${findings.suppressed} suppressed` : '',
    findings.retracted > 0 ? `${findings.retracted} taken back` : '',
  ];
  lines.push(`findings  ${[`${findings.open}${list(findings.by_level)}`, ...aside].filter((word) => word !== '').join(', ')}`);
  if (findings.open > 0) lines.push(`incidents ${incidents.open}${list(incidents.by_level)}`);
  lines.push(...hiddenInWords(suppressions));
  lines.push(`commands  ${commands.total}${list(commands.by_action)}`);
  lines.push(`memory    ${memoryInWords(state, peakMemory)}`);
  lines.push(...driftsInWords(schema_drift));
  // as many as the configuration has entries; names of accounts come from records
  for (const entry of sign_on_unheard) lines.push(`unheard   ${clean(unheardInWords(entry))}`);
  lines.push(...conflictsInWords(identity_conflicts));
  lines.push(`judged by ${judged_by.rules} rules (${judged_by.config_digest}), geo ${judged_by.geo}, networks ${judged_by.networks}`);
  lines.push(`rules     ${rulesInWords(rulesFrom)}`);
  if (records.with_events === 0 && records.rejected > 0) {
    lines.push('note      not one record made an event; docs/outcomes.md says what each reason means.');
    const unread = (rejected['invalid_json'] ?? 0) + (rejected['invalid_utf8'] ?? 0) + (rejected['not_an_object'] ?? 0);
    // what people have when they first try: one list over many lines, a table, an archive of another kind
    if (2 * unread > records.rejected)
      lines.push("          Each line must be one JSON record in UTF-8; of a file that is one list: jq -c '.[]' FILE");
  }
  if (events.unlinked > 0) {
    lines.push(
      `note      ${eventsInWords(events.unlinked)} from stdin or a pipe: the person is named by an id alone, so they are judged apart from the rest of what that person did.`,
      '          From a stream nothing is learned: read from files, or give --identities FILE (docs/identities.md)',
    );
  }
  lines.push(...unjudgedInWords(sign_on_unjudged, state.clock));
  if (state.late_beyond_allowed > 0) {
    lines.push(
      `note      ${eventsInWords(state.late_beyond_allowed)} came later than ${formatDuration(allowedLateness)} (state.allowed_lateness) and could not be judged in full.`,
      '          If one input holds several logs end to end (cat A B): name each file by itself, replay A B; they are merged by time.',
      '          If a file holds its newest record first: turn it round, tac FILE.',
    );
  }
  return `${lines.join('\n')}\n`;
}

const MOST_DRIFTS = 10;

/** The keys first: without them less can be found. Names of fields and actions come from records. */
function driftsInWords(drifts: readonly Drift[]): string[] {
  const ordered = [...drifts].sort((a, b) => Number(a.key === 'other') - Number(b.key === 'other'));
  const lines = ordered.slice(0, MOST_DRIFTS).map((drift) => `drift     ${clean(driftInWords(drift))}`);
  if (drifts.length > MOST_DRIFTS) lines.push(`drift     ${drifts.length - MOST_DRIFTS} more fields, all in summary.json (--out)`);
  return lines;
}

const MOST_CONFLICTS = 10;

function conflictsInWords(conflicts: readonly Renamed[]): string[] {
  const lines = conflicts.slice(0, MOST_CONFLICTS).map((one) => `conflict  ${clean(conflictInWords(one))}`);
  if (conflicts.length > MOST_CONFLICTS) lines.push(`conflict  ${conflicts.length - MOST_CONFLICTS} more ids, all in summary.json (--out)`);
  return lines;
}

/** What is remembered at the end, what had to go before its time, and what it took. */
function memoryInWords(state: DetectStats, peak: number | undefined): string {
  const { principals, sessions, observations, evicted_sessions, evicted_observations } = state;
  const words = [`${principals} people and machines, ${sessions} sessions and ${observations} of their events remembered at the end`];
  if (evicted_sessions > 0) words.push(`${evicted_sessions} sessions let go of early`);
  if (evicted_observations > 0) words.push(`${evicted_observations} events let go of early`);
  if (peak !== undefined) words.push(`${Math.ceil(peak / 1e6)} MB at most`);
  return words.join(', ');
}

/** Whoever names rules of their own has to see that those that ship are out, which looks like all is quiet. */
function rulesInWords(from: Readonly<Record<string, number>>): string {
  const words = Object.entries(from).map(([path, n]) => (path === SHIPPED ? `${n} shipped` : `${n} from ${clean(path)}`));
  const isOut = !Object.hasOwn(from, SHIPPED);
  return `${words.join(', ')}${isOut ? '; those that ship do not judge: name shipped too, to have both (--rules shipped --rules ...)' : ''}`;
}

/** Whose log does not tell of the sign-on before, and for how long. Accounts are as the configuration names them. @param clock the end of the records, ms */
function unjudgedInWords(logs: readonly Unjudged[], clock: number): string[] {
  const lines = logs.map(({ tenant, provider, waiting, missed, silence }) => {
    const sessions = waiting + missed;
    const which = sessions === 1 ? 'one session is' : `${sessions} sessions are`;
    return clean(
      `note      ${which} not judged by the sign-on before: ${silenceInWords(`${provider} of tenant ${tenant}`, silence, clock)}.`,
    );
  });
  if (logs.some(({ silence }) => silence !== undefined))
    lines.push(
      '          A sign-in at the provider may lie in its silence for as long as one explains a session: `within` of session-without-sign-on, 12h as shipped.',
    );
  return lines;
}

function silenceInWords(log: string, silence: Silence | undefined, clock: number): string {
  if (silence === undefined) return `the records end before ${log} must have told of that time`;
  const { first_time: from, last_time: to } = silence;
  if (from === undefined) return to === undefined ? `no sign-in of ${log} came` : `${log} told of nobody before ${timeInWords(to)}`;
  const length = durationText((to ?? clock) - from);
  if (to === undefined) return `${log} told of nobody after ${timeInWords(from)}, ${length} before the end of the records`;
  return `${log} told of nobody for as long as ${length}, from ${timeInWords(from)} to ${timeInWords(to)}`;
}

function eventsInWords(n: number): string {
  return n === 1 ? 'one event' : `${n} events`;
}

function list(counts: Readonly<Record<string, number>>): string {
  const words = Object.entries(counts).map(([word, n]) => `${word} ${n}`);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function reasons(label: string, counts: Readonly<Record<string, number>>): string {
  const total = sum(counts);
  return total === 0 ? '' : `${label} ${total}${list(counts)}`;
}
