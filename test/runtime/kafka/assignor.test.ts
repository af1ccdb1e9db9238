import fc from 'fast-check';
import { type Claim, createAssignor } from '../../../src/runtime/kafka/assignor';
import type { Member, TopicPartition } from '../../../src/runtime/kafka/transport';

const byNumber = (_: string, partition: number) => String(partition);

function member(id: string, generation: number, claims: Record<string, Claim> = {}): Member {
  const units = new Map(Object.entries(claims));
  return { id, user_data: createAssignor({ name: 'x', unitOf: byNumber, claims: () => ({ generation, units }) }).userData() };
}

const assignor = createAssignor({ name: 'x', unitOf: byNumber, claims: () => ({ generation: 0, units: new Map() }) });
const assign = (members: Member[], partitions: number) =>
  assignor.assign(
    members,
    new Map([
      ['events', partitions],
      ['changelog', partitions],
    ]),
  );
const numbers = (parts: TopicPartition[] | undefined) =>
  [...new Set((parts ?? []).map(({ partition }) => partition))].sort((a, b) => a - b);

test('the partitions of one number go together', () => {
  const assigned = assign([member('a', 0), member('b', 0)], 5);
  for (const parts of assigned.values()) {
    for (const partition of numbers(parts)) {
      expect(parts.filter((part) => part.partition === partition).map(({ topic }) => topic)).toEqual(['changelog', 'events']);
    }
  }
  expect([...assigned.values()].flatMap(numbers).sort()).toEqual([0, 1, 2, 3, 4]);
});

test('who has a state keeps it, and what moves is no more than levels the load', () => {
  const all: Record<string, Claim> = { 0: 'running', 1: 'running', 2: 'running', 3: 'running' };
  const assigned = assign([member('a', 4, all), member('b', 0)], 4);
  expect(numbers(assigned.get('a'))).toEqual([0, 1]);
  expect(numbers(assigned.get('b'))).toEqual([2, 3]);
});

test('no topic goes to one member as a whole, neither at first nor when somebody joins', () => {
  const topics = new Map([
    ['audit', 1],
    ['busy', 3],
    ['mail', 1],
    ['quiet', 1],
    ['sign-ins', 3],
  ]);
  const unitOf = (topic: string, partition: number) => `${topic}/${partition}`;
  const memberOf = (id: string, units: readonly string[]): Member => ({
    id,
    user_data: createAssignor({
      name: 'x',
      unitOf,
      claims: () => ({ generation: 1, units: new Map(units.map((unit) => [unit, 'running'])) }),
    }).userData(),
  });
  const each = createAssignor({ name: 'x', unitOf, claims: () => ({ generation: 0, units: new Map() }) });
  const units = (parts: TopicPartition[]) => parts.map(({ topic, partition }) => unitOf(topic, partition));
  const alone = units(each.assign([memberOf('a', [])], topics).get('a')!);
  expect(alone).toHaveLength(9);
  for (const claims of [[], alone]) {
    const shared = [...each.assign([memberOf('a', claims), memberOf('b', [])], topics).values()].map(units);
    expect(shared.map((one) => one.length).sort()).toEqual([4, 5]);
    for (const topic of ['busy', 'sign-ins']) for (const mine of shared) expect(mine.some((unit) => unit.startsWith(topic))).toBe(true);
  }
});

test('who is restoring comes after who has it, and before who has nothing', () => {
  const assigned = assign([member('a', 5, { 0: 'restoring', 1: 'restoring' }), member('b', 5, { 0: 'running' }), member('c', 5)], 3);
  expect(numbers(assigned.get('b'))).toEqual([0]);
  expect(numbers(assigned.get('a'))).toEqual([1]);
  expect(numbers(assigned.get('c'))).toEqual([2]);
});

test('a member that comes back from an earlier generation has nothing', () => {
  const assigned = assign([member('a', 3, { 0: 'running' }), member('b', 7, { 0: 'restoring' })], 2);
  expect(numbers(assigned.get('b'))).toEqual([0]);
});

test('what a member of another version says of itself is no reason to fail', () => {
  const assigned = assign([{ id: 'a', user_data: Buffer.from('\u0001?') }, member('b', 1)], 2);
  expect(numbers(assigned.get('a'))).toHaveLength(1);
});

const arbitraryMembers = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    generation: fc.nat(3),
    claims: fc.dictionary(fc.nat(12).map(String), fc.constantFrom<Claim>('running', 'restoring')),
  }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 6 },
);

test('whoever they are and whatever they claim: each partition once, loads within one of each other, and the same whatever the order', () => {
  fc.assert(
    fc.property(arbitraryMembers, fc.integer({ min: 1, max: 12 }), (given, partitions) => {
      const members = given.map(({ id, generation, claims }) => member(id, generation, claims));
      const assigned = assign(members, partitions);
      const loads = [...assigned.values()].map((parts) => numbers(parts).length);
      expect([...assigned.values()].flatMap(numbers).sort((a, b) => a - b)).toEqual([...Array(partitions).keys()]);
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      const again = assign([...members].reverse(), partitions);
      for (const [id, parts] of assigned) expect(again.get(id)).toEqual(parts);
    }),
  );
});

test('what everybody has already, and is level, stays where it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 12 }), (count, partitions) => {
      const ids = [...Array(count).keys()].map((i) => `m${i}`);
      const first = assign(
        ids.map((id) => member(id, 0)),
        partitions,
      );
      const claimsOf = (id: string) => Object.fromEntries(numbers(first.get(id)).map((p) => [p, 'running' as const]));
      const second = assign(
        ids.map((id) => member(id, 1, claimsOf(id))),
        partitions,
      );
      for (const id of ids) expect(numbers(second.get(id))).toEqual(numbers(first.get(id)));
    }),
  );
});
