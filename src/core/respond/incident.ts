import type { RevocationCommand } from '../event/index.js';
import type { Plan } from './plan.js';
import type { Standing } from './standing.js';

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
  /** rises with each one that is made, of any incident */
  serial: number;
  /** by finding uid, whoever asked last at the end */
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
  readonly key: string;
  /** in the order in which it was made */
  held: Set<Held>;
  standing: Standing;
}

export interface FindingAsNoted {
  revision: number;
  held: Held | undefined;
}

export interface Incident {
  /** its tenant, principal and uid: see `keyOf` */
  key: string;
  uid: string;
  /** arrival of its last finding, ms */
  touched: number;
  /** rises with each touch of any incident: the least is forgotten first */
  serial: number;
  bytes: number;
  /** finding uid -> its last revision, and where its want is */
  findings: Map<string, FindingAsNoted>;
  /** by target and action */
  held: Map<string, Held>;
}

export function keyOf(tenant: string, principal_key: string, incident_uid: string): string {
  return JSON.stringify([tenant, principal_key, incident_uid]);
}

/** @returns tenant, principal and uid of the incident */
export function partsOf(key: string): [tenant: string, principal_key: string, incident_uid: string] {
  return JSON.parse(key) as [string, string, string];
}
