import { type FactorName, factor, scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import { verdictOf } from '../../../src/core/detect/vendor-verdicts.js';
import { programOf } from '../../../src/core/state/habits.js';
import type { Deed, PersonJudgeTale, PersonTale } from '../oracle.js';
import { strange } from './strange.js';

const DAY_MS = 86_400_000;

/** What the vendor says, and what is known of the person beside it. */
export function vendorRiskTale(parameters: Parameters): PersonJudgeTale {
  const make = (name: FactorName) => factor(name, Number(parameters[`points_${name}`]), name);
  return (tale, at) => {
    const deed = tale.story[at]!;
    const { more, activity } = deed;
    const level = more?.risk?.level ?? 'none';
    const isAct =
      ['sign_in', 'token_issue', 'session_use', 'session_revoke'].includes(activity) && deed.is_done && ['medium', 'high'].includes(level);
    if (activity !== 'vendor_risk' && !isAct) return undefined;
    const word = verdictOf({ action: deed.action, risk: more?.risk, state: more?.details?.['risk_state'], detail: undefined });
    if (word === 'none') return undefined;
    const request = more?.details?.['request_uid'];
    const lately = tale.story.slice(0, at).filter((other) => other.time >= deed.time - DAY_MS);
    const isDetection = (other: Deed): boolean => other.product === 'risk' && (other.more?.risk?.reasons.length ?? 0) > 0;
    if (word !== 'confirmed' && deed.product === 'risk' && !isDetection(deed) && lately.some(isDetection)) return undefined;
    const signIn = lately.findLast(
      (other) => other.is_done && other.activity !== 'vendor_risk' && request !== undefined && other.uid.endsWith(`:${request}`),
    );
    const act = signIn ?? deed;
    const odd = strange(tale, act, parameters, deed.time);
    const factors = [make(`vendor_${word}`), ...odd];
    if (word !== 'confirmed') {
      const travels = act === deed && tale.saidOf(deed).some(({ rule }) => rule.detector === 'impossible_travel');
      const isHeld = act === deed ? tale.isSuspected(deed) || travels : tale.isSuspectedBy(act, deed);
      if (isHeld) factors.push(make('held_for_stranger'));
      else if (odd.length === 0 && isAtHome(tale, act, deed.time, parameters)) factors.push(make('accustomed'));
    }
    const score = scoreOf(factors, false);
    const day = Math.floor(act.time / DAY_MS);
    const { session } = act;
    const reasons = more?.risk?.reasons ?? [];
    const text = activity === 'vendor_risk' || reasons.length === 0 ? deed.action : reasons.join(', ');
    const own = request ?? (activity === 'vendor_risk' ? `${text}@${day}` : deed.uid.split(':').at(-1)!);
    return {
      score,
      episode: session === undefined ? own : `${session.issuer} ${session.uid}@${day}`,
      session,
      stranger:
        word === 'confirmed' && score >= 65 && odd.some(({ dimension }) => dimension === 'place_network')
          ? { prefix: act.look.traits.endpoint?.prefix }
          : undefined,
    };
  };
}

function isAtHome(tale: PersonTale, { look }: Deed, time: number, parameters: Parameters): boolean {
  const { endpoint, device_uid, user_agent } = look.traits;
  if (!tale.isKnown(time, Number(parameters['learning_days']), Number(parameters['learning_sign_ins']))) return false;
  if (endpoint === undefined || !tale.isAccustomed(endpoint, time)) return false;
  if (device_uid !== undefined && device_uid !== 'none') return tale.isHabit('device', device_uid, time);
  const program = programOf(user_agent);
  return program !== undefined && tale.isHabit('program', program, time);
}
