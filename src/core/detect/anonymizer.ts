import type { Factor } from '../event/index.js';
import { anonymizerOf, isHabit } from '../state/habits.js';
import type { Observation } from '../state/observation.js';
import { signInsBefore } from '../state/sign-ins.js';
import { hasOneBody, isAccustomed, isKnown, LEARNING, readStrange, type StrangeSettings, strangeMeans } from './accustomed.js';
import { type FactorName, factor, pointParameters, scoreOf } from './factors.js';
import type { Judgement, PersonDetector, PersonJudge, PersonScene } from './judgement.js';
import { networkName } from './names.js';
import { numberOf, type Parameters } from './parameters.js';
import { isSuspected } from './suspicion.js';

const USED: readonly FactorName[] = ['network_tor', 'network_vpn', 'device_missing', 'device_new', 'program_new'];
const DAY_MS = 86_400_000;

/** What hides a person's place, and that they are not used to: Tor exits, VPNs, proxies, by the lists or in the vendor's own words. */
export const anonymizer: PersonDetector = {
  scope: 'person',
  name: 'anonymizer',
  doc: 'a person behind Tor, a VPN or a proxy who is not used to any',
  isLast: true,
  parameters: {
    device_percent: {
      kind: 'integer',
      default: 90,
      min: 50,
      max: 100,
      doc: 'per cent of the sign-ins of two weeks and more that had a device id, from which a sign-in without one is odd',
    },
    device_sign_ins: { kind: 'integer', default: 5, min: 1, max: 100, doc: 'sign-ins of which that can be said' },
    ...LEARNING,
    ...pointParameters(USED),
  },
  create: (parameters) => new AnonymizerJudge(parameters),
};

class AnonymizerJudge implements PersonJudge {
  readonly lookBack = 0;
  readonly activities = undefined;
  private readonly strange: StrangeSettings;
  private readonly devicePercent: number;
  private readonly deviceSignIns: number;

  constructor(parameters: Parameters) {
    this.strange = readStrange(parameters);
    this.devicePercent = numberOf(parameters, 'device_percent');
    this.deviceSignIns = numberOf(parameters, 'device_sign_ins');
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    if (this.whySilent(scene, at) !== undefined) return undefined;
    const seen = scene.person.story.tail[at]!;
    const { time } = seen;
    const endpoint = seen.print.endpoint!;
    const kind = anonymizerOf(endpoint);
    const where = networkName(endpoint);
    const factors: Factor[] = [
      kind === 'tor'
        ? this.factor('network_tor', `From a Tor exit: ${where}.`, where)
        : this.factor('network_vpn', `From a VPN or proxy, which they are not used to: ${where}.`, where),
      ...strangeMeans(scene, seen, this.strange),
    ];
    if (this.missesDevice(scene, seen)) {
      factors.push(this.factor('device_missing', 'Without a device id, which nearly all of their sign-ins had so far.', 'none'));
    }
    return {
      score: scoreOf(factors, true),
      factors,
      episode: `${kind}@${Math.floor(time / DAY_MS)}`,
      baseline: [],
      context: [],
      travel: undefined,
      message: kind === 'tor' ? `came over Tor: ${where}` : `came over a VPN or proxy: ${where}`,
      session: seen.session,
      stranger: undefined,
    };
  }

  silence(scene: PersonScene, at: number): string {
    return this.whySilent(scene, at) ?? '';
  }

  private whySilent(scene: PersonScene, at: number): string | undefined {
    const { person } = scene;
    const seen = person.story.tail[at]!;
    const { endpoint } = seen.print;
    const kind = anonymizerOf(endpoint);
    if (kind === undefined || endpoint === undefined) return 'it came from no VPN, proxy or Tor exit';
    const { time } = seen;
    if (!seen.is_presence && !(seen.activity === 'sign_in' && seen.is_done)) return 'it is neither a sign-in nor the person at work';
    if (isHabit(person.habits, 'anonymizer', kind, time)) return `the person is used to come over ${kind}`;
    if (isAccustomed(scene, endpoint, time)) return "it is a way out of the organisation's, or one that the person is used to";
    if (!hasOneBody(person)) return 'shared accounts and machines have no habits of one person';
    if (!isKnown(scene, time, this.strange)) return 'the person is not known well enough yet';
    return isSuspected(person, seen) ? "another rule holds it for a stranger's" : undefined;
  }

  /** Does the log name no device, where nearly all sign-ins of the person had one? */
  private missesDevice({ person }: PersonScene, { print, time }: Observation): boolean {
    if (print.device_uid !== 'none') return false;
    const { device_logged, with_device } = signInsBefore(person.sign_ins, time);
    return device_logged >= this.deviceSignIns && with_device * 100 >= device_logged * this.devicePercent;
  }

  private factor(name: FactorName, text: string, after: string): Factor {
    return factor(name, this.strange.points(name), text, undefined, after);
  }
}
