import type { Dimension, Factor } from '../event/index.js';
import { isHabit } from '../state/habits.js';
import { concerns, type Mark } from '../state/marks.js';
import { isBefore, type Observation } from '../state/observation.js';
import { NO_AGENT, newNote, type Print, type PrintNote, setNote, type Traits } from '../state/print.js';
import type { Session } from '../state/session.js';
import { type CompareSettings, type Comparison, clientName, compare, durationText, moveBetween, PLACELESS } from './compare.js';
import { FACTORS, type FactorName, factor, pointParameters, scoreOf } from './factors.js';
import {
  type Detector,
  type EvidenceSource,
  endBefore,
  evidenceOf,
  type Judgement,
  type Scene,
  type SessionJudge,
  UNREPORTED,
} from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import { numberOf, type ParameterSpecs, type Parameters, stringsOf } from './parameters.js';
import { networkName } from './travel.js';

const USED: readonly FactorName[] = [
  'network_changed',
  'network_hosting',
  'network_tor',
  'country_changed',
  'in_session_speed',
  'device_replaced',
  'device_absent',
  'device_shared',
  'cookie_two_systems',
  'os_changed',
  'form_factor_changed',
  'same_device',
  'library_client',
  'client_absent',
  'library_new_lane',
  'uncommon_client',
  'browser_changed',
  'version_backwards',
  'tls_changed',
  'alternation',
  'alternation_same_client',
  'networks_in_an_hour',
  'resumed',
  'sensitive_act',
  'same_token',
  'same_token_moved',
  'bound_token',
];

/** Events beside trigger and baseline that a finding names. */
const CONTEXT_EVENTS = 5;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Administrative tools by their published client ids: Azure CLI, Azure PowerShell, Graph command line, Graph Explorer, directory PowerShell. */
const ADMINISTRATIVE_CLIENTS = [
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  '1950a258-227b-4e31-a9cf-717495945fc2',
  '14d82eec-204b-4c2f-b7e8-296a70dab67e',
  'de8bc8b5-d9f9-48b1-a8ad-b748da725064',
  '1b730954-1685-4b74-9bfd-dac224a7b894',
];

const PARAMETERS: ParameterSpecs = {
  speed_kmh: {
    kind: 'integer',
    default: 900,
    min: 100,
    max: 5000,
    doc: 'faster than this a session did not travel: the cruising speed of an airliner',
  },
  distance_km: {
    kind: 'integer',
    default: 500,
    min: 50,
    max: 20_000,
    doc: 'below this distance, accuracy radii subtracted, speed is not looked at',
  },
  alternation_within: { kind: 'duration', default: HOUR_MS, min: MINUTE_MS, max: 24 * HOUR_MS, doc: 'how far back turns are counted' },
  alternation_turns: { kind: 'integer', default: 3, min: 2, max: 20, doc: 'turns that make an alternation: A-B-A-B has three' },
  networks_within: { kind: 'duration', default: HOUR_MS, min: MINUTE_MS, max: 24 * HOUR_MS, doc: 'how far back networks are counted' },
  networks_count: { kind: 'integer', default: 4, min: 2, max: 20, doc: 'networks that are many' },
  resumed_after: {
    kind: 'duration',
    default: 8 * HOUR_MS,
    min: HOUR_MS,
    max: 168 * HOUR_MS,
    doc: 'rest after which taking up the session counts',
  },
  token_within: {
    kind: 'duration',
    default: 24 * HOUR_MS,
    min: HOUR_MS,
    max: 48 * HOUR_MS,
    doc: 'how far back the same token, or another user of an administrative client, is looked for',
  },
  uncommon_clients: { kind: 'strings', default: ADMINISTRATIVE_CLIENTS, doc: 'OAuth client ids that few people use' },
  ...pointParameters(USED),
};

/** Dimensions that a print carries on: the order of `PrintNote.points`. */
const CARRIED = ['place_network', 'device', 'client'] as const;

export const sessionReuse: Detector = {
  name: 'session_reuse',
  doc: 'each event of a session against the fingerprints that the session is known by, lane by lane',
  parameters: PARAMETERS,
  create: (parameters, rule) => new ReuseJudge(parameters, rule),
};

/**
 * Above 400 lines in one file: introduction of a print, sequence, token and client all read and write the notes that this rule keeps of the
 * session's prints, and apart they would hand the same six things to one another.
 */
