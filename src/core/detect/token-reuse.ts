import type { Factor, SessionEvent } from '../event/index.js';
import type { Fact, Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import {
  type ArrivedUse,
  isUnlisted,
  knownOwner,
  lastingClasses,
  lastingUses,
  OF_PEOPLE,
  useFactIn,
  useIn,
  valuesOf,
} from '../state/usage.js';
import { livesInDataCentres } from './abroad.js';
import { credentialName, isOwnWayOut, type JudgedUse, NO_ODD_USE, namesOf, useAt } from './egress-set.js';
import { type FactorName, factor, pointParameters, readPoints, scoreOf } from './factors.js';
import { HOUR_MS, heldUse } from './held-uses.js';
import { evidenceOf, type Judgement, type PersonDetector, type PersonJudge, type PersonScene } from './judgement.js';
import { networkName, useName } from './names.js';
import { numberOf, type Parameters } from './parameters.js';

const USED: readonly FactorName[] = ['egress_fan_out', 'egress_new', 'egress_of_people', 'egress_unlisted', 'client_new'];

/** One credential in many hands at once: from very many places that it was never used from, within an hour. */
export const tokenReuse: PersonDetector = {
  scope: 'person',
  name: 'token_reuse',
  doc: 'one credential from very many address blocks within an hour, of networks that it was never used from',
  parameters: {
    fan_out: {
      kind: 'integer',
      default: 10,
      min: 3,
      max: 30,
      doc: 'address blocks within one hour of the clock (UTC), of networks that the credential was never used from',
    },
    ...pointParameters(USED),
  },
  create: (parameters, rule) => new FanOutJudge(parameters, rule),
};

class FanOutJudge implements PersonJudge {
  readonly lookBack = HOUR_MS;
  readonly activities = undefined;
  private readonly fanOut: number;
  private readonly points: (name: FactorName) => number;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    this.fanOut = numberOf(parameters, 'fan_out');
    this.points = readPoints(parameters);
  }

  factsOf(event: SessionEvent, person?: Person, arrived?: ArrivedUse): readonly Fact[] | undefined {
    return heldUse(this.rule, event, person, arrived);
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const judged = useAt(scene, at, this.rule);
    if (judged === undefined) return undefined;
    const spread = this.spreadOf(scene, at, judged);
    if (spread === undefined || spread.blocks.size < this.fanOut) return undefined;
    const { seen, fact } = judged;
    const { blocks, others } = spread;
    const factors = this.factorsOf(scene, judged, spread);
    return {
      score: scoreOf(factors, true),
      factors,
      episode: `${fact.by}@${Math.floor(seen.time / HOUR_MS)}`,
      baseline: [],
      context: others.slice(-CONTEXT_EVENTS).map(evidenceOf),
      travel: undefined,
      message: `is used from ${blocks.size} address blocks within an hour, at last ${useName(seen.print)} (${credentialName(fact)})`,
      session: seen.session,
      stranger: { session: undefined, prefix: seen.print.endpoint?.prefix },
    };
  }

  silence(scene: PersonScene, at: number): string {
    const judged = useAt(scene, at, this.rule);
    const spread = judged === undefined ? undefined : this.spreadOf(scene, at, judged);
    if (spread === undefined) return NO_ODD_USE;
    return `the credential was used from ${spread.blocks.size} address blocks of new networks in this hour: too few`;
  }

  /** What the credential was used from and with in this hour so far, as far as the networks are new to it. */
  private spreadOf(scene: PersonScene, at: number, { seen, use, fact }: JudgedUse): Spread | undefined {
    const { habits, story } = scene.person;
    const owner = knownOwner(habits, use);
    if (owner === undefined) return undefined;
    const from = Math.floor(seen.time / HOUR_MS) * HOUR_MS;
    const known = new Set(lastingUses(habits, owner, 'network', from));
    const spread: Spread = { owner, blocks: new Set(), kinds: new Set(), clients: new Set(), unlisted: new Set(), others: [] };
    for (let i = at; i >= 0 && story.tail[i]!.time >= from; i--) {
      const other = story.tail[i]!;
      const own = useFactIn(other, this.rule);
      const one = own === undefined || own.by !== fact.by ? undefined : useIn(other, own);
      if (one === undefined || isOwnWayOut(scene, one)) continue;
      const { network, prefix, class: kind, client } = valuesOf(one);
      if (network === undefined || prefix === undefined || known.has(network)) {
        if (other === seen) return undefined;
        continue;
      }
      if (other !== seen && !spread.blocks.has(prefix)) spread.others.unshift(other);
      spread.blocks.add(prefix);
      if (kind !== undefined) spread.kinds.add(kind);
      if (client !== undefined) spread.clients.add(client);
      if (isUnlisted(one.endpoint)) spread.unlisted.add(network);
    }
    return spread;
  }

  private factorsOf({ person }: PersonScene, { seen, fact }: JudgedUse, { owner, blocks, kinds, clients, unlisted }: Spread): Factor[] {
    const factors: Factor[] = [];
    const { time } = seen;
    const where = networkName(seen.print.endpoint!);
    const add = (name: FactorName, text: string, before: string | undefined, after: string) =>
      factors.push(factor(name, this.points(name), text, before, after));
    add('egress_fan_out', `${credentialName(fact)}: ${blocks.size} address blocks within an hour.`, undefined, String(blocks.size));
    const networks = lastingUses(person.habits, owner, 'network', time);
    add('egress_new', `All of networks that it was never used from, at last ${where}.`, namesOf(networks), where);
    const classes = lastingClasses(person.habits, owner, time);
    const people = [...kinds].filter((kind) => OF_PEOPLE.has(kind));
    if (people.length > 0 && !classes.some((one) => OF_PEOPLE.has(one)))
      add('egress_of_people', 'Some are networks of people, where it was never used.', classes.join(', '), people.join(', '));
    // who moves goes to one hoster, which may be in no list
    else if (unlisted.size > 1 && livesInDataCentres(classes))
      add(
        'egress_unlisted',
        `${unlisted.size} networks are in no list, but it was only ever used in data centres.`,
        classes.join(', '),
        namesOf([...unlisted]),
      );
    const programs = lastingUses(person.habits, owner, 'client', time);
    const others = [...clients].filter((client) => !programs.includes(client));
    if (programs.length > 0 && others.length > 0)
      add('client_new', `With programs that it was never used with: ${others.join(', ')}.`, programs.join(', '), others.join(', '));
    return factors;
  }
}

const CONTEXT_EVENTS = 8;

interface Spread {
  owner: string;
  blocks: Set<string>;
  kinds: Set<string>;
  clients: Set<string>;
  /** networks of which nobody knows what they are for */
  unlisted: Set<string>;
  /** the first use from each other address block */
  others: Observation[];
}
