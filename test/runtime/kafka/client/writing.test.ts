import { inRounds, Sequences } from '../../../../src/runtime/kafka/client/writing.js';
import type { OutRecord } from '../../../../src/runtime/kafka/transport.js';

const record = (topic: string, partition: number, bytes: number, name = ''): OutRecord => ({
  topic,
  partition,
  key: name,
  value: Buffer.alloc(bytes),
});

test('one request holds one batch of each partition; what is over goes with the next, in order', () => {
  const records = [
    record('a', 0, 60, '1'),
    record('b', 0, 10, '2'),
    record('a', 0, 60, '3'),
    record('a', 1, 10, '4'),
    record('a', 0, 60, '5'),
  ];
  const rounds = inRounds(records, 150);
  const shown = rounds.map((round) => round.map((batch) => [batch.topic, batch.partition, batch.messages.map((one) => one.key).join('')]));
  expect(shown).toEqual([
    [
      ['a', 0, '1'],
      ['b', 0, '2'],
      ['a', 1, '4'],
    ],
    [['a', 0, '3']],
    [['a', 0, '5']],
  ]);
});

test('a record above the limit goes alone: the broker says whether it takes it', () => {
  const rounds = inRounds([record('a', 0, 10), record('a', 0, 900), record('a', 0, 10)], 150);
  expect(rounds.map((round) => round[0]!.messages.length)).toEqual([1, 1, 1]);
});

test('headers count', () => {
  const heavy = { ...record('a', 0, 10), headers: { name: 'x'.repeat(200) } };
  expect(inRounds([heavy, heavy], 300)).toHaveLength(2);
});

test('sequence numbers go on in each partition, and wrap where the broker wraps', () => {
  const sequences = new Sequences();
  const batch = (count: number) => ({ topic: 'a', partition: 0, bytes: 0, sequence: 0, messages: { length: count } as OutRecord[] });
  const take = (count: number) => {
    const one = batch(count);
    sequences.take(one);
    return one.sequence;
  };
  expect([take(5), take(3), take(2 ** 31 - 10), take(4), take(1)]).toEqual([0, 5, 8, 2 ** 31 - 2, 2]);
});
