import type { Factor, SessionEvent } from '../event/index.js';
import { endOfKey, keysBehind, returnOfKey } from '../state/key-marks.js';
import { isOfKey, type Mark } from '../state/marks.js';
import type { Fact } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { type ArrivedUse, borrowedUseOf, type CredentialNames, credentialIn, ENDED_STEP, factOfUse, namesOf } from '../state/usage.js';
import { GRACE_OF_KEYS } from './after-end.js';
import { credentialName, type EgressSettings, egressOf, isOwnWayOut, NO_ODD_USE, useAt } from './egress-set.js';
import { type FactorName, factor, pointParameters, readPoints, scoreOf } from './factors.js';
import { heldUse, latestUse, unlessTwin } from './held-uses.js';
import { evidenceOfMark, type Judgement, type PersonDetector, type PersonJudge, type PersonScene } from './judgement.js';
import { durationText, useName } from './names.js';
import { EGRESS_PARAMETERS, readEgress } from './nhi-egress.js';
import { numberOf, type Parameters } from './parameters.js';

const MINUTE_MS = 60_000;

/** A key, token or secret that goes on after it was deleted or switched off: a copy that the vendor still honours, or a rotation that did not reach. */
export const useAfterKeyEnd: PersonDetector = {
  scope: 'person',
  name: 'use_after_key_end',
  doc: 'a key, token or secret that is used after it was deleted or switched off, or again long after it was',
  parameters: {
    ...GRACE_OF_KEYS,
    long_off: {
      kind: 'duration',
      default: 7 * 24 * 60 * MINUTE_MS,
      min: 60 * MINUTE_MS,
      max: 30 * 24 * 60 * MINUTE_MS,
      doc: 'a key that was off for so long was out of use: that it is switched on again undoes no mistake',
    },
    came_back_within: {
      kind: 'duration',
      default: 24 * 60 * MINUTE_MS,
      min: MINUTE_MS,
      max: 7 * 24 * 60 * MINUTE_MS,
      doc: 'how long after it was switched on again its uses are told',
    },
    ...EGRESS_PARAMETERS,
    ...pointParameters(['used_after_key_end', 'key_came_back']),
  },
  create: (parameters, rule) => new KeyEndJudge(parameters, rule),
};

class KeyEndJudge implements PersonJudge {
  readonly lookBack = 0;
  readonly activities = undefined;
  private readonly grace: number;
  private readonly longOff: number;
  private readonly backWithin: number;
  private readonly egress: EgressSettings;
  private readonly points: (name: FactorName) => number;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    this.grace = numberOf(parameters, 'grace_of_keys');
    this.longOff = numberOf(parameters, 'long_off');
    this.backWithin = numberOf(parameters, 'came_back_within');
    this.egress = readEgress(parameters);
    this.points = readPoints(parameters);
  }

  /**
   * The latest use is held of each credential, since its end may be told late, and what is odd, which tells more than the latest; of what comes after an
   * end, what tells something.
   */
  factsOf(event: SessionEvent, person?: Person, arrived?: ArrivedUse): readonly Fact[] | undefined {
    if (person === undefined) return undefined;
    const use = arrived === undefined || arrived.use.credential === '' ? borrowedUseOf(event) : arrived.use;
    if (use === undefined) return undefined;
    if (this.breachOf(person.marks, namesOf(event), event.source.vendor, event.time) !== undefined)
      return unlessTwin(person, event, use, factOfUse(this.rule, ENDED_STEP, event, use));
    const odd = use === arrived?.use ? heldUse(this.rule, event, person, arrived) : undefined;
    if (odd !== undefined) return odd;
    const fact = latestUse(this.rule, event, person, use);
    return fact === undefined ? undefined : [fact];
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const judged = useAt(scene, at, this.rule);
    if (judged === undefined) return undefined;
    const { seen, fact } = judged;
    const breach = this.breachOf(scene.person.marks, credentialIn(fact), seen.vendor, seen.time);
    if (breach === undefined) return undefined;
    const { name, mark } = breach;
    const said = saidOf(breach, seen.time);
    const factors: Factor[] = [
      factor(name, this.points(name), `${upperFirst(credentialName(fact))} ${said}.`, mark.action, seen.action),
      ...egressOf(scene, at, judged, this.egress),
    ];
    return {
      score: scoreOf(factors, false),
      factors,
      episode: mark.uid,
      baseline: breach.since === undefined ? [evidenceOfMark(mark)] : [evidenceOfMark(breach.since), evidenceOfMark(mark)],
      context: [],
      travel: undefined,
      message: `is at work with a credential that ${said}, ${useName(seen.print)} (${credentialName(fact)})`,
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

  /** What is wrong with a use: it comes after an end of its key or of one behind it, or soon after the key came back. */
  private breachOf(marks: readonly Mark[], key: CredentialNames | undefined, vendor: string, time: number): Breach | undefined {
    if (key === undefined || marks.length === 0) return undefined;
    for (const one of [key, ...keysBehind(marks, key.uid, vendor, time).map((uid) => ({ ...key, uid, other_uid: undefined }))]) {
      const end = endOfKey(marks, one, vendor, time);
      if (end !== undefined && time - end.time > this.grace)
        return { name: 'used_after_key_end', mark: end, since: undefined, isBehind: one !== key };
    }
    const back = returnOfKey(marks, key, vendor, time);
    if (back === undefined || time - back.begin.time > this.backWithin || back.begin.time - back.end.time < this.longOff) return undefined;
    return { name: 'key_came_back', mark: back.begin, since: back.end, isBehind: false };
  }
}

/** What is wrong with a use of a key. */
interface Breach {
  name: 'used_after_key_end' | 'key_came_back';
  /** the end that it comes after, or the act that switched the key on again */
  mark: Mark;
  /** of one that came back: since when it was off */
  since: Mark | undefined;
  /** the end is that of the key that this one was made with */
  isBehind: boolean;
}

function saidOf({ mark, since, isBehind }: Breach, time: number): string {
  const by = mark.by === undefined ? '' : ` by ${mark.by}`;
  const gap = durationText(time - mark.time);
  if (since !== undefined)
    return `was off for ${durationText(mark.time - since.time)} and was switched on again${by} (${mark.action}) ${gap} before`;
  return `${isBehind ? 'was made with a key that was' : 'was'} taken away${by} (${mark.action}) ${gap} before`;
}

function upperFirst(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
