import type { Factor, SessionEvent } from '../event/index.js';
import { hash53 } from '../state/hash.js';
import type { Fact, Observation } from '../state/observation.js';
import { sessionKey } from '../state/session.js';
import { LEARNING, readStrange, STRANGE, type StrangeSettings, strangeness } from './accustomed.js';
import { readerOf } from './event-field.js';
import { type FactorName, factor, pointParameters, scoreOf } from './factors.js';
import type { PersonScene } from './judgement.js';
import { isByOwnKey } from './own-key.js';
import { numberOf, type ParameterProblem, type ParameterSpecs, type Parameters } from './parameters.js';

/**
 * What `match` and `count` have in common, the detectors with which a team says by conditions on an event's fields what is looked for. Whoever
 * writes such a rule knows how bad it is: the score is the rule's, and only what is strange about the event is added to it.
 */
export const OWN_PARAMETERS: ParameterSpecs = {
  report_from: {
    kind: 'integer',
    default: 1,
    min: 1,
    max: 100,
    doc: "lowest score that becomes a finding; every score of the rule's does",
  },
  score: { kind: 'integer', default: 40, min: 1, max: 100, doc: 'how bad it is, by the table of levels' },
  message: { kind: 'string', default: undefined, doc: "the finding's sentence, which begins with the person: `forwards mail to a rival`" },
  raise_when_strange: {
    kind: 'boolean',
    default: false,
    doc: 'whether what is new to the person (country, network, device, program) adds its points',
  },
  ...LEARNING,
  ...pointParameters(STRANGE),
};

/** A score that is never said is a mistake. */
export function checkScore({ score, report_from, raise_when_strange }: Readonly<Record<string, unknown>>): ParameterProblem[] {
  if (typeof report_from !== 'number' || raise_when_strange === true) return [];
  const own = score ?? OWN_PARAMETERS['score']!.default;
  if (typeof own !== 'number' || own >= report_from) return [];
  const message = `the rule's score is ${own}, so nothing is ever reported; lower this, or let \`raise_when_strange\` add points`;
  return [{ path: ['report_from'], of: 'value', message }];
}

/** A rule's own score, and what strangeness adds to it: nothing for what programs do with a person's own key, at none of the person's places. */
export class Scoring {
  readonly message: string | undefined;
  private readonly score: number;
  private readonly strange: StrangeSettings | undefined;

  constructor(parameters: Parameters) {
    this.score = numberOf(parameters, 'score');
    this.message = parameters['message'] as string | undefined;
    this.strange = parameters['raise_when_strange'] === true ? readStrange(parameters) : undefined;
  }

  of(scene: PersonScene, seen: Observation, name: FactorName, text: string): { score: number; factors: Factor[] } {
    const factors = [factor(name, this.score, text)];
    if (this.strange !== undefined && !isByOwnKey(scene.person, seen)) factors.push(...strangeness(scene, seen, this.strange));
    return { score: scoreOf(factors, false), factors };
  }
}

/** Of one field of an event what tells it from others; undefined when the event has none. */
export type ReadKey = (event: SessionEvent) => string | undefined;

/**
 * What events are told apart by.
 * @param field path of a field, or `session`: the session that can be told, all events without one being alike
 */
export function keyReader(field: string): ReadKey {
  if (field === 'session')
    return ({ session }) => (session === undefined || session.confidence === 'low' ? '' : short(sessionKey(session)));
  const read = readerOf(field);
  return (event) => {
    const value = read(event);
    return value === undefined ? undefined : short(String(value));
  };
}

/** Longer than any id of a session that vendors give. */
const KEY_LENGTH = 64;

/** A fact stays in a person's state for as long as the rule looks back: a long value is told by its beginning and a hash of it all. */
function short(text: string): string {
  return text.length <= KEY_LENGTH ? text : `${text.slice(0, KEY_LENGTH - 12)}~${hashed(text)}`;
}

/** 11 characters at most, for a value of which it matters only whether it is the same as another. */
export function hashed(text: string): string {
  return hash53(text).toString(36);
}

/** What a rule found in an event when it arrived. */
export function factIn({ more }: Observation, rule: number, step: number): Fact | undefined {
  return more?.facts?.find((fact) => fact.rule === rule && fact.step === step);
}

const DAY_MS = 86_400_000;

/** The UTC day of a time, as part of an episode. */
export function dayOf(time: number): string {
  return String(Math.floor(time / DAY_MS));
}
