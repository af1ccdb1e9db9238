import type { Factor, MarkKind } from '../event/index.js';
import { concerns, couldEnd, type Mark } from '../state/marks.js';
import type { Observation } from '../state/observation.js';
import type { Print } from '../state/print.js';
import type { Session } from '../state/session.js';
import { COMPARED, type CompareSettings, type Comparison, compare } from './compare.js';
import { FACTORS, type FactorName, factor, pointParameters, readPoints, scoreOf } from './factors.js';
import {
  type EvidenceSource,
  evidenceOf,
  evidenceOfMark,
  type Judgement,
  type Scene,
  type SessionDetector,
  type SessionJudge,
} from './judgement.js';
import { durationText, useName } from './names.js';
import { numberOf, type ParameterSpecs, type Parameters } from './parameters.js';
import { foldedEvidence, lastTimeOf } from './recall.js';

const MINUTE_MS = 60_000;

/** Their sessions are cookies that the server looks up: an end holds from the next request on. */
const ASKED_EACH_TIME: ReadonlySet<string> = new Set(['okta', 'slack', 'github', 'gitlab', 'salesforce']);

/** Of every detector of ends of keys. */
export const GRACE_OF_KEYS = {
  grace_of_keys: {
    kind: 'duration',
    default: 5 * MINUTE_MS,
    min: 0,
    max: 120 * MINUTE_MS,
    doc: 'use this soon after the end of a key is no breach: vendors take minutes to make it known everywhere, and requests are under way',
  },
} as const satisfies ParameterSpecs;

/** What going on after an end is called. */
export interface Ended {
  factorOf(mark: Mark): FactorName;
  verb: string;
}

/** What sets the three detectors apart: the ends that they watch, too. */
interface EndKind extends Ended {
  kinds: readonly MarkKind[];
  factors: readonly FactorName[];
  doc: string;
}

const ENDS = {
  use_after_revocation: {
    kinds: ['session_revoke'],
    factorOf: () => 'used_after_revocation',
    factors: ['used_after_revocation'],
    doc: 'a session that goes on after an administrator, a policy or its person revoked it',
    verb: 'was revoked',
  },
  use_after_sign_out: {
    kinds: ['sign_out'],
    factorOf: () => 'used_after_sign_out',
    factors: ['used_after_sign_out'],
    doc: 'a session that goes on after its person signed out of it',
    verb: 'was signed out',
  },
  outlived_reset: {
    kinds: ['recovery', 'credential_change', 'mfa_change'],
    factorOf: (mark) => (mark.kind === 'recovery' ? 'outlived_recovery' : mark.by === undefined ? 'outlived_change' : 'outlived_reset'),
    factors: ['outlived_recovery', 'outlived_reset', 'outlived_change'],
    doc: 'a session that is older than a reset of password or factor and goes on',
    verb: 'should have ended with a reset',
  },
} as const satisfies Record<string, EndKind>;

function parametersOf(end: EndKind): ParameterSpecs {
  return {
    grace: {
      kind: 'duration',
      default: MINUTE_MS,
      min: 0,
      max: 60 * MINUTE_MS,
      doc: 'use this soon after the end is taken for requests under way',
    },
    grace_entra: {
      kind: 'duration',
      default: 5 * MINUTE_MS,
      min: 0,
      max: 60 * MINUTE_MS,
      doc: "the same for Entra, whose revocation takes a few minutes by Microsoft's own words",
    },
    access_token_lifetime: {
      kind: 'duration',
      default: 90 * MINUTE_MS,
      min: 0,
      max: 1680 * MINUTE_MS,
      doc: 'how long an access token lives on by right where the log does not say: Entra draws 60 to 90 minutes',
    },
    cae_propagation: {
      kind: 'duration',
      default: 15 * MINUTE_MS,
      min: 0,
      max: 120 * MINUTE_MS,
      doc: 'how long a token under continuous access evaluation lives on: up to 15 minutes',
    },
    ...comparedParameters(end.factors),
  };
}

/** What every detector has whose session goes on after an end. */
export function comparedParameters(factors: readonly FactorName[]): ParameterSpecs {
  return {
    speed_kmh: { kind: 'integer', default: 900, min: 100, max: 5000, doc: 'faster than this a session did not travel' },
    distance_km: { kind: 'integer', default: 500, min: 50, max: 20_000, doc: 'below this distance speed is not looked at' },
    ...pointParameters([...factors, 'token_renewed', ...COMPARED]),
  };
}

export const afterEndDetectors: readonly SessionDetector[] = Object.entries(ENDS).map(([name, end]) => ({
  scope: 'session',
  name,
  doc: end.doc,
  parameters: parametersOf(end),
  create: (parameters) => new AfterEndJudge(end, parameters),
}));

