import type { Endpoint, Factor, Travel } from '../event/index.js';
import type { Observation } from './observation.js';
import type { Session } from './session.js';

/** One side of a comparison: enough of an event to stand as evidence. */
export interface EvidenceSource {
  uid: string;
  time: number;
  vendor: string;
  action: string;
  endpoint: Endpoint | undefined;
  user_agent: string | undefined;
  device: string | undefined;
  client_uid: string | undefined;
}

/** Whoever is held for somebody else: by the session that is all theirs, or by the network prefix that they come from. */
export interface Stranger {
  /** a session that the stranger began, not one of the person's that they got into */
  session: Session | undefined;
  prefix: string | undefined;
  /** the rule repeats what others say, and so adds nothing to it: only the incident learns of it */
  is_hearsay?: boolean;
}

/** A detector's answer for one event: points with their reasons, or nothing. */
export interface Judgement {
  score: number;
  factors: readonly Factor[];
  /** what tells this finding from others of its rule: which life of the session, which pair of places; part of the finding's uid */
  episode: string;
  /** of a finding that grows by all sessions of one stranger: is the event one that it names, though that makes it no stronger? */
  is_named?: boolean | undefined;
  /** what it was compared with */
  baseline: readonly EvidenceSource[];
  /** what else belongs to the picture */
  context: readonly EvidenceSource[];
  travel: Travel | undefined;
  /** one sentence without its end; of a session without its subject: `was used from A after B` */
  message: string;
  /** the session that it speaks of, when a person's rule speaks of one */
  session: Session | undefined;
  /** who is not the person, when that can be told */
  stranger: Stranger | undefined;
}

/** What a rule that looks at the whole person concluded of one event that can still be re-ordered. */
export interface Verdict {
  seen: Observation;
  /** the rule's place in the rule set */
  rule: number;
  judgement: Judgement;
}
