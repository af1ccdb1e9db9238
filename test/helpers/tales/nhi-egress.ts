import { ACTS, actOf } from '../../../src/core/detect/acts.js';
import { type FactorName, factor, scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { Factor, SessionEvent } from '../../../src/core/event/index.js';

const DAY_MS = 86_400_000;
const PROBATION_MS = 3 * DAY_MS;
const KNOWN_AFTER_MS = 7 * DAY_MS;
const OF_PEOPLE = ['access', 'mobile', 'satellite', 'education', 'relay'];
const OF_MACHINES = ['hosting', 'sase'];

/** What a use shows. */
const SHOWN = {
  network: ({ src_endpoint }: SessionEvent) => src_endpoint?.asn?.toString(),
  prefix: ({ src_endpoint }: SessionEvent) => src_endpoint?.prefix,
  class: ({ src_endpoint }: SessionEvent) => src_endpoint?.as_class ?? 'unknown',
  country: ({ src_endpoint }: SessionEvent) => src_endpoint?.country,
  client: ({ user_agent }: SessionEvent) => user_agent?.family,
  act: (event: SessionEvent) => consequenceOf(event),
} as const;

function consequenceOf(event: SessionEvent): keyof typeof ACTS | undefined {
  const act = actOf(event);
  return act !== undefined && ACTS[act].points >= 20 ? act : undefined;
}

/** What is worst of one use, and whether it was somebody else: then nothing that comes from that address block later is met. */
interface Told {
  score: number;
  isStrangers: boolean;
}

/**
 * Uses of the keys of one machine, or of one person, told the slow and obvious way: at each use everything before it is looked through once more. What habits
 * a stranger has taught is not told, so that it is for stories whose oddities are no older than the probation, in which nothing that is learned counts.
 * @returns score of the worst use of each key and day (UTC), as `<key>@<day>`
 */
export function nhiEgressTale(parameters: Parameters): (events: readonly SessionEvent[]) => Map<string, number> {
  const number = (name: string): number => Number(parameters[name]);
  const make = (name: FactorName): Factor => factor(name, number(`points_${name}`), name);

  return (events) => {
    const uses = events.filter(
      ({ token, src_endpoint, subject_role, status }) =>
        token !== undefined && src_endpoint?.class === 'public' && subject_role === 'actor' && status === 'success',
    );
    const worst = new Map<string, number>();
    const strangers: SessionEvent[] = [];
    const isStrangers = (use: SessionEvent) =>
      strangers.some((other) => other.time <= use.time && SHOWN.prefix(other) === SHOWN.prefix(use));
    for (const use of uses) {
      const before = uses.filter((other) => other.time < use.time);
      const told = tellOf(use, before, isStrangers);
      if (told.isStrangers) strangers.push(use);
      if (told.score === 0) continue;
      const episode = `${use.token!.uid}@${Math.floor(use.time / DAY_MS)}`;
      worst.set(episode, Math.max(told.score, worst.get(episode) ?? 0));
    }
    return worst;
  };

  function tellOf(use: SessionEvent, before: readonly SessionEvent[], isStrangers: (other: SessionEvent) => boolean): Told {
    const isMachine = use.principal.type !== 'human';
    const ofKey = before.filter(({ token }) => token!.uid === use.token!.uid);
    // a key that is new to a machine is compared with the machine
    const own = isKnown(use, ofKey) ? ofKey : isMachine && isKnown(use, before) ? before : undefined;
    const ofFirstDays = (isMachine ? before : ofKey).filter((other) => !isStrangers(other));
    const factors = own === undefined ? inFirstDays(use, ofFirstDays) : compared(use, own, isMachine);
    const whole = scoreOf(factors, true);
    const score = factors.some(({ name }) => name === 'egress_abroad') && factors.length < 3 ? Math.min(whole, 64) : whole;
    const withoutAct = scoreOf(
      factors.filter(({ name }) => name !== 'act'),
      true,
    );
    return { score, isStrangers: score >= 65 || (score >= 40 && withoutAct >= 40) };
  }

  /** Nobody knows what it is used to: only Tor and a browser are no machine's. */
  function inFirstDays(use: SessionEvent, own: readonly SessionEvent[]): Factor[] {
    const isMet = (kind: keyof typeof SHOWN) => own.some((other) => SHOWN[kind](other) === SHOWN[kind](use));
    return [
      ...(SHOWN.class(use) === 'tor' && !isMet('class') ? [make('network_tor')] : []),
      ...(use.user_agent?.kind === 'browser' && !isMet('client') ? [make('machine_in_browser')] : []),
    ];
  }

  function compared(use: SessionEvent, own: readonly SessionEvent[], isMachine: boolean): Factor[] {
    const habits = (kind: keyof typeof SHOWN) => habitsOf(own, kind, use.time);
    const isNew = (kind: keyof typeof SHOWN) => SHOWN[kind](use) !== undefined && !habits(kind).includes(SHOWN[kind](use)!);
    const classes = habits('class');
    const kind = SHOWN.class(use);
    const isOnlyInDataCentres = classes.every((one) => OF_MACHINES.includes(one));
    const isWherePeopleAre = classes.some((one) => OF_PEOPLE.includes(one));
    const factors: Factor[] = [];

    const isAbroad = isNew('network') && isNew('country') && (isWherePeopleAre || (!isMachine && !isOnlyInDataCentres));
    const isCarriedAbout = !isMachine && isWherePeopleAre && OF_PEOPLE.includes(kind);
    if (kind === 'tor' && !classes.includes('tor')) factors.push(make('network_tor'));
    else if (isAbroad) {
      factors.push(make('egress_abroad'));
      if (['vpn', 'tor'].includes(kind) && !classes.includes(kind)) factors.push(make('egress_hidden'));
    } else if (isNew('network') && !isCarriedAbout) factors.push(make('egress_new'));
    else if (!isNew('network') && isNew('prefix')) factors.push(make('egress_prefix_new'));

    if (isOnlyInDataCentres) {
      if (OF_PEOPLE.includes(kind)) factors.push(make('egress_of_people'));
      if (['vpn', 'tor'].includes(kind)) factors.push(make('egress_hidden'));
      if (kind === 'unknown' && isNew('network')) {
        factors.push(make('egress_unlisted'));
        if (isNew('country')) factors.push(make('egress_country_new'));
      }
    }

    const clients = habits('client');
    if (use.user_agent?.kind === 'browser' && isNew('client')) factors.push(make('machine_in_browser'));
    else if (isNew('client') && clients.length > 0 && clients.length < 8) factors.push(make('client_new'));

    const act = consequenceOf(use);
    const isElsewhere = factors.some(({ name }) => ['network_tor', 'egress_new', 'egress_country_new', 'egress_abroad'].includes(name));
    if (act !== undefined && isElsewhere && isNew('act') && habits('act').length < 8)
      factors.push(factor('act', ACTS[act].points, 'act', undefined, act));
    return factors;
  }
}

/** What was seen on two days (UTC), the second of them before the probation. */
function habitsOf(own: readonly SessionEvent[], kind: keyof typeof SHOWN, time: number): string[] {
  const days = new Map<string, Set<number>>();
  for (const event of own) {
    const value = SHOWN[kind](event);
    if (value === undefined || event.time > time - PROBATION_MS) continue;
    days.set(value, (days.get(value) ?? new Set()).add(Math.floor(event.time / DAY_MS)));
  }
  return [...days].filter(([, seen]) => seen.size > 1).map(([value]) => value);
}

/** Is there a network that it has been used from for a week, by habit? */
function isKnown(use: SessionEvent, own: readonly SessionEvent[]): boolean {
  const first = own.find((other) => habitsOf(own, 'network', use.time).includes(SHOWN.network(other) ?? ''));
  return first !== undefined && first.time <= use.time - KNOWN_AFTER_MS;
}
