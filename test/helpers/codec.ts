import { rulesInForce } from '../../src/core/detect/detectors.js';
import { createDetect, type DetectOptions } from '../../src/core/detect/index.js';
import type { Rule } from '../../src/core/detect/rule.js';
import type { Finding } from '../../src/core/event/index.js';
import type { Detect, DurableDetect } from '../../src/core/pipeline.js';
import type { People } from '../../src/core/state/people.js';
import { AVRO_VERSION } from '../../src/runtime/store/avro-form.js';
import { Dictionary } from '../../src/runtime/store/dictionary.js';
import { createPersonCodec, type PersonCodec } from '../../src/runtime/store/person-codec.js';

const codecs = new Map<string, PersonCodec>();

/** That of version 1, of which the same person always has the same bytes. */
export function codecFor(rules: readonly Rule[], digest = 'test'): PersonCodec {
  const inForce = rulesInForce(rules, digest);
  const key = [digest, ...inForce.uids].join();
  const codec = codecs.get(key) ?? createPersonCodec(inForce, { write_version: AVRO_VERSION });
  codecs.set(key, codec);
  return codec;
}

/** Learns at once what others learn of many people: stories of tests are of few. */
class EagerWords extends Dictionary {
  override meet(text: string): void {
    if (text.length > 2 && this.numberOf(text) < 0) this.take(this.size, [text]);
  }
}

/** One for a partition, with words of its own. @param write_version default: the latest */
export function ownCodec(rules: readonly Rule[], write_version?: number): PersonCodec {
  const words = new EagerWords();
  return createPersonCodec(rulesInForce(rules, 'test'), write_version === undefined ? { words } : { words, write_version });
}

/** The people that an engine holds, as a store would see them. */
export function peopleOf(detect: Detect): People {
  return (detect as unknown as { people: People }).people;
}

/** A tick at which everybody is looked at, as if none had been for a day. */
export function tickForAll(detect: Detect, time: number): Finding[] {
  peopleOf(detect).last_tick = 0;
  return detect.tick(time);
}

/** What a process does that takes over from another: the same rules, or others, and the people as they were written down. */
export function takeOver(from: Detect, before: readonly Rule[], options: DetectOptions, after: readonly Rule[] = before): DurableDetect {
  const to = createDetect(after, options);
  for (const person of peopleOf(from).values()) peopleOf(to).put(codecFor(after).decode(codecFor(before).encode(person)));
  peopleOf(to).clock = peopleOf(from).clock;
  peopleOf(to).last_tick = peopleOf(from).last_tick;
  return to;
}