/** Judges what goes on after an end: in which hands, compared with what the session was before. Which end that is the detectors say. */
export abstract class GoesOnJudge implements SessionJudge {
  /** what a session was before an end is known from its prints */
  readonly lookBack = 0;
  readonly needsMarks = true;
  private readonly settings: CompareSettings;
  private readonly pointsOf: (name: FactorName) => number;

  constructor(
    private readonly ended: Ended,
    parameters: Parameters,
  ) {
    this.pointsOf = readPoints(parameters);
    this.settings = {
      points: this.pointsOf,
      speed_kmh: numberOf(parameters, 'speed_kmh'),
      distance_km: numberOf(parameters, 'distance_km'),
    };
  }

  /** The end that the session should not have survived and that this use is no afterglow of. */
  protected abstract brokenEnd(scene: Scene, at: number): Mark | undefined;
  abstract silence(scene: Scene, at: number): string;

  judge(scene: Scene, at: number): Judgement | undefined {
    const { session } = scene;
    if (isSurrogate(session)) return undefined;
    const seen = session.tail[at]!;
    const mark = this.brokenEnd(scene, at);
    if (mark === undefined) return undefined;
    const gap = seen.time - mark.time;
    const factors: Factor[] = [];
    const name = this.ended.factorOf(mark);
    const by = mark.by === undefined ? '' : ` by ${mark.by}`;
    factors.push(
      factor(
        name,
        this.pointsOf(name),
        `${FACTORS[name].doc}: ${mark.action}${by}, ${durationText(gap)} earlier.`,
        mark.action,
        seen.action,
      ),
    );
    if (isNewToken(seen)) {
      factors.push(factor('token_renewed', this.pointsOf('token_renewed'), `The provider issued a new token in it: ${seen.action}.`));
    }
    const before = this.nearestBefore(scene, at, mark.time, factors);
    if (before !== undefined) factors.push(...before.comparison.factors);
    const markEvidence = evidenceOfMark(mark);
    return {
      score: scoreOf(factors, false),
      factors,
      episode: mark.uid,
      baseline: before === undefined ? [markEvidence] : [evidenceBefore(session, before.print, mark.time), markEvidence],
      context: [],
      travel: before?.comparison.travel,
      message: `${this.ended.verb} (${mark.action}${by}) and was used ${durationText(gap)} later ${useName(seen.print)}`,
      session: undefined,
      stranger: undefined,
    };
  }

  /**
   * Of the prints that the session had before the end, the one that makes the least of the event: one session's programs go different ways,
   * and which of them happened to speak last proves nothing. Its own, when it was there.
   * @param factors what is held against the event already
   */
  private nearestBefore(
    scene: Scene,
    at: number,
    end: number,
    factors: readonly Factor[],
  ): { print: Print; comparison: Comparison } | undefined {
    const { session } = scene;
    const seen = session.tail[at]!;
    const had = printsBefore(session, end);
    if (had.has(seen.print)) return { print: seen.print, comparison: { factors: [], travel: undefined } };
    const inLane = [...had].filter((print) => print.lane === seen.print.lane);
    let nearest: { print: Print; comparison: Comparison } | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const print of inLane.length > 0 ? inLane : had) {
      const gap = seen.time - lastTimeOf(session, at, print, seen.time);
      const comparison = compare(print, seen.print, gap, this.settings, scene.isOperatorEgress, inLane.length > 0);
      const score = scoreOf([...factors, ...comparison.factors], false);
      if (score >= least) continue;
      nearest = { print, comparison };
      least = score;
    }
    return nearest;
  }
}

class AfterEndJudge extends GoesOnJudge {
  private readonly grace: number;
  private readonly graceEntra: number;
  private readonly accessTokenLifetime: number;
  private readonly caePropagation: number;

  constructor(
    private readonly end: EndKind,
    parameters: Parameters,
  ) {
    super(end, parameters);
    this.grace = numberOf(parameters, 'grace');
    this.graceEntra = numberOf(parameters, 'grace_entra');
    this.accessTokenLifetime = numberOf(parameters, 'access_token_lifetime');
    this.caePropagation = numberOf(parameters, 'cae_propagation');
  }

  silence(scene: Scene, at: number): string {
    const { session, person } = scene;
    if (isSurrogate(session)) return 'its session is put together of who and on what, and comes back after every new sign-in';
    const seen = session.tail[at]!;
    const ends = person.marks.filter((mark) => mark.time < seen.time && this.end.kinds.includes(mark.kind));
    const own = ends.filter((mark) => couldEnd(mark, session.first_time) && concerns(mark, session.issuer, session.uid));
    const last = own.at(-1);
    if (last === undefined) return ends.length === 0 ? 'there was no such end before it' : 'such an end there was, but not of this session';
    const what = `${last.action}, ${durationText(seen.time - last.time)} before`;
    if (isOwnChange(last, person.marks, session)) return `${what}: the person's own change, after which the session lives on by right`;
    if (isRenewed(session, at, last.time)) return `${what}: somebody proved themselves anew since`;
    if (this.isWithinGrace(seen, last)) return `${what}: so soon after it, it may have been under way`;
    return `${what}: its access token was issued before and lives out its life`;
  }

