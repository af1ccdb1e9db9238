import { Pulses } from '../../../src/runtime/stages/pulses.js';
import { createStreamCodec } from '../../../src/runtime/wire/stream-record.js';
import { alive, ENFORCED, type Step, step } from '../../helpers/sign-on.js';
import { MINUTE, T0 } from '../../helpers/world.js';

const codec = createStreamCodec();
const make = (enforced: () => typeof ENFORCED | undefined = () => ENFORCED) =>
  new Pulses({ topic: 'events', partitions: 3, codec, enforced });
const seen = (pulses: Pulses, steps: readonly Step[]) => {
  for (const [n, one] of steps.entries()) pulses.see(step(one, n));
  return pulses.take().map(({ topic, partition, key, value }) => {
    expect([topic, key]).toEqual(['events', null]);
    const { body } = codec.decode(value!);
    if (body.kind !== 'pulse') throw new Error(body.kind);
    return [partition, body.feed, (body.first_time - T0) / MINUTE, (body.last_time - T0) / MINUTE];
  });
};

test('every partition hears of what a chunk shows: where the log was alive, as stretches of time', () => {
  expect(seen(make(), [...alive(0, 20, 5), ...alive(60, 65, 5)])).toEqual([
    [0, 'default/okta', 0, 20],
    [1, 'default/okta', 0, 20],
    [2, 'default/okta', 0, 20],
    [0, 'default/okta', 60, 65],
    [1, 'default/okta', 60, 65],
    [2, 'default/okta', 60, 65],
  ]);
});

test('what was said is not said again, however often it is seen; a new minute is', () => {
  const pulses = make();
  expect(seen(pulses, alive(0, 10, 5))).toHaveLength(3);
  expect(seen(pulses, [...alive(0, 10, 5), { at: 10.5, what: 'okta' }])).toEqual([]);
  expect(seen(pulses, [{ at: 11, what: 'okta' }]).map(([, , ...times]) => times)).toEqual(Array(3).fill([11, 11]));
});

test('other logs tell nothing of it, and nothing is told where nothing is enforced', () => {
  expect(seen(make(), [{ at: 0, what: 'slack' }])).toEqual([]);
  expect(
    seen(
      make(() => undefined),
      alive(0, 10),
    ),
  ).toEqual([]);
});
