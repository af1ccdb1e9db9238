import type { Finding, RevocationCommand } from '../event/index.js';
import type { RespondStats } from '../pipeline.js';
import type { Plan } from './plan.js';

/** What one finding asks for as it stands, and all of the finding that a command says. */
export interface Want {
  finding_uid: string;
  plan: Plan;
  /** event time of the latest act that the finding names, ms */
  trigger_time: number;
  reason: string;
  evidence: string[];
  /** false when the finding was dealt with: it keeps what is open and brings nothing */
  is_live: boolean;
  /** the command that does what this one asks for, when it is not its own */
  covered_by: Held | undefined;
  bytes: number;
}

/** What findings of one incident ask for: one action on one target, whether or not a command for it is open. */
export interface Held {
  incident: Incident;
  seat: Seat;
  /** of a finding that asks for it; all that do differ only in what they are about */
  plan: Plan;
  /** when it was first asked for since nobody did, or the evidence came that renewed it, ms: what was issued before this is meant */
  asked_time: number;
  /** rises with each one that is made */
  serial: number;
  /** by finding uid */
  wants: Map<string, Want>;
  /** commands that were sent and then withdrawn or renewed, and the one that is open */
  attempt: number;
  /** how often it came back after another command had taken its place */
  returns: number;
  /** its last command was not withdrawn: another took its place */
  is_replaced: boolean;
  open: RevocationCommand | undefined;
  /** of `open` */
  bytes: number;
}

/** All that is held for one person at one vendor's account: only there can commands overlap. */
export interface Seat {
  key: string;
  held: Set<Held>;
}

export interface Incident {
  key: string;
  uid: string;
  /** arrival of its last finding, ms */
  touched: number;
  bytes: number;
  /** finding uid -> its last revision, and where its want is */
  findings: Map<string, { revision: number; held: Held | undefined }>;
  /** by target and action */
  held: Map<string, Held>;
}

export interface MemoryOptions {
  /** How long an incident is remembered after its last finding, ms. A day more than the idle life of a session. */
  memory_ms: number;
  /** What all incidents may take, bytes by our own estimate (see `bytesOf`). About 12,000 incidents of one command each. */
  max_bytes: number;
}

/** What the memory knows of the step's figures. */
export type MemoryStats = Omit<RespondStats, 'exhausted'>;

/** A shrinking goes this far below the bound, so that it is rare: each looks through everything. */
const SHRINK_TO = 0.9;
/** Measured on a heap: maps, their entries and the objects of an incident, a finding and what it asks for. */
const INCIDENT_BYTES = 800;
const FINDING_BYTES = 200;
const HELD_BYTES = 700;

/** What respond remembers of incidents, bounded in time and bytes. */
export class Memory {
  /** least recently touched first */
  private readonly incidents = new Map<string, Incident>();
  private readonly seats = new Map<string, Seat>();
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

  /** The finding's incident, which was touched now; undefined when it is not known and none is to be made. */
  incidentOf(finding: Finding, create: boolean): Incident | undefined {
    const key = JSON.stringify([finding.tenant, finding.principal.key, finding.incident_uid]);
    const incident = this.incidents.get(key) ?? (create ? this.newIncident(key, finding.incident_uid) : undefined);
    if (incident === undefined) return undefined;
    incident.touched = this.clock;
    this.incidents.delete(key);
    this.incidents.set(key, incident);
    return incident;
  }

  /** Notes the finding's revision and where what it wants is. */
  note(incident: Incident, finding: Finding, held: Held | undefined): void {
    const known = incident.findings.get(finding.uid);
    if (known === undefined) {
      incident.findings.set(finding.uid, { revision: finding.revision, held });
      this.grow(incident, FINDING_BYTES + bytesOf(finding.uid));
    } else {
      known.revision = finding.revision;
      known.held = held;
    }
  }

  /** What this plan asks for, made when nobody asked for it yet. */
  heldFor(incident: Incident, finding: Finding, plan: Plan): Held {
    const known = incident.held.get(plan.key);
    if (known !== undefined) return known;
    const seat = this.seatOf(JSON.stringify([finding.tenant, finding.principal.key, plan.target.vendor, plan.target.account]));
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
    this.grow(held.incident, bytes);
  }

  dropWant(held: Held, finding_uid: string): void {
    const want = held.wants.get(finding_uid);
    if (want === undefined) return;
    held.wants.delete(finding_uid);
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

  stats(): MemoryStats {
    const { bytes, open, expired, evicted, evicted_open } = this;
    return { incidents: this.incidents.size, seats: this.seats.size, open, bytes, expired, evicted, evicted_open };
  }

  private newIncident(key: string, uid: string): Incident {
    const incident: Incident = { key, uid, touched: this.clock, bytes: 0, findings: new Map(), held: new Map() };
    this.grow(incident, INCIDENT_BYTES + bytesOf(key));
    return incident;
  }

  private seatOf(key: string): Seat {
    const known = this.seats.get(key);
    if (known !== undefined) return known;
    const seat: Seat = { key, held: new Set() };
    this.seats.set(key, seat);
    return seat;
  }

  /** Its open commands are out and nothing takes them back: what they stood for in other incidents is not asked for again. */
  private forget(incident: Incident): void {
    for (const held of incident.held.values()) {
      this.setOpen(held, undefined);
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
    this.bytes -= incident.bytes;
  }

  private grow(incident: Incident, bytes: number): void {
    incident.bytes += bytes;
    this.bytes += bytes;
  }
}

function openOf(incident: Incident): RevocationCommand[] {
  return [...incident.held.values()].flatMap(({ open }) => open ?? []);
}

/** What a value of the kinds that JSON knows takes in memory, roughly: a byte for each character, 8 for a number or a reference. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return 24 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 24;
  for (const part of Object.values(value)) bytes += 8 + bytesOf(part);
  return bytes;
}
