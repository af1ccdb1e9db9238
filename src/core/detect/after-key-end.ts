import type { Factor, SessionEvent } from '../event/index.js';
import { isOfKey, type Mark } from '../state/marks.js';
import type { Fact } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { type ArrivedUse, type CredentialNames, credentialIn, ENDED_STEP, factOfUse, namesOf } from '../state/usage.js';
import { credentialName, type EgressSettings, egressOf, isOwnWayOut, NO_ODD_USE, useAt } from './egress-set.js';
import { type FactorName, factor, pointParameters, readPoints, scoreOf } from './factors.js';
import { heldUse, latestUse, unlessTwin } from './held-uses.js';
import type { EvidenceSource, Judgement, PersonDetector, PersonJudge, PersonScene } from './judgement.js';
import { durationText, useName } from './names.js';
import { EGRESS_PARAMETERS, readEgress } from './nhi-egress.js';
import { numberOf, type Parameters } from './parameters.js';

const MINUTE_MS = 60_000;

/** A key, token or secret that goes on after it was deleted or switched off: a copy that the vendor still honours, or a rotation that did not reach. */
export const useAfterKeyEnd: PersonDetector = {
  scope: 'person',
  name: 'use_after_key_end',
  doc: 'a key, token or secret that is used after it was deleted or switched off',
  parameters: {
    grace_of_keys: {
      kind: 'duration',
      default: 5 * MINUTE_MS,
      min: 0,
      max: 120 * MINUTE_MS,
      doc: 'use this soon after the end of a key is no breach: vendors take minutes to make it known everywhere',
    },
    ...EGRESS_PARAMETERS,
    ...pointParameters(['used_after_key_end']),
  },
  create: (parameters, rule) => new KeyEndJudge(parameters, rule),
};

class KeyEndJudge implements PersonJudge {
  readonly lookBack = 0;
  readonly activities = undefined;
  private readonly grace: number;
  private readonly egress: EgressSettings;
  private readonly points: (name: FactorName) => number;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    this.grace = numberOf(parameters, 'grace_of_keys');
    this.egress = readEgress(parameters);
    this.points = readPoints(parameters);
  }

  /**
   * The latest use is held of each credential, since its end may be told late, and what is odd, which tells more than the latest; of what comes after an
   * end, what tells something.
   */
  factsOf(event: SessionEvent, person?: Person, arrived?: ArrivedUse): readonly Fact[] | undefined {
    if (arrived === undefined || person === undefined || arrived.use.credential === '') return undefined;
    const { use } = arrived;
    const end = this.brokenEnd(person.marks, namesOf(event), event.source.vendor, event.time);
    if (end !== undefined) return unlessTwin(person, event, use, factOfUse(this.rule, ENDED_STEP, event, use));
    const odd = heldUse(this.rule, event, person, arrived);
    if (odd !== undefined) return odd;
    const fact = latestUse(this.rule, event, person, use);
    return fact === undefined ? undefined : [fact];
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const judged = useAt(scene, at, this.rule);
    if (judged === undefined) return undefined;
    const { seen, fact } = judged;
    const end = this.brokenEnd(scene.person.marks, credentialIn(fact), seen.vendor, seen.time);
    if (end === undefined) return undefined;
    const gap = durationText(seen.time - end.time);
    const by = end.by === undefined ? '' : ` by ${end.by}`;
    const text = `${credentialName(fact)} was taken away${by} (${end.action}), ${gap} earlier.`;
    const factors: Factor[] = [
      factor('used_after_key_end', this.points('used_after_key_end'), text[0]!.toUpperCase() + text.slice(1), end.action, seen.action),
      ...egressOf(scene, at, judged, this.egress),
    ];
    return {
      score: scoreOf(factors, false),
      factors,
      episode: end.uid,
      baseline: [evidenceOfMark(end)],
      context: [],
      travel: undefined,
      message: `is at work with a credential that was taken away${by} (${end.action}) ${gap} before, ${useName(seen.print)} (${credentialName(fact)})`,
      session: seen.session,
      stranger:
        isOwnWayOut(scene, judged.use) || factors.length === 1 ? undefined : { session: undefined, prefix: seen.print.endpoint?.prefix },
    };
  }

  silence(scene: PersonScene, at: number): string {
    const judged = useAt(scene, at, this.rule);
    if (judged === undefined) return NO_ODD_USE;
    const { seen, fact } = judged;
    const key = credentialIn(fact);
    const end = scene.person.marks.findLast((mark) => key !== undefined && isOfKey(mark, key, seen.vendor) && mark.time < seen.time);
    if (end === undefined) return 'the credential was not taken away before it';
    return end.kind === 'key_begin' ? 'the credential was switched on again' : 'so soon after the end it may not be known everywhere';
  }

  /** The end that a use comes after, when the key was not switched on again since. Of several in a row the first is the one that is broken. */
  private brokenEnd(marks: readonly Mark[], key: CredentialNames | undefined, vendor: string, time: number): Mark | undefined {
    if (key === undefined) return undefined;
    let end: Mark | undefined;
    for (const mark of marks) {
      if (mark.time >= time) break;
      if (!isOfKey(mark, key, vendor)) continue;
      end = mark.kind === 'key_begin' ? undefined : (end ?? mark);
    }
    return end !== undefined && time - end.time > this.grace ? end : undefined;
  }
}

function evidenceOfMark({ uid, time, vendor, action }: Mark): EvidenceSource {
  return { uid, time, vendor, action, endpoint: undefined, user_agent: undefined, device: undefined, client_uid: undefined };
}
