import type { Action, Finding, RespondState, RevocationCommand } from '../event/index.js';
import type { DurableRespond } from '../pipeline.js';
import { cancelling, commanding, evidenceOf, type Making } from './command.js';
import { covers, strongestFirst } from './cover.js';
import type { FindingAsNoted, Held, Incident, Seat, Want } from './incident.js';
import { Memory, type MemoryOptions } from './memory.js';
import { type Plan, planOf } from './plan.js';
import type { Reach } from './reach.js';
import { isOutlived, seenTime } from './renewal.js';
import { MAX_ATTEMPTS, mayStand } from './standing.js';

export interface RespondOptions extends MemoryOptions {
  /**
   * How long a command may be carried out after its trigger arrived, ms. One hour: a stolen session is used within minutes and
   * automation needs seconds, so an hour leaves time for an approval; later, whoever waited has signed in again, and a catch-up
   * over old records must not sign people out today.
   */
  command_lifetime_ms: number;
}

const HOUR = 3_600_000;
export const RESPOND_DEFAULTS: RespondOptions = {
  command_lifetime_ms: HOUR,
  memory_ms: 8 * 24 * HOUR,
  max_bytes: 64 * 1024 * 1024,
  keeps_changes: false,
};

/** Whose success shows in sessions: each that a finding is about has to be looked for. */
const ENDS_SESSIONS: ReadonlySet<Action> = new Set(['revoke_session', 'revoke_user_sessions', 'require_reauth']);

/** More than this nobody works through; the findings name the rest. */
const MAX_FOLLOW_UP = 64;

/**
 * respond, in shadow: findings in, the commands that they lead to out. What is open after any number of findings follows from what their
 * last revisions ask for, whatever the order within an incident: all of it, less what another open command does anyway (see `covers`).
 * A command that nobody wants any more, or whose place another takes, is cancelled or superseded, also when its time has run out: whoever
 * carried it out should know that the ground for it is gone. What was held back comes when the command that covered it is taken back.
 * New evidence that the theft goes on makes a new attempt when the command that answers it has run out (see `isOutlived`).
 * A command is sent again under the same uid (the idempotency key) only to add follow-up that later acts made necessary.
 */
