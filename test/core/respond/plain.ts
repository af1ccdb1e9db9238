import type { Action, Finding, RevocationCommand } from '../../../src/core/event/index.js';
import { cancelling, commanding, evidenceOf, type Making } from '../../../src/core/respond/command.js';
import { covers as coversHeld, strongestFirst as strongestFirstHeld } from '../../../src/core/respond/cover.js';
import type { Held as RealHeld, Want as RealWant } from '../../../src/core/respond/incident.js';
import { type Plan, planOf } from '../../../src/core/respond/plan.js';
import type { Reach } from '../../../src/core/respond/reach.js';
import { isOutlived, seenTime } from '../../../src/core/respond/renewal.js';
import { RESPOND_DEFAULTS, type RespondOptions } from '../../../src/core/respond/respond.js';

/*
 * What respond says, worked out the plain way: for each finding everything that is held for the person is looked at, twice. What the real one
 * says by looking only at what a change can reach is compared with it. Without the bound in bytes and without records. One file, so that
 * nothing of it is taken for the real one.
 */

const MAX_ATTEMPTS = 3;
const MAX_FOLLOW_UP = 64;
const ENDS_SESSIONS: ReadonlySet<Action> = new Set(['revoke_session', 'revoke_user_sessions', 'require_reauth']);

type Want = Omit<RealWant, 'bytes'> & { covered_by: Held | undefined };
interface Seat {
  key: string;
  held: Set<Held>;
}
interface Incident {
  key: string;
  uid: string;
  touched: number;
  findings: Map<string, { revision: number; held: Held | undefined }>;
  held: Map<string, Held>;
}
type Held = Omit<RealHeld, 'incident' | 'seat' | 'wants' | 'bytes'> & { incident: Incident; seat: Seat; wants: Map<string, Want> };

const covers = (wide: Held, other: Held, plan: Plan) => coversHeld(wide as unknown as RealHeld, other as unknown as RealHeld, plan);
const strongestFirst = (a: Held, b: Held) => strongestFirstHeld(a as unknown as RealHeld, b as unknown as RealHeld);

class Memory {
  private readonly incidents = new Map<string, Incident>();
  private readonly seats = new Map<string, Seat>();
  private serial = 0;
  private clock = 0;

  constructor(private readonly memory_ms: number) {}

  get open(): number {
    return [...this.incidents.values()].flatMap(({ held }) => [...held.values()]).filter(({ open }) => open !== undefined).length;
  }

  advance(time: number): void {
    this.clock = Math.max(this.clock, time);
    for (const incident of this.incidents.values()) {
      if (incident.touched >= this.clock - this.memory_ms) return;
      this.forget(incident);
    }
  }

  incidentOf(finding: Finding, create: boolean): Incident | undefined {
    const key = JSON.stringify([finding.tenant, finding.principal.key, finding.incident_uid]);
    const made: Incident = { key, uid: finding.incident_uid, touched: 0, findings: new Map(), held: new Map() };
    const incident = this.incidents.get(key) ?? (create ? made : undefined);
    if (incident === undefined) return undefined;
    incident.touched = this.clock;
    this.incidents.delete(key);
    this.incidents.set(key, incident);
    return incident;
  }

  note(incident: Incident, { uid, revision }: Finding, held: Held | undefined): void {
    incident.findings.set(uid, { revision, held });
  }

  heldFor(incident: Incident, finding: Finding, plan: Plan): Held {
    const known = incident.held.get(plan.key);
    if (known !== undefined) return known;
    const key = JSON.stringify([finding.tenant, finding.principal.key, plan.target.vendor, plan.target.account]);
    const seat = this.seats.get(key) ?? { key, held: new Set() };
    this.seats.set(key, seat);
    const serial = this.serial++;
    const rest = { asked_time: 0, attempt: 0, returns: 0, is_replaced: false, open: undefined };
    const held: Held = { incident, seat, plan, serial, wants: new Map(), ...rest };
    incident.held.set(plan.key, held);
    seat.held.add(held);
    return held;
  }

  addWant(held: Held, want: Want): void {
    held.wants.delete(want.finding_uid);
    held.wants.set(want.finding_uid, want);
  }

  dropWant(held: Held, finding_uid: string): void {
    held.wants.delete(finding_uid);
  }

  setOpen(held: Held, command: RevocationCommand | undefined): void {
    held.open = command;
  }

  private forget(incident: Incident): void {
    for (const held of incident.held.values()) {
      held.seat.held.delete(held);
      if (held.seat.held.size === 0) this.seats.delete(held.seat.key);
      for (const other of held.seat.held) {
        for (const want of other.wants.values()) {
          if (want.covered_by !== held) continue;
          want.covered_by = undefined;
          want.is_live = false;
        }
      }
    }
    this.incidents.delete(incident.key);
  }
}