  /** The latest end of this kind that the session should not have survived and that this use is no afterglow of. */
  protected brokenEnd(scene: Scene, at: number): Mark | undefined {
    const { marks } = scene.person;
    const { session } = scene;
    const seen = session.tail[at]!;
    for (let i = marks.length - 1; i >= 0; i--) {
      const mark = marks[i]!;
      if (mark.time >= seen.time || !couldEnd(mark, session.first_time) || !this.end.kinds.includes(mark.kind)) continue;
      if (!concerns(mark, session.issuer, session.uid) || isOwnChange(mark, marks, session)) continue;
      if (isRenewed(session, at, mark.time)) return undefined;
      // An end that is repeated every few minutes must not excuse for ever: then an earlier one is broken.
      if (!this.isWithinGrace(seen, mark) && !this.isLivingToken(seen, mark)) return mark;
    }
    return undefined;
  }

  private isWithinGrace(seen: Observation, mark: Mark): boolean {
    return seen.time - mark.time <= (mark.vendor === 'entra' ? this.graceEntra : this.grace);
  }

  /**
   * An access token that was issued before the end lives out its known life, and that is no breach: vendors cannot call it back. Where the
   * vendor looks its session up at every request there is no such excuse.
   */
  private isLivingToken(seen: Observation, mark: Mark): boolean {
    if (isNewToken(seen) || ASKED_EACH_TIME.has(seen.vendor)) return false;
    if (seen.token_issued_time !== undefined && seen.token_issued_time > mark.time) return false;
    if (seen.is_cae) return seen.time <= mark.time + this.caePropagation;
    const issued = seen.token_issued_time ?? mark.time;
    return seen.time <= (seen.token_expires_time ?? issued + this.accessTokenLifetime);
  }
}

/**
 * A session that is put together (a person on a device, a person with an app) is the same after a sign-out, a revocation and the next sign-in, of
 * which no record says that it belongs to it: that it goes on proves nothing.
 */
export function isSurrogate({ ref }: Session): boolean {
  return ref.confidence === 'surrogate';
}

function isNewToken(seen: Observation): boolean {
  return seen.activity === 'sign_in' || seen.activity === 'token_issue';
}

/** How far apart the records of one change of password may be: Entra writes the change and the tokens' new start as two. */
const ONE_CHANGE_MS = 5 * MINUTE_MS;

/**
 * The person changed their own password or factor: the session in which they did lives on by right. Where the record does not name it
 * (Entra's audit log never does) no session can be told from it, and none is held to have outlived the change. The revocation that Entra
 * logs beside a person's own change of password is part of that change.
 */
function isOwnChange(mark: Mark, marks: readonly Mark[], session: Session): boolean {
  if (mark.by !== undefined || mark.kind === 'sign_out') return false;
  if (mark.kind !== 'session_revoke') return mark.own_session_uid === undefined || mark.own_session_uid === session.uid;
  return marks.some(
    (other) =>
      other.kind === 'credential_change' &&
      other.by === undefined &&
      other.vendor === mark.vendor &&
      (other.own_session_uid === undefined || other.own_session_uid === session.uid) &&
      Math.abs(other.time - mark.time) <= ONE_CHANGE_MS,
  );
}

/** Somebody proved themselves again in this session after the end: what follows lives by that. */
function isRenewed(session: Session, at: number, since: number): boolean {
  for (let i = at; i >= 0; i--) {
    const seen = session.tail[i]!;
    if (seen.is_fresh && seen.time > since) return true;
  }
  return session.fresh_time > since;
}

/** The prints that the session was used with up to a moment. */
function printsBefore(session: Session, time: number): Set<Print> {
  const had = new Set<Print>();
  for (const print of session.prints) if (print.folded_count > 0 && print.folded_first_time <= time) had.add(print);
  for (const seen of session.tail) if (seen.time <= time) had.add(seen.print);
  return had;
}

/** The last use of a print before the end; if that is forgotten already, the last use that is not. */
function evidenceBefore(session: Session, print: Print, time: number): EvidenceSource {
  for (let i = session.tail.length - 1; i >= 0; i--) {
    const seen = session.tail[i]!;
    if (seen.print === print && seen.time <= time) return evidenceOf(seen);
  }
  return foldedEvidence(print)!;
}