class ReuseJudge implements SessionJudge {
  readonly lookBack: number;
  readonly needsMarks = false;
  private readonly points: Readonly<Record<string, number>>;
  private readonly settings: CompareSettings;
  private readonly alternationWithin: number;
  private readonly alternationTurns: number;
  private readonly networksWithin: number;
  private readonly networksCount: number;
  private readonly resumedAfter: number;
  private readonly tokenWithin: number;
  private readonly reportFrom: number;
  private readonly uncommonClients: ReadonlySet<string>;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    this.points = Object.fromEntries(USED.map((name) => [name, numberOf(parameters, `points_${name}`)]));
    this.settings = {
      points: (name) => this.pointsOf(name),
      speed_kmh: numberOf(parameters, 'speed_kmh'),
      distance_km: numberOf(parameters, 'distance_km'),
    };
    this.alternationWithin = numberOf(parameters, 'alternation_within');
    this.alternationTurns = numberOf(parameters, 'alternation_turns');
    this.networksWithin = numberOf(parameters, 'networks_within');
    this.networksCount = numberOf(parameters, 'networks_count');
    this.resumedAfter = numberOf(parameters, 'resumed_after');
    this.tokenWithin = numberOf(parameters, 'token_within');
    this.reportFrom = numberOf(parameters, 'report_from');
    this.uncommonClients = stringsOf(parameters, 'uncommon_clients');
    this.lookBack = Math.max(this.alternationWithin, this.networksWithin, this.tokenWithin);
  }

  judge(scene: Scene, at: number): Judgement | undefined {
    const seen = scene.session.tail[at]!;
    let note = seen.print.notes[this.rule];
    if (note === undefined) {
      note = this.introduce(scene, at);
      setNote(seen.print, this.rule, note);
    }
    if (!deviates(note)) return this.judgeReturn(scene, at);
    const factors = [...note.factors];
    this.judgeSequence(scene, at, note, factors);
    this.judgeToken(scene, at, note, factors);
    this.judgeClientId(scene, at, note, factors);
    return this.conclude(scene, at, seen.print, note, factors);
  }

  /** The session's own fingerprint comes back and finds that the token it still holds was used elsewhere in between. */
  private judgeReturn(scene: Scene, at: number): Judgement | undefined {
    const { tail } = scene.session;
    const seen = tail[at]!;
    if (seen.token_uid === undefined || !this.hasElsewhere(scene.session)) return undefined;
    const since = seen.time - this.tokenWithin;
    let between: Observation | undefined;
    for (let i = at - 1; i >= 0; i--) {
      const other = tail[i]!;
      if (other.time < since) break;
      if (!isSameToken(other, seen)) continue;
      const note = other.print.notes[this.rule];
      if (note === undefined) continue;
      if (deviates(note)) {
        if ((note.points[0] ?? 0) > 0) between = other;
      } else if (between !== undefined) {
        const theirs = between.print.notes[this.rule]!;
        const text = `One token, ${seen.token_uid}, on two networks at a time: ${printName(seen.print)} and ${printName(between.print)}.`;
        return this.conclude(scene, at, between.print, theirs, [
          ...theirs.factors,
          factor('same_token', this.pointsOf('same_token'), text),
        ]);
      }
    }
    return undefined;
  }

  /** Was the session used from anywhere but where it is known? Most never were, and need no look through what they did. */
  private hasElsewhere(session: Session): boolean {
    for (const print of session.prints) {
      const note = print.notes[this.rule];
      if (deviates(note) && (note.points[0] ?? 0) > 0) return true;
    }
    return false;
  }

  private conclude(scene: Scene, at: number, suspect: Print, note: PrintNote, factors: Factor[]): Judgement {
    const seen = scene.session.tail[at]!;
    const score = scoreOf(factors, true);
    if (score >= LEVEL_FROM.medium && !note.is_suspect) {
      note.is_suspect = true;
      note.suspect_time = seen.time;
      note.suspect_uid = seen.uid;
    }
    // Most judgements are not worth a word; only one that will be reported is put into words.
    if (score < this.reportFrom) return { ...UNREPORTED, score };
    const baseline = this.evidenceFor(scene.session, at, note.baseline!);
    const other = suspect === seen.print ? undefined : this.evidenceFor(scene.session, at, suspect);
    const end = endBefore(scene.person.marks, scene.session, seen, (mark: Mark) => concerns(mark, scene.session.issuer, scene.session.uid));
    return {
      score,
      factors,
      episode: end === undefined ? '' : end.uid,
      baseline: [baseline, other].filter((side) => side !== undefined),
      travel: note.travel,
      message: `is used ${useName(suspect)}, but was known ${useName(note.baseline!)}`,
      context: score >= LEVEL_FROM.medium ? this.contextOf(scene.session, at, suspect) : [],
    };
  }

  /** What a print says when it first appears: its distance from the nearest print that nobody suspects. */
  private introduce(scene: Scene, at: number): PrintNote {
    const { session } = scene;
    const seen = session.tail[at]!;
    const print = seen.print;
    let sameLane = false;
    for (const known of session.prints) {
      if (known !== print && known.lane === print.lane && this.isBaseline(known)) {
        sameLane = true;
        break;
      }
    }
    let nearest: PrintNote | undefined;
    let nearestSum = Number.POSITIVE_INFINITY;
    let nearestLast = Number.NEGATIVE_INFINITY;
    let nearestSince: PrintNote | undefined;
    for (const known of session.prints) {
      const theirs = known.notes[this.rule];
      if (known === print || theirs === undefined || theirs.is_suspect) continue;
      // A new lane is another program: only network and device can be compared, and with the mint.
      if (sameLane ? known.lane !== print.lane : theirs.baseline !== undefined) continue;
      const candidate = this.compareWith(scene, at, known, theirs, sameLane);
      const sum = scoreOf(candidate.factors, false);
      const last = lastTimeOf(session, at, known, seen.time);
      // Of equals the one that was used last: that is what the person was doing.
      if (sum > nearestSum || (sum === nearestSum && (last < nearestLast || (last === nearestLast && isLaterNote(theirs, nearestSince)))))
        continue;
      nearest = candidate;
      nearestSum = sum;
      nearestLast = last;
      nearestSince = theirs;
    }
    if (nearest !== undefined) this.judgeSpeed(scene, at, nearest);
    return nearest === undefined ? mintNote(print, seen.time, seen.uid) : this.inCompanyOf(scene.session, print, nearest);
  }

  /**
   * A fingerprint that shows up behind the very address block of a suspect is the suspect's next program or next log: what is known of the
   * one holds for the other. A mailbox log that names no browser would else make the thief's forwarding rule look like a change of network.
   */
  private inCompanyOf(session: Session, print: Print, note: PrintNote): PrintNote {
    const prefix = print.endpoint?.prefix;
    if (prefix === undefined || (note.points[0] ?? 0) <= 0) return note;
    let suspect: PrintNote | undefined;
    for (const other of session.prints) {
      const theirs = other.notes[this.rule];
      if (theirs?.is_suspect !== true || other.endpoint?.prefix !== prefix) continue;
      if (suspect === undefined || isBefore(theirs.since_time, theirs.since_uid, suspect.since_time, suspect.since_uid)) suspect = theirs;
    }
    if (suspect === undefined) return note;
    const factors = [...note.factors];
    for (const theirs of suspect.factors) if (theirs.points > mostOf(note.factors, theirs.dimension)) factors.push(theirs);
    note.factors = factors;
    note.points = CARRIED.map((dimension) => mostOf(factors, dimension));
    return note;
  }

  adopt(print: Print, time: number): void {
    if (print.notes[this.rule] !== undefined) return;
    const note = mintNote(print, time, '');
    note.is_settled = true;
    setNote(print, this.rule, note);
  }

  private isBaseline(print: Print): boolean {
    const note = print.notes[this.rule];
    return note !== undefined && !note.is_suspect;
  }

  private compareWith(scene: Scene, at: number, known: Print, theirs: PrintNote, sameLane: boolean): PrintNote {
    const seen = scene.session.tail[at]!;
    const print = seen.print;
    const { habits } = scene.person;
    // Some operators rent out servers everywhere: theirs is the person's egress in the countries where the person is used to be.
    const isKnownEgress = (endpoint: NonNullable<Traits['endpoint']>): boolean =>
      scene.isOperatorEgress(endpoint) ||
      (endpoint.asn !== undefined &&
        isHabit(habits, 'network', String(endpoint.asn), seen.time) &&
        (endpoint.country === undefined || isHabit(habits, 'country', endpoint.country, seen.time)));
    const { factors }: Comparison = compare(theirs.known, print, undefined, this.settings, isKnownEgress, sameLane);
    if (
      !sameLane &&
      factors.length > 0 &&
      print.user_agent?.kind === 'library' &&
      !isHabit(scene.person.habits, 'lane', 'cli', seen.time)
    ) {
      factors.push(
        factor(
          'library_new_lane',
          this.pointsOf('library_new_lane'),
          `A programming library, ${clientName(print.user_agent)}, takes part in a session that had none.`,
        ),
      );
    }
    // Step by step a thief could drift away from the mint; so what the nearest print deviated by is carried on. Not so where it sat behind the
    // very address block of what it was compared with: a second browser at home.
    const merged = [...factors];
    if (!isAtItsBaseline(known, theirs)) {
      for (const inherited of theirs.factors) if (inherited.points > mostOf(factors, inherited.dimension)) merged.push(inherited);
    }
    const points = CARRIED.map((dimension) => mostOf(merged, dimension));
    return newNote(fillUnknown(print, theirs.known), known, seen.time, seen.uid, merged, points);
  }

  /** Speed is from where the session was last, whichever print the newcomer is compared with. */
  private judgeSpeed(scene: Scene, at: number, note: PrintNote): void {
    const { session } = scene;
    const seen = session.tail[at]!;
    const to = seen.print.endpoint;
    if (to === undefined || (note.points[0] ?? 0) <= 0) return;
    let from: Print | undefined;
    let fromTime = Number.NEGATIVE_INFINITY;
    for (const print of session.prints) {
      const theirs = print.notes[this.rule];
      if (print === seen.print || print.endpoint === undefined || theirs === undefined || theirs.is_suspect) continue;
      const last = lastTimeOf(session, at, print, seen.time);
      if (last < fromTime || (last === fromTime && isLaterNote(theirs, from?.notes[this.rule]))) continue;
      from = print;
      fromTime = last;
    }
    const move = from?.endpoint === undefined ? undefined : moveBetween(from.endpoint, to, seen.time - fromTime, this.settings);
    if (move === undefined) return;
    note.factors = [...note.factors, move.factor];
    note.points = CARRIED.map((dimension) => mostOf(note.factors, dimension));
    note.travel = move.travel;
  }

  private judgeSequence(scene: Scene, at: number, note: PrintNote, out: Factor[]): void {
    const { tail } = scene.session;
    const seen = tail[at]!;
    const turns = this.turnsBefore(scene.session, at, note);
    const deviatesByMore = (note.points[1] ?? 0) > 0 || (note.points[2] ?? 0) > 0;
    // The same browser now here and now behind a VPN or a rented server is one person with a switch.
    const isSwitch = !deviatesByMore && PLACELESS.has(note.known.endpoint?.as_class ?? 'unknown');
    if (turns >= this.alternationTurns && !isSwitch) {
      const name = deviatesByMore ? 'alternation' : 'alternation_same_client';
      const baselineName = note.baseline === undefined ? '' : printName(note.baseline);
      out.push(
        factor(
          name,
          this.pointsOf(name),
          `They take turns: ${turns} changes between ${baselineName} and ${printName(seen.print)} within ${durationText(this.alternationWithin)}.`,
        ),
      );
      const device = seen.print.device_uid;
      if (deviatesByMore && device !== undefined && device !== 'none' && device === note.baseline?.device_uid) {
        out.push(
          factor('device_shared', this.pointsOf('device_shared'), `The device id ${device} alternates on two networks with two clients.`),
        );
      }
    }
    const hasMoved = (note.points[0] ?? 0) > 0;
    if (!hasMoved && !deviatesByMore) return;
    if (hasMoved) {
      const networks = this.networksBefore(scene.session, at);
      if (networks >= this.networksCount) {
        out.push(
          factor(
            'networks_in_an_hour',
            this.pointsOf('networks_in_an_hour'),
            `${networks} networks within ${durationText(this.networksWithin)}.`,
          ),
        );
      }
      // Every morning takes up yesterday's session, in the office or abroad; few do so from a rented server.
      const kind = note.known.endpoint?.as_class;
      const before = at > 0 ? tail[at - 1]!.time : scene.session.folded_time;
      const rest = seen.time - before;
      if ((kind === 'hosting' || kind === 'tor') && before > 0 && rest >= this.resumedAfter) {
        out.push(factor('resumed', this.pointsOf('resumed'), `Taken up from a rented server after ${durationText(rest)} of rest.`));
      }
    }
    // A plain change of network is everybody's evening; an act of consequence weighs only on top of more than that.
    const isMoreThanMoved = deviatesByMore || (note.points[0] ?? 0) > this.pointsOf('network_changed');
    if (seen.is_sensitive && isMoreThanMoved) {
      out.push(factor('sensitive_act', this.pointsOf('sensitive_act'), `The newcomer did what thieves do first: ${seen.action}.`));
    }
  }

  /** Changes of side between the newcomer and everybody else, in this lane and log, up to the event. */
  private turnsBefore(session: Session, at: number, note: PrintNote): number {
    // A program of a kind that the session did not have takes turns with all of it.
    const isNewLane = note.factors.some((f) => f.name === 'library_new_lane');
    const seen = session.tail[at]!;
    const since = seen.time - this.alternationWithin;
    let turns = 0;
    let wasNewcomer = true;
    for (let i = at - 1; i >= 0; i--) {
      const other = session.tail[i]!;
      if (other.time < since) break;
      if (other.product !== seen.product || other.vendor !== seen.vendor || (other.print.lane !== seen.print.lane && !isNewLane)) continue;
      const isNewcomer = this.isOneOf(seen.print, other.print, seen);
      if (isNewcomer !== wasNewcomer) turns++;
      wasNewcomer = isNewcomer;
    }
    return turns;
  }

  /** The newcomer's own: the same print, the same address block, or a print that was suspected before the event. */
  private isOneOf(newcomer: Print, other: Print, seen: Observation): boolean {
    if (other === newcomer) return true;
    const note = other.notes[this.rule];
    if (note?.is_suspect === true && isBefore(note.suspect_time, note.suspect_uid, seen.time, seen.uid)) return true;
    return other.endpoint !== undefined && other.endpoint.prefix === newcomer.endpoint?.prefix;
  }

  private networksBefore(session: Session, at: number): number {
    const since = session.tail[at]!.time - this.networksWithin;
    const networks = new Set<number>();
    for (let i = at; i >= 0; i--) {
      const other = session.tail[i]!;
      if (other.time < since) break;
      const endpoint = other.print.endpoint;
      if (endpoint?.asn !== undefined && endpoint.as_class !== 'relay' && endpoint.as_class !== 'mobile') networks.add(endpoint.asn);
    }
    return networks.size;
  }

  /** One token is held by one program; two networks at once are two holders. Compared within one log, since logs see split paths. */
  private judgeToken(scene: Scene, at: number, note: PrintNote, out: Factor[]): void {
    const { tail } = scene.session;
    const seen = tail[at]!;
    if (seen.is_bound && seen.activity === 'sign_in')
      out.push(factor('bound_token', this.pointsOf('bound_token'), 'The sign-in was bound to its device by a key.'));
    if (seen.token_uid === undefined || (note.points[0] ?? 0) <= 0) return;
    const since = seen.time - this.tokenWithin;
    let elsewhere: Observation | undefined;
    let interleaved = false;
    for (let i = at - 1; i >= 0 && !interleaved; i--) {
      const other = tail[i]!;
      if (other.time < since) break;
      if (!isSameToken(other, seen)) continue;
      if (other.print === seen.print) interleaved = elsewhere !== undefined;
      else if (other.print.endpoint !== undefined && !deviates(other.print.notes[this.rule])) elsewhere ??= other;
    }
    if (elsewhere === undefined) return;
    const abroad = note.factors.some((f) => f.name === 'country_changed' || f.name === 'in_session_speed');
    const name = interleaved || abroad ? 'same_token' : 'same_token_moved';
    out.push(
      factor(
        name,
        this.pointsOf(name),
        `One token, ${seen.token_uid}, on two networks: ${printName(elsewhere.print)} and ${printName(seen.print)}.`,
      ),
    );
  }

  private judgeClientId(scene: Scene, at: number, note: PrintNote, out: Factor[]): void {
    const { tail } = scene.session;
    const seen = tail[at]!;
    const client = seen.client_uid;
    if (client === undefined || (note.points[0] ?? 0) <= 0 || !this.uncommonClients.has(client)) return;
    if (isHabit(scene.person.habits, 'client', client, seen.time)) return;
    const since = seen.time - this.tokenWithin;
    for (let i = at - 1; i >= 0 && tail[i]!.time >= since; i--) {
      const other = tail[i]!;
      if (other.client_uid === client && !deviates(other.print.notes[this.rule])) return;
    }
    out.push(
      factor('uncommon_client', this.pointsOf('uncommon_client'), `An administrative client, ${client}, that this person never used.`),
    );
  }

  /** What else the newcomer did up to the event: the first use, and the latest acts of consequence. */
  private contextOf(session: Session, at: number, suspect: Print): EvidenceSource[] {
    const acts: Observation[] = [];
    for (let i = at - 1; i >= 0; i--) {
      const other = session.tail[i]!;
      if (!this.isOneOf(suspect, other.print, session.tail[at]!)) continue;
      if (other.is_sensitive || !session.tail.slice(0, i).some((earlier) => earlier.print === other.print)) acts.push(other);
    }
    const first = acts.at(-1);
    const latest = acts.slice(0, CONTEXT_EVENTS - 1).reverse();
    return (first === undefined || latest.includes(first) ? latest : [first, ...latest]).map(evidenceOf);
  }

  /** The latest use of a print before the event. */
  private evidenceFor(session: Session, at: number, print: Print): EvidenceSource | undefined {
    for (let i = at - 1; i >= 0; i--) if (session.tail[i]!.print === print) return evidenceOf(session.tail[i]!);
    return foldedEvidence(print);
  }

  private pointsOf(name: FactorName): number {
    return this.points[name] ?? FACTORS[name].points;
  }
}

