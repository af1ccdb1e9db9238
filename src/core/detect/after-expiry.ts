import type { Factor, SessionEvent } from '../event/index.js';
import { endOfJob } from '../state/key-marks.js';
import type { Mark } from '../state/marks.js';
import type { Fact } from '../state/observation.js';
import type { Person } from '../state/person.js';
import {
  type ArrivedUse,
  type CredentialNames,
  credentialIn,
  ENDED_STEP,
  factOfUse,
  firstUse,
  JOB_TOKEN,
  jobUseOf,
  namesOf,
  USE_STEP,
  type Use,
} from '../state/usage.js';
import { credentialName, type EgressSettings, egressOf, isOwnWayOut, NO_ODD_USE, useAt } from './egress-set.js';
import { type FactorName, factor, pointParameters, readPoints, scoreOf } from './factors.js';
import { latestUse, unlessTwin } from './held-uses.js';
import { evidenceOfMark, type Judgement, type PersonDetector, type PersonJudge, type PersonScene } from './judgement.js';
import { durationText, useName } from './names.js';
import { EGRESS_PARAMETERS, readEgress } from './nhi-egress.js';
import { numberOf, type Parameters } from './parameters.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A token of a job, or of a role session, that goes on after both must be over: nobody renews them, somebody kept one. */
export const useAfterExpiry: PersonDetector = {
  scope: 'person',
  name: 'use_after_expiry',
  doc: 'a short-lived credential of a machine that is used after it must have expired, or its job has ended',
  parameters: {
    grace_of_expiry: {
      kind: 'duration',
      default: 10 * MINUTE_MS,
      min: 0,
      max: 120 * MINUTE_MS,
      doc: 'use this soon after it expired is taken for requests under way',
    },
    job_lifetime: {
      kind: 'duration',
      default: 24 * HOUR_MS,
      min: HOUR_MS,
      max: 24 * 6 * HOUR_MS,
      doc: 'the longest that the token of a CI job lives, from when it was met first: GitHub ends them with the job, and after 24 hours, after 6 on runners of its own',
    },
    role_lifetime: {
      kind: 'duration',
      default: 12 * HOUR_MS,
      min: HOUR_MS,
      max: 36 * HOUR_MS,
      doc: 'the longest that a session of an AWS role lives, from when it was made: AWS gives 12 hours at most',
    },
    ...EGRESS_PARAMETERS,
    ...pointParameters(['used_after_expiry']),
  },
  create: (parameters, rule) => new ExpiryJudge(parameters, rule),
};

class ExpiryJudge implements PersonJudge {
  readonly lookBack = 0;
  readonly activities = undefined;
  private readonly grace: number;
  private readonly job: number;
  private readonly role: number;
  private readonly egress: EgressSettings;
  private readonly points: (name: FactorName) => number;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    this.grace = numberOf(parameters, 'grace_of_expiry');
    this.job = numberOf(parameters, 'job_lifetime');
    this.role = numberOf(parameters, 'role_lifetime');
    this.egress = readEgress(parameters);
    this.points = readPoints(parameters);
  }

  factsOf(event: SessionEvent, person?: Person, arrived?: ArrivedUse): readonly Fact[] | undefined {
    if (person === undefined) return undefined;
    const job = jobUseOf(event);
    if (job !== undefined) return this.factsOfJob(event, person, job);
    if (arrived === undefined) return undefined;
    const { use } = arrived;
    const end = this.endOf(event, use, person);
    if (end === undefined || event.time - end <= this.grace) return undefined;
    const fact = factOfUse(this.rule, ENDED_STEP, event, use);
    return unlessTwin(person, event, use, { ...fact, by: `${fact.by} ${end}` });
  }

  /** The end of a job may be told late: the latest use is held to be found by it. */
  private factsOfJob(event: SessionEvent, person: Person, use: Use): readonly Fact[] | undefined {
    if (this.endOfItsJob(person.marks, namesOf(event), event.source.vendor, event.time) !== undefined)
      return unlessTwin(person, event, use, factOfUse(this.rule, ENDED_STEP, event, use));
    const fact = latestUse(this.rule, event, person, use);
    return fact === undefined ? undefined : [fact];
  }

  private endOfItsJob(marks: readonly Mark[], key: CredentialNames, vendor: string, time: number): Mark | undefined {
    const end = endOfJob(marks, key, vendor, time);
    return end !== undefined && time - end.time > this.grace ? end : undefined;
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const judged = useAt(scene, at, this.rule);
    if (judged === undefined) return undefined;
    const { seen, fact } = judged;
    const key = credentialIn(fact);
    const isJobs = key?.kind === JOB_TOKEN;
    const job = isJobs ? this.endOfItsJob(scene.person.marks, key, seen.vendor, seen.time) : undefined;
    if (isJobs && job === undefined) return undefined;
    const gap = durationText(seen.time - (job?.time ?? Number(fact.by.split(' ')[1])));
    const over = job === undefined ? `must have been over ${gap} before` : `was over with its job ${gap} before`;
    const text = `It ${over}: ${credentialName(fact)}.`;
    const factors: Factor[] = [
      factor('used_after_expiry', this.points('used_after_expiry'), text, job?.action, seen.action),
      ...egressOf(scene, at, judged, this.egress),
    ];
    return {
      score: scoreOf(factors, false),
      factors,
      episode: fact.by,
      baseline: job === undefined ? [] : [evidenceOfMark(job)],
      context: [],
      travel: undefined,
      message: `is at work with a credential that ${over}, ${useName(seen.print)} (${credentialName(fact)})`,
      session: seen.session,
      stranger:
        isOwnWayOut(scene, judged.use) || factors.length === 1 ? undefined : { session: undefined, prefix: seen.print.endpoint?.prefix },
    };
  }

  silence(): string {
    return NO_ODD_USE;
  }

  /** When the credential must be over; undefined when it lives on, or nobody can tell. */
  private endOf(event: SessionEvent, use: Use, person: Person): number | undefined {
    const { token, session, source, principal } = event;
    if (token?.expires_time !== undefined) return token.expires_time;
    if (source.vendor === 'aws' && session?.created_time !== undefined) return session.created_time + this.role;
    if (source.vendor !== 'github' || use.credential === '' || !isJobs(principal)) return undefined;
    const first = firstMet(person, use.credential);
    return first === undefined ? undefined : first + this.job;
  }
}

/** When a credential was met first, as far as is known, ms: what is held to be judged is learned a day later, and teaches nothing when it is a stranger's. */
function firstMet({ habits, story }: Person, credential: string): number | undefined {
  const learned = firstUse(habits, credential);
  for (const { time, more } of story.tail) {
    if (learned !== undefined && time >= learned) break;
    if (more?.facts?.some(({ step, by }) => step >= USE_STEP && by === credential)) return time;
  }
  return learned;
}

/** Whom GitHub names for the token that it gives each job. */
function isJobs({ name, uid }: SessionEvent['principal']): boolean {
  return name === 'github-actions[bot]' || uid === 'github-actions[bot]';
}
