import { formatDuration } from '../config/duration.js';
import type { Answer, Before, Explanation } from '../core/detect/explain.js';
import type { Confidence } from '../core/event/index.js';
import { createStyle, type Style } from './style.js';
import { clean } from './text.js';
import { placeInWords, timeInWords } from './words.js';

const MARGIN = '  ';
/** Fingerprints of a session that are listed; more would be read by nobody. */
const PRINTS_SHOWN = 8;

/**
 * One event with what was known before it and what every rule makes of it, for people: first the rules that hold something against it, then those
 * that are silent, together when they give the same reason. What it was compared with stands there when there is something to hold against it.
 * Ends with an empty line.
 * @param isLong everything: each silent rule stands alone
 */
export function renderExplanation(explanation: Explanation, hasColor: boolean, isLong = false): string {
  const { event, before, answers, is_suspected, findings } = explanation;
  const style = createStyle(hasColor);
  const { source, action, activity, status, uid, subject_role } = event;
  const late = event.arrival_time - event.time;
  const lines = [
    `${style.bold(timeInWords(event.time))}  ${style.bold(activity)}${status === 'success' ? '' : ` (${status})`}  ${clean(`${source.vendor}/${source.account} ${source.product}: ${action}`)}${subject_role === 'target' ? '  done to them' : ''}`,
    MARGIN + style.dim(clean(`${uid}${late > 0 ? `, arrived ${formatDuration(late)} later` : ''}`)),
    `${MARGIN}from    ${placeInWords(event.src_endpoint)}${clean(clientOf(explanation))}`,
    ...machineLines(explanation),
    ...beforeLines(before, event.time, style, isLong || isEventful(explanation)),
  ];
  if (answers.length === 0) lines.push(`${MARGIN}rules   none was asked: the event is no part of what sessions and habits are told by`);
  for (const answer of answers) if (isLong || answer.judgement !== undefined) lines.push(...answerLines(answer, style));
  if (!isLong) lines.push(...silentLines(answers));
  if (is_suspected === true) lines.push(`${MARGIN}habits  nothing is learned: it is held for a stranger's`);
  for (const { status: said, type, level, score, message, uid: finding, revision } of findings) {
    lines.push(
      `${MARGIN}said    ${style.level(level, `${level.toUpperCase()} ${score}`)}  ${clean(type)} (${said}, revision ${revision} of ${finding}): ${clean(message)}`,
    );
  }
  return `${lines.join('\n')}\n\n`;
}

/** Does any rule hold something against it, or was something said? */
function isEventful({ answers, findings }: Explanation): boolean {
  return findings.length > 0 || answers.some(({ judgement }) => judgement !== undefined);
}

/**
 * A vendor calls a bot human that has an account like everybody's. Held to one human's body it is found all the time, and who reads that should know what
 * to say of it.
 */
function machineLines(explanation: Explanation): string[] {
  const { event } = explanation;
  const { principal, user_agent, src_endpoint, source } = event;
  const isLikeOne = user_agent?.kind === 'library' || (user_agent?.kind !== 'browser' && src_endpoint?.as_class === 'hosting');
  if (principal.type !== 'human' || !isLikeOne || !isEventful(explanation)) return [];
  const alias = principal.key.slice(principal.key.indexOf('/') + 1);
  return [
    `${MARGIN}who     ${clean(`a human, as ${source.vendor} has it; if ${alias} is a machine's account alone: tier service in the file of identities (docs/identities.md)`)}`,
  ];
}

/** How surely the id of a session is one. */
const SURENESS: Readonly<Record<Confidence, string>> = {
  high: '',
  medium: ' (medium confidence)',
  low: ' (low confidence)',
  surrogate: ' (put together, no id of the vendor`s)',
};

function clientOf({ event: { user_agent, session, device, client } }: Explanation): string {
  const words = [
    user_agent === undefined ? 'no user agent' : user_agent.original,
    session === undefined ? 'no session' : `session ${session.uid}${SURENESS[session.confidence]}`,
    device?.uid === undefined ? undefined : `device ${device.uid} (${device.evidence})`,
    client === undefined ? undefined : `client ${client.name ?? client.uid}`,
  ];
  return `, ${words.filter((word) => word !== undefined).join(', ')}`;
}

/** @param isWhole with everything that it may be compared with */
function beforeLines(before: Before | undefined, time: number, style: Style, isWhole: boolean): string[] {
  if (before === undefined) return [`${MARGIN}before  nobody had heard of them`];
  const { sessions, prints, habits, known_since, sign_ins, marks } = before;
  const since =
    known_since === undefined ? 'nothing is learned of them yet' : `learned of for ${formatDuration(Math.max(0, time - known_since))}`;
  const lines = [
    `${MARGIN}before  ${sessions} ${sessions === 1 ? 'session' : 'sessions'}, ${since}, ${sign_ins} sign-ins count for habits`,
  ];
  if (!isWhole) return lines;
  for (const { name, uses, is_suspect } of prints.slice(0, PRINTS_SHOWN)) {
    lines.push(
      `${MARGIN}        known in this session: ${clean(name)}, ${uses} ${uses === 1 ? 'use' : 'uses'}${is_suspect ? ", held for a stranger's" : ''}`,
    );
  }
  if (prints.length > PRINTS_SHOWN) lines.push(`${MARGIN}        and ${prints.length - PRINTS_SHOWN} more`);
  const used = Object.entries(habits).map(([kind, values]) => `${kind} ${values.map(clean).join(' ')}`);
  if (used.length > 0) lines.push(`${MARGIN}        used to: ${used.join('; ')}`);
  for (const { kind, time: at, action } of marks) lines.push(style.dim(`${MARGIN}        ${kind} at ${timeInWords(at)}: ${clean(action)}`));
  return lines;
}

/** Rules that are silent for one reason, on one line; the reason of most rules last, since it says the least of each. */
function silentLines(answers: readonly Answer[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { rule, judgement, silence = '' } of answers) {
    if (judgement !== undefined) continue;
    const rules = byReason.get(silence);
    if (rules === undefined) byReason.set(silence, [rule]);
    else rules.push(rule);
  }
  const groups = [...byReason].sort(([, a], [, b]) => a.length - b.length || (a[0]! < b[0]! ? -1 : 1));
  return groups.map(([reason, rules]) => `${MARGIN}silent  ${clean(reason)}: ${rules.join(', ')}`);
}

function answerLines({ rule, score, report_from, level, judgement, silence }: Answer, style: Style): string[] {
  const is = judgement === undefined ? 'silent' : score >= report_from ? style.level(level, level) : 'below';
  const head = `${MARGIN}rule    ${rule}  ${score} of ${report_from}  ${is}`;
  if (judgement === undefined) return [`${head}: ${clean(silence ?? '')}`];
  return [
    head,
    ...judgement.factors.map(
      ({ name, dimension, points, text }) =>
        `${MARGIN}        ${String(points > 0 ? `+${points}` : points).padStart(4)}  ${name} (${dimension}): ${clean(text)}`,
    ),
  ];
}