/** The last use of a print that left the tail. */
export function foldedEvidence(print: Print): EvidenceSource | undefined {
  const folded = print.folded_last;
  return folded === undefined ? undefined : { ...folded, user_agent: print.user_agent?.original, device: print.device_uid };
}

/** The last time that a print was used before the event; the event's own time when it never was. */
export function lastTimeOf(session: Session, at: number, print: Print, fallback: number): number {
  for (let i = at - 1; i >= 0; i--) if (session.tail[i]!.print === print) return session.tail[i]!.time;
  return print.folded_last?.time ?? fallback;
}

function fillUnknown(print: Print, from: Traits): Traits {
  return {
    endpoint: print.endpoint ?? from.endpoint,
    user_agent: print.user_agent === undefined || print.user_agent === NO_AGENT ? from.user_agent : print.user_agent,
    device_uid: print.device_uid ?? from.device_uid,
    device_os: print.device_os ?? from.device_os,
    cookie_uid: print.cookie_uid ?? from.cookie_uid,
    ja4: print.ja4 ?? from.ja4,
  };
}

/** `with edge 126 on windows from Telenor (AS2119), Oslo NO`. */
export function useName(print: Traits): string {
  return print.user_agent === undefined ? `from ${printName(print)}` : `with ${printName(print)}`;
}

