import type { Print } from '../state/print.js';
import type { Session } from '../state/session.js';
import { type EvidenceSource, evidenceOf } from './judgement.js';

/** The last use of a print that left the tail. */
export function foldedEvidence(print: Print): EvidenceSource | undefined {
  const folded = print.folded_last;
  return folded === undefined
    ? undefined
    : { ...folded, user_agent: print.user_agent?.original, device: print.device_uid, client_uid: undefined };
}

/** The last time that a print was used before the event; the event's own time when it never was. */
export function lastTimeOf(session: Session, at: number, print: Print, fallback: number): number {
  for (let i = at - 1; i >= 0; i--) if (session.tail[i]!.print === print) return session.tail[i]!.time;
  return print.folded_last?.time ?? fallback;
}

/** The latest use of a print before the event. */
export function evidenceFor(session: Session, at: number, print: Print): EvidenceSource | undefined {
  for (let i = at - 1; i >= 0; i--) if (session.tail[i]!.print === print) return evidenceOf(session.tail[i]!);
  return foldedEvidence(print);
}
