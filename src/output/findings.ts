import { type Evidence, type Factor, type Finding, LEVEL, type RevocationCommand } from '../core/event/index.js';
import { hiddenBelow } from './hidden.js';
import { createStyle, type Style } from './style.js';
import { clean, clip, wrap } from './text.js';
import { evidenceInWords, residualInWords, scopeInWords, targetInWords, termInWords, timeInWords, whoInWords } from './words.js';

export interface Look {
  /** columns of the terminal */
  width: number;
  hasColor: boolean;
}

const MARGIN = '  ';
const LABEL_WIDTH = 8;
const MIN_WIDTH = 60;
/** as many events of each side as a person compares at a glance */
const EVIDENCE_SHOWN = 8;

/** Findings for people, worst first, then the commands; those taken back or suppressed are left out, these with their number. Ends with a line end. */
export function renderFindings(findings: readonly Finding[], commands: readonly RevocationCommand[], look: Look): string {
  const style = createStyle(look.hasColor);
  const width = Math.max(look.width, MIN_WIDTH);
  const open = findings.filter(isOpen).sort(byStrength);
  const hidden = hiddenBelow(findings, style);
  if (open.length === 0) return hidden === undefined ? 'No findings.\n' : `No findings.\n${hidden}\n`;
  const lines = incidentsOf(open).flatMap((incident) => [
    ...incidentLines(incident, style),
    ...incident.flatMap((finding) => [...findingLines(finding, style, width), '']),
  ]);
  if (commands.length > 0) lines.push(...commandLines(commands, style, width), '');
  if (hidden !== undefined) lines.push(hidden, '');
  return `${lines.join('\n')}`;
}

function byStrength(a: Finding, b: Finding): number {
  return LEVEL.indexOf(b.level) - LEVEL.indexOf(a.level) || a.time - b.time || (a.uid < b.uid ? -1 : 1);
}

/** Findings of one theft together, in the order of the strongest of each. @param findings strongest first */
function incidentsOf(findings: readonly Finding[]): Finding[][] {
  const incidents = new Map<string, Finding[]>();
  for (const finding of findings) {
    const known = incidents.get(finding.incident_uid);
    if (known === undefined) incidents.set(finding.incident_uid, [finding]);
    else known.push(finding);
  }
  return [...incidents.values()];
}

/** A theft of which there is but one finding needs no line of its own. */
function incidentLines(findings: readonly Finding[], style: Style): string[] {
  const [strongest] = findings;
  if (strongest === undefined || findings.length === 1) return [];
  const { level, principal, incident_uid } = strongest;
  const title = `INCIDENT ${level.toUpperCase()}`;
  return [`${style.level(level, title)}  ${findings.length} findings  ${whoInWords(principal)}  ${style.dim(clean(incident_uid))}`, ''];
}

/** Whether a finding stands: neither taken back, nor suppressed, nor closed. */
export function isOpen({ status }: Finding): boolean {
  return status === 'new' || status === 'updated';
}

function findingLines(finding: Finding, style: Style, width: number): string[] {
  const { level, score, type, principal, last_seen_time, session, rule, uid, incident_uid } = finding;
  const lines = [
    `${style.level(level, `${level.toUpperCase()} ${score}`)}  ${style.bold(clean(type))}  ${whoInWords(principal)}  ${style.dim(timeInWords(last_seen_time))}`,
  ];
  lines.push(...wrap(clean(finding.message), width - MARGIN.length).map((line) => MARGIN + line));
  const counting = countingFactors(finding.factors);
  const factors = [...finding.factors].sort(byWeight(counting));
  lines.push(
    ...labelled(
      'why',
      factors.flatMap((factor) =>
        hanging(pointsInWords(factor, counting).padStart(4), clean(factor.text), width - MARGIN.length - LABEL_WIDTH),
      ),
      style,
    ),
  );
  const known = finding.evidence.filter(({ of }) => of === undefined);
  lines.push(...labelled('before', evidenceLines(known, ['baseline'], width, style), style));
  lines.push(...labelled('now', evidenceLines(finding.evidence, ['trigger'], width, style), style));
  lines.push(...labelled('also', evidenceLines(finding.evidence, ['context'], width, style), style));
  const { owner, rule_owners = [] } = finding;
  const answering = owner === undefined ? rule_owners.join(', ') : owner;
  if (answering !== '') lines.push(...labelled('ask', wrap(clean(answering), width - MARGIN.length - LABEL_WIDTH), style));
  const names = [
    session === undefined ? undefined : `session ${session.uid}`,
    `rule ${rule.uid}`,
    `finding ${uid}`,
    `incident ${incident_uid}`,
  ];
  lines.push(
    ...wrap(clean(names.filter((name) => name !== undefined).join(', ')), width - MARGIN.length).map((line) => MARGIN + style.dim(line)),
  );
  return lines;
}

