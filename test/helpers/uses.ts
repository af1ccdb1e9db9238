import { Explainer } from '../../src/core/detect/explain.js';
import { createDetect } from '../../src/core/detect/index.js';
import type { Finding, SessionEvent } from '../../src/core/event/index.js';
import { type MachineLine, sayUse } from './machine-stories.js';
import { bareRule } from './rules.js';

/** A day of 24 hours, minutes. */
export const DAY = 24 * 60;

/** One use of a key, by curl-like library from one block of a cloud, unless said otherwise. @param at minutes */
export function useAt(n: number, at: number, more: Partial<MachineLine> = {}): SessionEvent {
  return sayUse({ n, at, delay: 0, who: 'machine', key: 'AKIA1', place: 3, agent: 4, ...more });
}

/** Ten days on which the key is used at eight in the morning. */
export function tenDays(more: Partial<MachineLine> = {}): SessionEvent[] {
  return Array.from({ length: 10 }, (_, day) => useAt(day, day * DAY + 8 * 60, more));
}

/** What a bare rule of a detector says of events in order of arrival. */
export function findingsOf(detector: string, events: readonly SessionEvent[], parameters: Record<string, number> = {}): Finding[] {
  const detect = createDetect([bareRule(detector, { report_from: 1, ...parameters })], { config_digest: 'test' });
  return events.flatMap((event) => detect.accept(event));
}

/** Why a detector is silent on the last of the events; undefined when it is not. */
export function silenceOf(detector: string, events: readonly SessionEvent[], options: { isOperatorEgress?: () => boolean } = {}) {
  const explainer = new Explainer([bareRule(detector)], { config_digest: 'test', ...options });
  return events.map((event) => explainer.accept(event)).at(-1)!.answers[0]?.silence;
}