export function createRespond(reach: Reach, options: Partial<RespondOptions> = {}): DurableRespond {
  const { command_lifetime_ms: lifetime_ms, ...bounds } = { ...RESPOND_DEFAULTS, ...options };
  const memory = new Memory(bounds);
  let exhausted = 0;
  /** records that were read and not yet taken up */
  const read = new Map<string, RespondState>();

  return {
    accept,
    advance: (time) => memory.advance(time),
    takeChanged: () => memory.takeChanged(),
    restore(key, record) {
      if (record === undefined) read.delete(key);
      else read.set(key, record);
    },
    restored() {
      memory.restored(read);
      read.clear();
    },
    stats: () => ({ ...memory.stats(), exhausted }),
  };

  function accept(finding: Finding): RevocationCommand[] {
    const seen_time = seenTime(finding);
    // an act that was added after the trigger did not arrive before it happened
    const time = Math.max(finding.last_seen_time + finding.lateness_ms, seen_time);
    memory.advance(time);
    const isDealtWith = finding.status === 'closed';
    const plan = isDealtWith ? undefined : planOf(finding, reach);
    const moved = new Set<Seat>();
    const incident = memory.incidentOf(finding, plan !== undefined, moved);
    const before = incident?.findings.get(finding.uid);
    if (incident === undefined || (before !== undefined && isYesterdays(before, finding, seen_time)))
      return settleAll(moved, finding, time);
    const left = before?.held;
    if (isDealtWith) {
      // changes nothing in what was asked
      memory.note(incident, finding, left);
      const want = left?.wants.get(finding.uid);
      if (want !== undefined) want.is_live = false;
      return settleAll(moved, finding, time);
    }
    const held = plan === undefined ? undefined : memory.heldFor(incident, plan);
    memory.note(incident, finding, held);
    const same = held === left ? held?.wants.get(finding.uid) : undefined;
    const isNews = (held ?? left) !== undefined && !(same?.is_live === true && isSamePlan(same.plan, plan as Plan));
    if (left !== undefined && left !== held) memory.dropWant(left, finding.uid);
    if (held !== undefined) ask(held, plan as Plan, finding, seen_time, time);
    const due = held === undefined ? undefined : renewal(held, finding, time);

    const commands: RevocationCommand[] = [];
    if (isNews || due !== undefined || moved.size > 0) {
      for (const seat of new Set([left?.seat, held?.seat, ...moved])) {
        if (seat !== undefined) commands.push(...settle(seat, finding, { time, lifetime_ms }, due));
      }
    }
    memory.shrink();
    return commands;
  }

  /** What came to a person from another key of theirs may stand for, or be covered by, what is held for them. */
  function settleAll(seats: Iterable<Seat>, finding: Finding, time: number): RevocationCommand[] {
    return [...seats].flatMap((seat) => settle(seat, finding, { time, lifetime_ms }, undefined));
  }

  function ask(held: Held, plan: Plan, finding: Finding, trigger_time: number, time: number): void {
    const { uid: finding_uid, message: reason } = finding;
    if (held.wants.size === 0) held.asked_time = time;
    if (!held.wants.has(finding_uid) && !mayStand(held)) exhausted++;
    const evidence = evidenceOf(finding);
    memory.addWant(held, { finding_uid, plan, trigger_time, reason, evidence, is_live: true });
  }

  /**
   * What is to be sent as a new attempt, since the finding saw more than the command that answers it can reach: that command when it is of
   * this incident. One of another incident ends only what was issued before, so that this one's own is due.
   */
  function renewal(held: Held, finding: Finding, time: number): Renewal | undefined {
    const { standing } = held.seat;
    standing.refresh();
    const want = held.wants.get(finding.uid) as Want;
    const answer = standing.coverOf(held, want) ?? held;
    const due = answer.incident === held.incident ? answer : held;
    const open = answer.open ?? due.open;
    if (open === undefined) {
      // comes now, if at all, and for what was seen now
      if (want.trigger_time > due.asked_time) askedAt(due, time);
      return undefined;
    }
    if (!isOutlived(open, want.trigger_time, time)) return undefined;
    if (due.attempt >= MAX_ATTEMPTS) {
      exhausted++;
      return undefined;
    }
    askedAt(due, time);
    // also of what may come in its place one day
    if (due === held) held.plan = want.plan;
    else askedAt(held, time);
    return { held: due, want };
  }

  function askedAt(held: Held, time: number): void {
    held.seat.standing.move(held, () => {
      held.asked_time = time;
    });
  }

  /** Brings what is open for one person at one vendor in line with what is asked for. */
  function settle({ standing }: Seat, finding: Finding, making: Making, due: Renewal | undefined): RevocationCommand[] {
    standing.refresh();
    const { changed, amended } = standing.takeNews();
    const closing = changed.filter((held) => held.open !== undefined && !standing.has(held)).sort(strongestFirst);
    const coming = changed.filter((held) => held.open === undefined && standing.has(held));
    if (due !== undefined && standing.has(due.held) && !coming.includes(due.held)) coming.push(due.held);
    const opening = coming.sort(strongestFirst).map((held) => ({ held, reason: standing.reasonOf(held) as Want }));
    for (const { held, reason } of opening) if (held.open === undefined) held.plan = reason.plan;

    // a command names one whose place it takes; the others are cancelled
    const replaced = new Map<Held, RevocationCommand>();
    for (const { held } of opening) {
      if (held.open !== undefined) {
        replaced.set(held, held.open);
        continue;
      }
      const one = closing.findIndex((other) => coversAll(held, other));
      if (one >= 0) replaced.set(held, close(closing.splice(one, 1)[0] as Held));
    }
    const cancelled = closing.map((held) => {
      const [first] = held.wants.values();
      return { of: close(held), cover: first === undefined ? undefined : standing.coverOf(held, first) };
    });
    const made = opening.map(({ held, reason }) => {
      const isDue = held === due?.held;
      const want = isDue ? due.want : reason;
      if (held.is_replaced && !isDue) held.returns++;
      else held.attempt++;
      held.is_replaced = false;
      const command = commanding(finding, held, want, followUp(held), replaced.get(held), making);
      memory.setOpen(held, command);
      return command;
    });
    const cancels = cancelled.map(({ of, cover }) =>
      cancelling(of, finding, cover?.open === undefined ? groundOf(finding) : inItsPlace(cover.open), making),
    );
    const added = amended.filter((held) => !coming.includes(held)).sort(strongestFirst);
    return [...cancels, ...made, ...added.flatMap(withMoreToDo)];
  }

  function close(held: Held): RevocationCommand {
    const of = held.open as RevocationCommand;
    memory.setOpen(held, undefined);
    held.is_replaced = held.wants.size > 0;
    return of;
  }

  /** The open command again, when there is more to be done after it. */
  function withMoreToDo(held: Held): RevocationCommand[] {
    const { open } = held;
    if (open === undefined) return [];
    const said = new Set(open.follow_up);
    const added = followUp(held)
      .filter((line) => !said.has(line))
      .slice(0, Math.max(0, MAX_FOLLOW_UP - said.size));
    if (added.length === 0) return [];
    const command = { ...open, follow_up: [...open.follow_up, ...added] };
    memory.setOpen(held, command);
    return [command];
  }
}

