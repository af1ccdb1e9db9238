import type { Evidence, Finding } from '../event/index.js';
import type { EvidenceSource } from './judgement.js';

/** An event that alone would have made a finding, and what it was compared with. */
export interface Side {
  trigger: EvidenceSource;
  baseline: readonly EvidenceSource[];
  /** what else its judgement rests on, as far as that is hidden otherwise than the event itself */
  context: readonly EvidenceSource[];
}

/** Of what a judgement rests on one of each end that is not the event's own: only by these it may be hidden otherwise than by the event. */
export function endsBeside(context: readonly EvidenceSource[], trigger: EvidenceSource): readonly EvidenceSource[] {
  if (context.length === 0) return context;
  const ends = new Set([endOf(trigger)]);
  return context.filter((source) => {
    const end = endOf(source);
    if (ends.has(end)) return false;
    ends.add(end);
    return true;
  });
}

/**
 * A finding is told by its strongest event, the first of equals. Whoever hides findings by place has to see the others too, or a stranger is
 * hidden behind a use that is explained: of each address and app, and of each past that it was compared with, a finding names one more event.
 * It names so many; of one that names them all nobody can say that there were no more.
 */
export const OTHERS_MAX = 8;
/** And so many ends that they rest on, of all of them together. */
export const RESTS_MAX = 8;

/**
 * Notes an event beside the strongest: one of its kind is enough, with all that those of its kind rest on, and one more than are named, since one of
 * them may become the strongest.
 */
export function noteOther(others: Side[], side: Side, strongest: Side): void {
  // of so many nobody can say that there were no others, whatever these rest on
  if (others.length > OTHERS_MAX) return;
  const key = keyOf(side);
  if (key === keyOf(strongest) && beyond(side.context, strongest.context).length === 0) return;
  const at = others.findIndex((other) => keyOf(other) === key);
  if (at < 0) {
    others.push(side);
    return;
  }
  const known = others[at]!;
  const more = known.context.length > RESTS_MAX ? [] : beyond(side.context, known.context);
  if (more.length > 0) others[at] = { ...known, context: [...known.context, ...more] };
}

/** Those of other ends than are known. */
export function beyond(context: readonly EvidenceSource[], known: readonly EvidenceSource[]): readonly EvidenceSource[] {
  if (context.length === 0) return context;
  const ends = new Set(known.map(endOf));
  return context.filter((source) => !ends.has(endOf(source)));
}

/** What of an event decides whether it lies in a place or came through an app. */
export function endOf({ endpoint, client_uid }: Pick<EvidenceSource, 'endpoint' | 'client_uid'>): string {
  return JSON.stringify([endpoint?.ip, endpoint?.asn, endpoint?.as_org, endpoint?.as_class, endpoint?.country, client_uid]);
}

/**
 * Two events of one key are hidden alike, as far as what they rest on is. What ended a session has no place of its own; and the app of what was known
 * counts only where there are two uses of which one may be the stranger's.
 */
export function keyOf({ trigger, baseline }: Omit<Side, 'context'>): string {
  const uses = baseline.filter(({ endpoint }) => endpoint !== undefined);
  const past = uses.length < 2 ? uses.map(({ endpoint }) => ({ endpoint, client_uid: undefined })) : uses;
  return [trigger, ...past].map(endOf).join();
}

/** One of the events of a finding that alone would have made it, as the evidence has it. */
export interface NamedSide {
  trigger: Evidence;
  baseline: Evidence[];
  /** what else its judgement rests on; of all but the finding's trigger only what lies elsewhere than the event */
  context: Evidence[];
}

/** The events of a finding that alone would have made it, its trigger first. */
export function sidesOf({ evidence }: Pick<Finding, 'evidence'>): NamedSide[] {
  const own = evidence.find(({ role }) => role === 'trigger');
  const others = evidence.filter(({ role, of, event_uid }) => role === 'context' && of === event_uid);
  const sideOf = (trigger: Evidence, of: string | undefined): NamedSide => ({
    trigger,
    baseline: evidence.filter((item) => item.role === 'baseline' && item.of === of),
    context: evidence.filter((item) => item.role === 'context' && item.of === trigger.event_uid && item.event_uid !== item.of),
  });
  return [...(own === undefined ? [] : [sideOf(own, undefined)]), ...others.map((trigger) => sideOf(trigger, trigger.event_uid))];
}

/** The same as they were noted, the trigger last: beside another one they go on in this order. */
export function othersOf(finding: Finding): Side[] {
  const [own, ...others] = sidesOf(finding).map(sourcesOf);
  return own === undefined ? others : [...others, own];
}

