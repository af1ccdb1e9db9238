import { createIdentityTable } from '../../../src/core/identity/table.js';
import { partitionOf } from '../../../src/runtime/kafka/murmur2.js';
import { Absorbs } from '../../../src/runtime/stages/absorbs.js';
import { createStreamCodec } from '../../../src/runtime/wire/stream-record.js';

const codec = createStreamCodec();

function made() {
  let absorbs: Absorbs | undefined;
  const table = createIdentityTable([], undefined, (key) => absorbs?.note(key));
  absorbs = new Absorbs({ topic: 'events', partitions: 7, codec, table: () => table });
  const learn = (uid: string, email: string) =>
    table.learn('default', { vendor: 'okta', account: 'acme', principal: { type: 'human', uid, email } } as never);
  return { absorbs, learn };
}
const said = (records: readonly { value: Buffer | null; partition: number; key: unknown }[]) =>
  records.map(({ value, partition, key }) => {
    const { body } = codec.decode(value!);
    if (body.kind !== 'absorb') throw new Error(body.kind);
    expect(key).toBe(body.from);
    expect(partition).toBe(partitionOf(body.from, 7));
    return [body.from.split(':').at(-1), body.into?.split('/')[1]];
  });

test('whoever sends next says it, and once', () => {
  const { absorbs, learn } = made();
  learn('00u1', 'ada@x.example');
  expect(said(absorbs.end(absorbs.begin()))).toEqual([['00u1', 'ada@x.example']]);
  expect(absorbs.end(absorbs.begin())).toEqual([]);
  learn('00u2', 'bob@x.example');
  expect(said(absorbs.takeRest())).toEqual([['00u2', 'bob@x.example']]);
  expect(absorbs.takeRest()).toEqual([]);
});

test('a chunk that was begun before says it as well, behind what it may still have under the id', () => {
  const { absorbs, learn } = made();
  const slow = absorbs.begin();
  learn('00u1', 'ada@x.example');
  expect(said(absorbs.end(absorbs.begin()))).toEqual([['00u1', 'ada@x.example']]);
  learn('00u2', 'bob@x.example');
  expect(said(absorbs.takeRest())).toEqual([['00u2', 'bob@x.example']]);
  expect(said(absorbs.end(slow))).toEqual([
    ['00u1', 'ada@x.example'],
    ['00u2', 'bob@x.example'],
  ]);
  expect(absorbs.end(absorbs.begin())).toEqual([]);
});

test('what is known when it is said counts: of an id in conflict, that it stands for itself', () => {
  const { absorbs, learn } = made();
  learn('00u1', 'ada@x.example');
  learn('00u1', 'bob@x.example');
  expect(said(absorbs.takeRest())).toEqual([['00u1', undefined]]);
});