interface Renewal {
  held: Held;
  /** of the finding that brought the evidence */
  want: Want;
}

/**
 * An older revision is yesterday's news. Not so a first one that names a later act than any before it: it is told anew, of a person of whom so much had been
 * found that the finding was forgotten.
 */
function isYesterdays({ revision, held }: FindingAsNoted, finding: Finding, seen_time: number): boolean {
  if (revision < finding.revision) return false;
  if (finding.status !== 'new') return true;
  const want = held?.wants.get(finding.uid);
  return want === undefined || seen_time <= want.trigger_time;
}

/** Of two plans with one key: does the later ask for nothing that the earlier did not? */
function isSamePlan(a: Plan, b: Plan): boolean {
  return JSON.stringify([a.within, a.acts]) === JSON.stringify([b.within, b.acts]);
}

/** Does the first do what each finding asks of the second; when none does any more: what the first that did asked? */
function coversAll(wide: Held, other: Held): boolean {
  if (other.wants.size === 0) return covers(wide, other, other.plan);
  return [...other.wants.values()].every(({ plan }) => covers(wide, other, plan));
}

/** What is to be done after a command that stands: the vendor's advice, then what it was asked for and what it covers need. */
function followUp(held: Held): string[] {
  const { plan, seat } = held;
  const said = new Set(plan.row.follow_up);
  for (const other of seat.standing.under(held)) {
    for (const want of other.wants.values()) {
      if (said.size >= MAX_FOLLOW_UP) return [...said].slice(0, MAX_FOLLOW_UP);
      if ((seat.standing.coverOf(other, want) ?? other) !== held) continue;
      for (const line of want.plan.acts) said.add(line);
      const { session } = want.plan;
      if (session !== undefined && session !== plan.session && ENDS_SESSIONS.has(plan.action)) said.add(alsoEnded(session, other.incident));
    }
  }
  return [...said].slice(0, MAX_FOLLOW_UP);
}

function alsoEnded(session: string, incident: Incident): string {
  return `See that session ${session} has ended as well (incident ${incident.uid}).`;
}

/** What a person reads who was about to carry the command out. */
function groundOf({ message, suppressed }: Finding): string {
  return suppressed === undefined ? message : `Hidden by ${suppressed.by} (${suppressed.owner}): ${suppressed.reason}`;
}

function inItsPlace({ action, uid }: RevocationCommand): string {
  return `Another command does this as well: ${action} ${uid}.`;
}
