import type { Finding, RespondIncident, RespondState, RevocationCommand } from '../event/index.js';
import type { RespondChange, RespondStats } from '../pipeline.js';
import { type Held, type Incident, keyOf, partsOf, type Seat, type Want } from './incident.js';
import { type Plan, withPrincipal } from './plan.js';
import { CLOCK_KEY, IncidentReader, stateOfClock, stateOfIncident } from './record.js';
import { Standing } from './standing.js';

export interface MemoryOptions {
  /** How long an incident is remembered after its last finding, ms. A day more than the idle life of a session. */
  memory_ms: number;
  /** What all incidents may take, bytes by our own estimate (see `bytesOf`). About 12,000 incidents of one command each. */
  max_bytes: number;
  /** Whether `takeChanged` is asked after what was accepted; whoever does not ask keeps no list of it. */
  keeps_changes: boolean;
}

/** What the memory knows of the step's figures. */
export type MemoryStats = Omit<RespondStats, 'exhausted'>;

/** A shrinking goes this far below the bound, so that it is rare: each looks through everything. */
const SHRINK_TO = 0.9;
/** Measured on a heap: maps, their entries and the objects of an incident, a finding and what it asks for with a seat of its own. */
const INCIDENT_BYTES = 800;
const FINDING_BYTES = 200;
const HELD_BYTES = 1_800;

/** What respond remembers of incidents, bounded in time and bytes. */
export class Memory {
  /** least recently touched first */
  private readonly incidents = new Map<string, Incident>();
  private readonly seats = new Map<string, Seat>();
  /** key of each incident by its tenant and uid alone */
  private readonly keys = new Map<string, string>();
  /** since they were last taken, by key: undefined when it was forgotten */
  private changed = new Map<string, Incident | undefined>();
  /** the clock's record as it was last taken or read */
  private written = { time: 0, serial: 0 };
  private serial = 0;
  private bytes = 0;
  private open = 0;
  private expired = 0;
  private evicted = 0;
  private evicted_open = 0;
  /** the latest arrival, ms */
  private clock = 0;

  constructor(private readonly options: MemoryOptions) {}

  /** Time passes. @param time arrival, ms */
  advance(time: number): void {
    if (time > this.clock) this.clock = time;
    for (const incident of this.incidents.values()) {
      if (incident.touched >= this.clock - this.options.memory_ms) return;
      this.forget(incident);
      this.expired++;
    }
  }

  /**
   * The finding's incident, which was touched now; undefined when it is not known and none is to be made. An incident is one principal's: when a
   * finding of it comes under another key, that is the same person, and all that is held for them goes along.
   * @param moved grows by the seats that something came to
   */
  incidentOf(finding: Finding, create: boolean, moved: Set<Seat>): Incident | undefined {
    const { tenant, incident_uid, principal } = finding;
    const key = keyOf(tenant, principal.key, incident_uid);
    if (!this.incidents.has(key)) this.follow(tenant, incident_uid, principal.key, moved);
    const incident = this.incidents.get(key) ?? (create ? this.newIncident(key) : undefined);
    if (incident === undefined) return undefined;
    this.keys.set(nameOf(tenant, incident_uid), key);
    incident.touched = this.clock;
    incident.serial = this.serial++;
    this.incidents.delete(key);
    this.incidents.set(key, incident);
    this.mark(incident);
    return incident;
  }

  /** Hands all of a person's incidents over to another key of theirs, when one of them is known under another. What is open stays so, under its uid. */
  private follow(tenant: string, incident_uid: string, principal_key: string, moved: Set<Seat>): void {
    const before = this.keys.get(nameOf(tenant, incident_uid));
    if (before === undefined || !this.incidents.has(before)) return;
    const [, left] = partsOf(before);
    const theirs = [...this.incidents.values()].filter(({ key }) => {
      const [of, principal] = partsOf(key);
      return of === tenant && principal === left;
    });
    const reader = new IncidentReader();
    const read = theirs.map((incident) => rekeyed(stateOfIncident(incident).incident!, principal_key));
    for (const incident of theirs) this.leave(incident);
    for (const one of read) {
      const key = keyOf(tenant, principal_key, one.uid);
      this.takeUp(key, one, reader);
      const incident = this.incidents.get(key)!;
      this.keys.set(nameOf(tenant, one.uid), key);
      this.mark(incident);
      for (const { seat } of incident.held.values()) moved.add(seat);
    }
    // the least recently touched stays first
    const ordered = [...this.incidents].sort(([, a], [, b]) => a.serial - b.serial);
    this.incidents.clear();
    for (const [key, incident] of ordered) this.incidents.set(key, incident);
  }