function sourcesOf({ trigger, baseline, context }: NamedSide): Side {
  const source = sourceOf(trigger);
  return { trigger: source, baseline: baseline.map(sourceOf), context: endsBeside(context.map(sourceOf), source) };
}

/** Does a finding name as many of such events, or of what they rest on, as it can? Then nobody can say that there were no others. */
export function namesTheMost(sides: readonly NamedSide[]): boolean {
  return sides.length > OTHERS_MAX || restsOf(sides.map(sourcesOf)) > RESTS_MAX;
}

function restsOf(sides: Iterable<Side>): number {
  let count = 0;
  for (const { context } of sides) count += context.length;
  return count;
}

/**
 * The finding with more of such events in its evidence, and of what they rest on; the same object when it names their kind already, or as many as it
 * can. One that is named and was judged again is told as it was judged last.
 */
export function withOthers(finding: Finding, others: readonly Side[]): Finding {
  if (others.length === 0) return finding;
  const own = finding.trigger_event_uid;
  const named = new Map<string, Side>();
  for (const side of sidesOf(finding).map(sourcesOf)) named.set(keyOf(side), side);
  let { evidence } = finding;
  for (const side of others) {
    const { trigger, baseline, context } = side;
    // its own trigger it names with all that it rests on
    if (trigger.uid === own) continue;
    const key = keyOf(side);
    for (const [other, before] of named) {
      if (other === key || before.trigger.uid !== trigger.uid) continue;
      named.delete(other);
      evidence = evidence.filter(({ of }) => of !== trigger.uid);
    }
    const known = named.get(key);
    if (known === undefined && named.size > OTHERS_MAX) continue;
    const more = restsOf(named.values()) > RESTS_MAX ? [] : beyond(context, known?.context ?? []);
    if (known !== undefined && more.length === 0) continue;
    const { uid } = (known ?? side).trigger;
    named.set(key, { ...(known ?? side), context: [...(known?.context ?? []), ...more] });
    const rests = more.map((source) => evidenceFrom(source, 'context', uid));
    const theirs =
      known === undefined
        ? [...baseline.map((source) => evidenceFrom(source, 'baseline', uid)), evidenceFrom(trigger, 'context', uid)]
        : [];
    evidence = [...evidence, ...theirs, ...rests];
  }
  return evidence === finding.evidence ? finding : { ...finding, evidence: inOrder(evidence) };
}

/**
 * Does a finding show whoever hides findings by place or app what it would show when judged anew? What the judgement of its trigger rests on may
 * have left memory since: it is not missed.
 */
export function showsAll(finding: Finding, anew: Finding): boolean {
  const sidesBy = (of: Finding) => new Map(othersOf(of).map((side) => [keyOf(side), side]));
  const [shown, wanted] = [sidesBy(finding), sidesBy(anew)];
  const own = sidesOf(finding)[0]?.trigger.event_uid;
  const shows = (known: Side, { context }: Side) =>
    beyond(context, known.context).length === 0 && (known.trigger.uid === own || beyond(known.context, context).length === 0);
  return shown.size === wanted.size && [...wanted].every(([key, side]) => shown.has(key) && shows(shown.get(key)!, side));
}

const ROLES: readonly Evidence['role'][] = ['baseline', 'context', 'trigger'];

/** What it is compared with, what else belongs to the picture in order of time, and the trigger; each with what belongs to it. */
export function inOrder(evidence: readonly Evidence[]): Evidence[] {
  const order = (a = '', b = '') => (a === b ? 0 : a < b ? -1 : 1);
  const byTime = (a: Evidence, b: Evidence) => a.time - b.time || order(a.event_uid, b.event_uid) || order(a.of, b.of);
  return ROLES.flatMap((role) => {
    const some = evidence.filter((item) => item.role === role);
    return role === 'context' ? some.sort(byTime) : some;
  });
}

export function evidenceFrom(source: EvidenceSource, role: Evidence['role'], of?: string): Evidence {
  return {
    event_uid: source.uid,
    role,
    time: source.time,
    vendor: source.vendor,
    action: source.action,
    src_endpoint: source.endpoint,
    user_agent: source.user_agent,
    device: source.device,
    client_uid: source.client_uid,
    of,
  };
}

export function sourceOf({ event_uid, time, vendor, action, src_endpoint, user_agent, device, client_uid }: Evidence): EvidenceSource {
  return { uid: event_uid, time, vendor, action, endpoint: src_endpoint, user_agent, device, client_uid };
}