export interface PlainRespond {
  accept(finding: Finding): RevocationCommand[];
  advance(time: number): void;
  stats(): { open: number; exhausted: number };
}

export function createPlainRespond(reach: Reach, options: Partial<RespondOptions> = {}): PlainRespond {
  const { command_lifetime_ms: lifetime_ms, memory_ms } = { ...RESPOND_DEFAULTS, ...options };
  const memory = new Memory(memory_ms);
  let exhausted = 0;

  return { accept, advance: (time) => memory.advance(time), stats: () => ({ open: memory.open, exhausted }) };

  function accept(finding: Finding): RevocationCommand[] {
    const seen_time = seenTime(finding);
    // an act that was added after the trigger did not arrive before it happened
    const time = Math.max(finding.last_seen_time + finding.lateness_ms, seen_time);
    memory.advance(time);
    const isDealtWith = finding.status === 'closed';
    const plan = isDealtWith ? undefined : planOf(finding, reach);
    const incident = memory.incidentOf(finding, plan !== undefined);
    const before = incident?.findings.get(finding.uid);
    // an older revision is yesterday's news
    if (incident === undefined || (before !== undefined && before.revision >= finding.revision)) return [];
    const left = before?.held;
    if (isDealtWith) {
      // changes nothing in what was asked
      memory.note(incident, finding, left);
      const want = left?.wants.get(finding.uid);
      if (want !== undefined) want.is_live = false;
      return [];
    }
    const held = plan === undefined ? undefined : memory.heldFor(incident, finding, plan);
    memory.note(incident, finding, held);
    const same = held === left ? held?.wants.get(finding.uid) : undefined;
    const isNews = (held ?? left) !== undefined && !(same?.is_live === true && isSamePlan(same.plan, plan as Plan));
    if (left !== undefined && left !== held) memory.dropWant(left, finding.uid);
    if (held !== undefined) ask(held, plan as Plan, finding, seen_time, time);
    const due = held === undefined ? undefined : renewal(held, finding, time);

    const commands: RevocationCommand[] = [];
    if (isNews || due !== undefined) {
      for (const seat of new Set([left?.seat, held?.seat])) {
        if (seat !== undefined) commands.push(...settle(seat, finding, { time, lifetime_ms }, due));
      }
    }
    return commands;
  }

  function ask(held: Held, plan: Plan, finding: Finding, trigger_time: number, time: number): void {
    const { uid: finding_uid, message: reason } = finding;
    if (held.wants.size === 0) held.asked_time = time;
    if (!held.wants.has(finding_uid) && !mayStand(held)) exhausted++;
    const evidence = evidenceOf(finding);
    memory.addWant(held, { finding_uid, plan, trigger_time, reason, evidence, is_live: true, covered_by: undefined });
  }

  /**
   * What is to be sent as a new attempt, since the finding saw more than the command that answers it can reach: that command when it is of
   * this incident. One of another incident ends only what was issued before, so that this one's own is due.
   */
  function renewal(held: Held, finding: Finding, time: number): Renewal | undefined {
    whatStands(held.seat);
    const want = held.wants.get(finding.uid) as Want;
    const answer = want.covered_by ?? held;
    const due = answer.incident === held.incident ? answer : held;
    const open = answer.open ?? due.open;
    if (open === undefined) {
      // comes now, if at all, and for what was seen now
      if (want.trigger_time > due.asked_time) due.asked_time = time;
      return undefined;
    }
    if (!isOutlived(open, want.trigger_time, time)) return undefined;
    if (due.attempt >= MAX_ATTEMPTS) {
      exhausted++;
      return undefined;
    }
    due.asked_time = time;
    // also of what may come in its place one day
    held.asked_time = time;
    if (due === held) held.plan = want.plan;
    return { held: due, want };
  }

  /** Brings what is open for one person at one vendor in line with what is asked for. */
  function settle(seat: Seat, finding: Finding, making: Making, due: Renewal | undefined): RevocationCommand[] {
    const { standing, reasons } = whatStands(seat);
    const closing = [...seat.held].filter((held) => held.open !== undefined && !standing.has(held)).sort(strongestFirst);
    const opening = [...standing].filter((held) => held.open === undefined || held === due?.held);
    const follow_up = followUp(seat, standing);

    // a command names one whose place it takes; the others are cancelled
    const replaced = new Map<Held, RevocationCommand>();
    for (const held of opening) {
      if (held.open !== undefined) {
        replaced.set(held, held.open);
        continue;
      }
      const one = closing.findIndex((other) => coversAll(held, other));
      if (one >= 0) replaced.set(held, close(closing.splice(one, 1)[0] as Held));
    }
    const cancelled = closing.map((held) => ({ of: close(held), cover: [...held.wants.values()][0]?.covered_by }));
    const made = opening.map((held) => {
      const isDue = held === due?.held;
      const want = isDue ? due.want : (reasons.get(held) as Want);
      if (held.is_replaced && !isDue) held.returns++;
      else held.attempt++;
      held.is_replaced = false;
      const command = commanding(
        finding,
        held as unknown as RealHeld,
        want as unknown as RealWant,
        follow_up.get(held) ?? [],
        replaced.get(held),
        making,
      );
      memory.setOpen(held, command);
      return command;
    });
    const cancels = cancelled.map(({ of, cover }) =>
      cancelling(of, finding, cover?.open === undefined ? groundOf(finding) : inItsPlace(cover.open), making),
    );
    return [...cancels, ...made, ...amended(standing, new Set(opening), follow_up)];
  }

  function close(held: Held): RevocationCommand {
    const of = held.open as RevocationCommand;
    memory.setOpen(held, undefined);
    held.is_replaced = held.wants.size > 0;
    return of;
  }

  function amended(standing: Standing, opening: ReadonlySet<Held>, follow_up: ReadonlyMap<Held, string[]>): RevocationCommand[] {
    const commands: RevocationCommand[] = [];
    for (const held of standing) {
      if (opening.has(held) || held.open === undefined) continue;
      const said = new Set(held.open.follow_up);
      const added = (follow_up.get(held) ?? []).filter((line) => !said.has(line)).slice(0, Math.max(0, MAX_FOLLOW_UP - said.size));
      if (added.length === 0) continue;
      const command = { ...held.open, follow_up: [...held.open.follow_up, ...added] };
      memory.setOpen(held, command);
      commands.push(command);
    }
    return commands;
  }
}

