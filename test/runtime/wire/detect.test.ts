import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { createStreamCodec } from '../../../src/runtime/wire/stream-record.js';
import { allRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { bursts, byArrival, mornings } from '../../helpers/stories.js';
import { MINUTE, say } from '../../helpers/world.js';

/** Judged behind the topic, events lead to what they lead to without it: nothing is lost that a detector reads, and nobody changes what is shared. */

const RULES = allRules();
const codec = createStreamCodec();

function through(event: SessionEvent): SessionEvent {
  const { body } = codec.decode(codec.encode({ body: { kind: 'event', event } }));
  if (body.kind !== 'event') throw new Error(body.kind);
  return body.event;
}

test.each([
  ['bursts', bursts({ lateness: 120, days: 6 })],
  ['mornings', mornings({ lateness: 120, days: 6 })],
])('the same findings: %s', (_name, stories) => {
  fc.assert(
    fc.property(stories, (lines) => {
      const options = { config_digest: 'test', limits: { allowed_lateness: 120 * MINUTE } };
      const straight = createDetect(RULES, options);
      const behind = createDetect(RULES, options);
      for (const event of byArrival(lines.map(say))) {
        const copy = through(event);
        expect(JSON.stringify(behind.accept(copy))).toBe(JSON.stringify(straight.accept(event)));
      }
    }),
    runs(100),
  );
});

describe('version 1', () => {
  const golden = JSON.parse(readFileSync(join(__dirname, 'stream-record-1.json'), 'utf8')) as { record: never; base64: string }[];

  test.each(golden.map((one, i) => [i, one] as const))('record %p as it was first written', (_i, { record, base64 }) => {
    const bytes = Buffer.from(base64, 'base64');
    expect(codec.decode(bytes)).toEqual(record);
    expect(codec.encode(record).toString('base64')).toBe(base64);
  });
});