  /** It goes elsewhere with all that it stands for. */
  private leave(incident: Incident): void {
    for (const held of incident.held.values()) {
      const { seat } = held;
      this.setOpen(held, undefined);
      seat.standing.forget(held);
      seat.held.delete(held);
      if (seat.held.size === 0) this.seats.delete(seat.key);
    }
    this.drop(incident);
  }

  private drop(incident: Incident): void {
    this.incidents.delete(incident.key);
    const [tenant, , uid] = partsOf(incident.key);
    if (this.keys.get(nameOf(tenant, uid)) === incident.key) this.keys.delete(nameOf(tenant, uid));
    this.bytes -= incident.bytes;
    if (this.options.keeps_changes) this.changed.set(incident.key, undefined);
  }

  /** Notes the finding's revision and where what it wants is. */
  note(incident: Incident, { uid, revision }: Pick<Finding, 'uid' | 'revision'>, held: Held | undefined): void {
    const known = incident.findings.get(uid);
    if (known === undefined) {
      incident.findings.set(uid, { revision, held });
      this.grow(incident, FINDING_BYTES + bytesOf(uid));
    } else {
      known.revision = revision;
      known.held = held;
    }
  }

  /** What this plan asks for, made when nobody asked for it yet. */
  heldFor(incident: Incident, plan: Plan): Held {
    const known = incident.held.get(plan.key);
    if (known !== undefined) return known;
    const seat = this.seatOf(incident, plan);
    const held: Held = {
      incident,
      seat,
      plan,
      asked_time: 0,
      serial: this.serial++,
      wants: new Map(),
      attempt: 0,
      returns: 0,
      is_replaced: false,
      open: undefined,
      bytes: 0,
    };
    incident.held.set(plan.key, held);
    seat.held.add(held);
    this.grow(incident, HELD_BYTES + bytesOf(plan.key));
    return held;
  }

  addWant(held: Held, want: Omit<Want, 'bytes'>): void {
    const bytes = bytesOf([want.reason, want.evidence, want.plan.target, want.plan.acts, want.plan.key]);
    this.dropWant(held, want.finding_uid);
    held.wants.set(want.finding_uid, { ...want, bytes });
    held.seat.standing.addAsker(held, want.plan);
    this.grow(held.incident, bytes);
  }

  dropWant(held: Held, finding_uid: string): void {
    const want = held.wants.get(finding_uid);
    if (want === undefined) return;
    held.wants.delete(finding_uid);
    held.seat.standing.dropAsker(held, want.plan);
    this.grow(held.incident, -want.bytes);
  }

  /** What is open for it from now on. */
  setOpen(held: Held, command: RevocationCommand | undefined): void {
    this.open += Number(command !== undefined) - Number(held.open !== undefined);
    // what a vendor's row says is shared by all
    const bytes = command === undefined ? 0 : bytesOf({ ...command, residual_access: [] });
    this.grow(held.incident, bytes - held.bytes);
    held.open = command;
    held.bytes = bytes;
    this.mark(held.incident);
  }

  /** Makes room when there is too much: first incidents with nothing open, then those whose commands have expired, oldest first. */
  shrink(): void {
    if (this.bytes <= this.options.max_bytes) return;
    const enough = this.options.max_bytes * SHRINK_TO;
    for (const isNext of [
      (incident: Incident) => openOf(incident).length === 0,
      (incident: Incident) => openOf(incident).every(({ expires_time }) => expires_time < this.clock),
      () => true,
    ]) {
      for (const incident of this.incidents.values()) {
        if (this.bytes <= enough) return;
        if (!isNext(incident)) continue;
        this.evicted_open += openOf(incident).filter(({ expires_time }) => expires_time >= this.clock).length;
        this.evicted++;
        this.forget(incident);
      }
    }
  }

  /** What changed since it was last asked for. Records are made now: what comes later changes none of them. */
  takeChanged(): RespondChange[] {
    const changes: RespondChange[] = [];
    for (const [key, incident] of this.changed) {
      changes.push({ key, record: incident === undefined ? undefined : stateOfIncident(incident) });
    }
    this.changed.clear();
    const { clock: time, serial } = this;
    if (time !== this.written.time || serial !== this.written.serial) changes.push({ key: CLOCK_KEY, record: stateOfClock(time, serial) });
    this.written = { time, serial };
    return changes;
  }