/** Within a dimension the largest counts: the others say more of the same and are put in brackets. */
function countingFactors(factors: readonly Factor[]): ReadonlySet<Factor> {
  const largest = new Map<string, Factor>();
  for (const factor of factors) {
    if (factor.points > (largest.get(factor.dimension)?.points ?? 0)) largest.set(factor.dimension, factor);
  }
  return new Set(largest.values());
}

function pointsInWords(factor: Factor, counting: ReadonlySet<Factor>): string {
  if (factor.points < 0) return String(factor.points);
  return counting.has(factor) ? `+${factor.points}` : `(${factor.points})`;
}

function byWeight(counting: ReadonlySet<Factor>): (a: Factor, b: Factor) => number {
  return (a, b) => Number(counting.has(b)) - Number(counting.has(a)) || b.points - a.points || (a.name < b.name ? -1 : 1);
}

function evidenceLines(evidence: readonly Evidence[], roles: readonly Evidence['role'][], width: number, style: Style): string[] {
  const room = width - MARGIN.length - LABEL_WIDTH;
  const all = evidence
    .filter(({ role }) => roles.includes(role))
    .sort((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role) || a.time - b.time);
  const lines = all.slice(0, EVIDENCE_SHOWN).flatMap((item) => {
    const said = [clip(evidenceInWords(item), room)];
    const client = [item.user_agent, item.device === undefined ? undefined : `device ${item.device}`]
      .filter((word) => word !== undefined)
      .join(', ');
    if (client !== '') said.push(style.dim(clip(`  ${clean(client)}`, room)));
    return said;
  });
  if (all.length > EVIDENCE_SHOWN) lines.push(style.dim(`  and ${all.length - EVIDENCE_SHOWN} more`));
  return lines;
}

function labelled(label: string, lines: readonly string[], style: Style): string[] {
  return lines.map((line, i) => MARGIN + style.dim((i === 0 ? label : '').padEnd(LABEL_WIDTH)) + line);
}

/** @param used columns that `first` takes */
function hanging(first: string, text: string, width: number, used: number = first.length): string[] {
  const indent = used + 2;
  return wrap(text, width - indent).map((line, i) => (i === 0 ? `${first}  ${line}` : ' '.repeat(indent) + line));
}

/** Commands that stand: what was withdrawn or replaced, and the withdrawals themselves, are counted only. */
function commandLines(commands: readonly RevocationCommand[], style: Style, width: number): string[] {
  const replaced = new Set(commands.map((command) => command.supersedes));
  const standing = commands.filter(({ uid, action }) => action !== 'cancel' && !replaced.has(uid));
  const modes = [...new Set(commands.map((command) => command.mode))].join(', ');
  const withdrawn = commands.filter(({ uid }) => replaced.has(uid)).length;
  const lines = [style.bold(`Commands (${modes === 'shadow' ? 'shadow: written down, not carried out' : modes})`)];
  for (const command of standing) {
    const { action, target, residual_access, follow_up, incident_uid } = command;
    lines.push(...hanging(MARGIN + style.bold(action), targetInWords(target), width, MARGIN.length + action.length));
    lines.push(...row('made', termInWords(command), style, width));
    // the vendor's own ids, as whoever carries the command out has to name them
    for (const [label, id] of [
      ['session', target.session] as const,
      ['token', target.token] as const,
      ['client', target.client_uid] as const,
    ])
      if (id !== undefined) lines.push(...row(label, clean(id), style, width));
    lines.push(...row('scope', scopeInWords(command), style, width));
    if (residual_access.length > 0) lines.push(...row('stays', residual_access.map(residualInWords), style, width));
    if (follow_up.length > 0) lines.push(...row('then', follow_up.map(clean), style, width));
    lines.push(...row('for', clean(`incident ${incident_uid}`), style, width));
  }
  if (withdrawn > 0) lines.push(MARGIN + style.dim(`${withdrawn} withdrawn or replaced`));
  return lines;
}

function row(label: string, texts: string | readonly string[], style: Style, width: number): string[] {
  const lines = [texts]
    .flat()
    .flatMap((text) => wrap(text, width - 3 * MARGIN.length - LABEL_WIDTH).map((line, i) => (i === 0 ? line : MARGIN + line)));
  return labelled(label, lines, style).map((line) => MARGIN + line);
}
