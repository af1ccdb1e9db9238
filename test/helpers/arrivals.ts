import { rulesInForce } from '../../src/core/detect/detectors.js';
import { createDetect, type DetectOptions } from '../../src/core/detect/index.js';
import type { Rule } from '../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../src/core/event/index.js';
import { weigh } from '../../src/core/state/record/weigh.js';
import { codecFor, peopleOf, takeOver, tickForAll } from './codec.js';
import { stateOf } from './record/state-of.js';
import { byArrival } from './stories.js';
import { MINUTE } from './world.js';

/** What stories of two weeks share whose events are on their way for up to a day, and that are told in several orders and by several processes. */

/** Events arrive so late at most, minutes. */
export const LATENESS = 29 * 60;
/** As late as that can still be re-ordered, and no session is forgotten meanwhile. */
export const OPTIONS: DetectOptions = {
  config_digest: 'test',
  limits: { allowed_lateness: 30 * 60 * MINUTE, session_idle: 30 * 24 * 60 * MINUTE },
};

/** The same rules, which say what weighs little, too. */
export function talkative(rules: readonly Rule[]): Rule[] {
  return rules.map((rule) => ({ ...rule, parameters: { ...rule.parameters, report_from: 20 } }));
}

/** As if nothing had been late. */
export function inTime(events: readonly SessionEvent[]): SessionEvent[] {
  return events.map((event) => ({ ...event, arrival_time: event.time })).sort((a, b) => a.time - b.time || (a.uid < b.uid ? -1 : 1));
}

/** What stands in the end, each in a line. */
export function standing(
  rules: readonly Rule[],
  options: DetectOptions,
  events: readonly SessionEvent[],
  lineOf: (finding: Finding) => string,
): string[] {
  const detect = createDetect(rules, options);
  const latest = new Map<string, Finding>();
  for (const event of events) for (const finding of detect.accept(event)) latest.set(finding.uid, finding);
  return [...latest.values()]
    .filter(({ status }) => status !== 'retracted')
    .map(lineOf)
    .sort();
}

/** Fails unless processes that follow each other say and write what one would. @param isCut after this event the next one takes over */
export function expectOneAfterTheOther(
  rules: readonly Rule[],
  options: DetectOptions,
  events: readonly SessionEvent[],
  isCut: (n: number) => boolean,
): void {
  const inForce = rulesInForce(rules, options.config_digest);
  const codec = codecFor(rules);
  const whole = createDetect(rules, options);
  let relay = createDetect(rules, options);
  /** people as they are written: for people to read, and as bytes */
  const written = (detect: typeof whole) =>
    [...peopleOf(detect).values()].map((person) => {
      const bytes = codec.encode(person);
      expect(weigh(person, inForce).total).toBeGreaterThanOrEqual(bytes.length);
      return { state: stateOf(person, inForce), bytes: Buffer.from(bytes).toString('base64') };
    });
  byArrival(events).forEach((event, n) => {
    expect(tickForAll(relay, event.arrival_time)).toEqual(tickForAll(whole, event.arrival_time));
    expect(relay.accept(event)).toEqual(whole.accept(event));
    expect(written(relay)).toEqual(written(whole));
    if (isCut(n)) relay = takeOver(relay, rules, options);
  });
}