  /**
   * Takes up what was written, by key; only what nothing was told yet can.
   * @throws when something is remembered already
   */
  restored(records: ReadonlyMap<string, RespondState>): void {
    if (this.incidents.size > 0 || this.serial > 0) throw new Error('only an empty memory can take up what was written');
    const incidents = [...records].flatMap(([key, { incident }]) => (incident === undefined ? [] : { key, incident }));
    const reader = new IncidentReader();
    for (const { key, incident } of incidents.sort((a, b) => a.incident.serial - b.incident.serial)) {
      this.takeUp(key, incident, reader);
      this.keys.set(nameOf(incident.tenant, incident.uid), key);
    }
    for (const seat of this.seats.values()) {
      const made = [...seat.held].sort((a, b) => a.serial - b.serial);
      seat.held.clear();
      for (const held of made) seat.held.add(held);
      seat.standing.refresh();
      // nothing new: it is what it was
      seat.standing.takeNews();
    }
    this.written = records.get(CLOCK_KEY)?.clock ?? this.written;
    this.clock = this.written.time;
    this.serial = this.written.serial;
    this.changed.clear();
  }

  private takeUp(key: string, read: RespondIncident, reader: IncidentReader): void {
    const incident = this.newIncident(key);
    incident.touched = read.touched_time;
    incident.serial = read.serial;
    this.incidents.set(key, incident);
    const places = reader.held(read).map(({ wants, open, ...rest }) => {
      const held = Object.assign(this.heldFor(incident, rest.plan), rest);
      for (const want of wants) this.addWant(held, want);
      this.setOpen(held, open);
      return held;
    });
    for (const { held, ...finding } of read.findings) this.note(incident, finding, held === undefined ? undefined : places[held]);
  }

  stats(): MemoryStats {
    const { bytes, open, expired, evicted, evicted_open } = this;
    return { incidents: this.incidents.size, seats: this.seats.size, open, bytes, expired, evicted, evicted_open };
  }

  private newIncident(key: string): Incident {
    const [, , uid] = partsOf(key);
    const incident: Incident = { key, uid, touched: this.clock, serial: 0, bytes: 0, findings: new Map(), held: new Map() };
    this.grow(incident, INCIDENT_BYTES + bytesOf(key));
    return incident;
  }

  private seatOf(incident: Incident, { target }: Plan): Seat {
    const [tenant, principal_key] = partsOf(incident.key);
    const key = JSON.stringify([tenant, principal_key, target.vendor, target.account]);
    const known = this.seats.get(key);
    if (known !== undefined) return known;
    const held = new Set<Held>();
    const seat: Seat = { key, held, standing: new Standing(held) };
    this.seats.set(key, seat);
    return seat;
  }

  /** Its open commands are out and nothing takes them back: what they stood for in other incidents is not asked for again. */
  private forget(incident: Incident): void {
    for (const held of incident.held.values()) {
      const { seat } = held;
      if (seat.standing.has(held)) {
        for (const other of seat.standing.under(held)) {
          for (const want of other.wants.values()) {
            if (seat.standing.coverOf(other, want) !== held) continue;
            want.is_live = false;
            this.mark(other.incident);
          }
        }
      }
      this.setOpen(held, undefined);
      seat.standing.forget(held);
      seat.held.delete(held);
      if (seat.held.size === 0) this.seats.delete(seat.key);
    }
    this.drop(incident);
  }

  private mark(incident: Incident): void {
    if (this.options.keeps_changes) this.changed.set(incident.key, incident);
  }

  private grow(incident: Incident, bytes: number): void {
    incident.bytes += bytes;
    this.bytes += bytes;
  }
}

function nameOf(tenant: string, incident_uid: string): string {
  return `${tenant}/${incident_uid}`;
}

/** The incident as that of the same person under another key. */
function rekeyed(incident: RespondIncident, principal_key: string): RespondIncident {
  const held = incident.held.map((one) => ({ ...one, key: withPrincipal(one.key, principal_key) }));
  return { ...incident, principal_key, held };
}

function openOf(incident: Incident): RevocationCommand[] {
  return [...incident.held.values()].flatMap(({ open }) => open ?? []);
}

/**
 * What a value of the kinds that JSON knows takes in memory, roughly: a byte for each character, 8 for a number or a reference. What is
 * absent takes nothing, however it is written: what was read back weighs the same.
 */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return 24 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 24;
  for (const part of Object.values(value)) if (part !== undefined) bytes += 8 + bytesOf(part);
  return bytes;
}