/** `edge 126 on windows from Telenor (AS2119), Oslo NO`. */
export function printName(print: Traits): string {
  const where = print.endpoint === undefined ? undefined : networkName(print.endpoint);
  const what = print.user_agent === undefined ? undefined : clientName(print.user_agent);
  if (what === undefined) return where ?? 'an unknown place';
  return where === undefined ? what : `${what} from ${where}`;
}

/** Did this print appear after the other? Prints have the order of the story, not of arrival. */
function isLaterNote(note: PrintNote, than: PrintNote | undefined): boolean {
  return than !== undefined && !isBefore(note.since_time, note.since_uid, than.since_time, than.since_uid);
}

function deviates(note: PrintNote | undefined): note is PrintNote {
  return note?.baseline !== undefined && note.points.some((points) => points > 0);
}

/** Logs see different sides of a split path, so a token is compared within one log. */
function isSameToken(a: Observation, b: Observation): boolean {
  return a.token_uid === b.token_uid && a.product === b.product && a.vendor === b.vendor;
}

function mostOf(factors: readonly Factor[], dimension: Dimension): number {
  let most = 0;
  for (const f of factors) if (f.dimension === dimension && f.points > most) most = f.points;
  return most;
}

const NO_FACTORS: readonly Factor[] = [];
const NO_POINTS: readonly number[] = CARRIED.map(() => 0);

/** The mint deviates from nothing. */
function mintNote(print: Print, sinceTime: number, sinceUid: string): PrintNote {
  return newNote(print, undefined, sinceTime, sinceUid, NO_FACTORS, NO_POINTS);
}

function isAtItsBaseline(print: Print, note: PrintNote): boolean {
  const prefix = print.endpoint?.prefix;
  return prefix !== undefined && prefix === note.baseline?.endpoint?.prefix;
}