interface Renewal {
  held: Held;
  /** of the finding that brought the evidence */
  want: Want;
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

/** What is to be done after each command that stands: the vendor's advice, then what it was asked for and what it covers need. */
function followUp(seat: Seat, standing: Standing): Map<Held, string[]> {
  const lines = new Map<Held, Set<string>>();
  for (const held of standing) lines.set(held, new Set(held.plan.row.follow_up));
  for (const held of seat.held) {
    for (const { plan, covered_by } of held.wants.values()) {
      const by = covered_by ?? held;
      const said = lines.get(by);
      if (said === undefined || said.size >= MAX_FOLLOW_UP) continue;
      for (const line of plan.acts) said.add(line);
      if (plan.session !== undefined && plan.session !== by.plan.session && ENDS_SESSIONS.has(by.plan.action)) {
        said.add(alsoEnded(plan.session, held.incident));
      }
    }
  }
  return new Map([...lines].map(([held, said]) => [held, [...said].slice(0, MAX_FOLLOW_UP)]));
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

/** Three times it was sent, and then withdrawn: no more. */
function mayStand(held: Held): boolean {
  return held.open !== undefined || held.is_replaced || held.attempt < MAX_ATTEMPTS;
}

/** The strongest first, each unless what it was asked for is done by those before it; and the finding that each is needed for. */
function whatStands(seat: Seat): { standing: Standing; reasons: Map<Held, Want> } {
  const standing = new Standing();
  const reasons = new Map<Held, Want>();
  const asked = [...seat.held].filter((held) => held.wants.size > 0 && mayStand(held)).sort(strongestFirst);
  for (const held of asked) {
    let reason: Want | undefined;
    for (const want of held.wants.values()) {
      want.covered_by = standing.coverOf(held, want.plan);
      if (want.covered_by === undefined && (want.is_live || held.open !== undefined)) reason ??= want;
    }
    if (reason === undefined) continue;
    reasons.set(held, reason);
    if (held.open === undefined) held.plan = reason.plan;
    standing.add(held);
  }
  return { standing, reasons };
}

class Standing {
  private readonly all = new Set<Held>();
  private readonly wide: Held[] = [];
  private readonly byPart = new Map<string, Held[]>();

  add(held: Held): void {
    this.all.add(held);
    const { part } = held.plan;
    const list = part === undefined ? this.wide : this.byPart.get(part);
    if (list === undefined) this.byPart.set(part as string, [held]);
    else list.push(held);
  }

  has(held: Held): boolean {
    return this.all.has(held);
  }

  /** The strongest that reaches the whole person, else the strongest that reaches just this. */
  coverOf(held: Held, plan: Plan): Held | undefined {
    const wide = this.wide.find((one) => covers(one, held, plan));
    if (wide !== undefined) return wide;
    for (const part of plan.within) {
      const narrow = this.byPart.get(part)?.find((one) => covers(one, held, plan));
      if (narrow !== undefined) return narrow;
    }
    return undefined;
  }

  [Symbol.iterator](): Iterator<Held> {
    return this.all.values();
  }
}
