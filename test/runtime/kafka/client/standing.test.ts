import { TopicAdmin } from '../../../../src/runtime/kafka/client/admin.js';
import { committedIn, watermarksOf } from '../../../../src/runtime/kafka/client/standing.js';
import type { Api, Wire } from '../../../../src/runtime/kafka/client/wire.js';

/** What the brokers answer, in turn, of a topic with partitions 0 and 1 that two brokers lead. */
function wireOf(answers: Partial<Record<Api, object[]>>): { wire: Wire; asked: Api[]; forgotten: string[] } {
  const asked: Api[] = [];
  const forgotten: string[] = [];
  const usual = { Metadata: metadata([0, 1]) } as Partial<Record<Api, object>>;
  const wire = {
    cluster: {
      connect: async () => {},
      refreshMetadata: async () => {},
      findBroker: async ({ nodeId }: { nodeId: number }) => nodeId,
      brokerPool: { findConnectedBroker: async () => 1, metadata: {} },
    },
    coordinator: async () => 1,
    forgetCoordinator: (_: string, id: string) => forgotten.push(id),
    ask: async (_: unknown, api: Api) => {
      asked.push(api);
      return answers[api]?.shift() ?? usual[api];
    },
  };
  return { wire: wire as unknown as Wire, asked, forgotten };
}

const metadata = (partitions: number[], topicErrorCode = 0, leader = (partition: number) => partition) => ({
  topicMetadata: [
    { topicErrorCode, topic: 't', partitionMetadata: partitions.map((partitionId) => ({ partitionId, leader: leader(partitionId) })) },
  ],
});
const told = (...partitions: { partition: number; offset: string; metadata?: string | null; errorCode?: number }[]) => ({
  errorCode: 0,
  responses: [{ topic: 't', partitions: partitions.map((one) => ({ errorCode: 0, ...one })) }],
});

test('positions are those of every partition, in order, with their notes', async () => {
  const { wire } = wireOf({
    OffsetFetch: [told({ partition: 1, offset: '7', metadata: '2 - 4' }, { partition: 0, offset: '-1', metadata: '' })],
  });
  await expect(committedIn(wire, 'g', 't')).resolves.toEqual([
    { partition: 0, offset: -1 },
    { partition: 1, offset: 7, note: '2 - 4' },
  ]);
});

test('an answer that leaves a partition out is none: it is asked for again', async () => {
  const whole = told({ partition: 0, offset: '3' }, { partition: 1, offset: '4' });
  const positions = wireOf({
    Metadata: [{ topicMetadata: [] }, metadata([])],
    OffsetFetch: [told({ partition: 0, offset: '3' }), { errorCode: 0, responses: [] }, whole],
  });
  const admin = new TopicAdmin({} as never, positions.wire, () => {});
  await expect(admin.committed('g', 't')).resolves.toEqual([
    { partition: 0, offset: 3 },
    { partition: 1, offset: 4 },
  ]);
  expect(positions.asked.filter((api) => api === 'Metadata')).toHaveLength(5);

  // each broker is asked for the beginning, then for the end, of what it leads
  const marks = wireOf({
    ListOffsets: [
      ...[told({ partition: 0, offset: '1' }), told({ partition: 0, offset: '5' }), told(), told()],
      ...[told({ partition: 0, offset: '1' }), told({ partition: 0, offset: '5' })],
      ...[told({ partition: 1, offset: '0' }), told({ partition: 1, offset: '9' })],
    ],
  });
  await expect(new TopicAdmin({} as never, marks.wire, () => {}).watermarks('t')).resolves.toEqual([
    { partition: 0, low: 1, high: 5 },
    { partition: 1, low: 0, high: 9 },
  ]);
});

test('what a broker refuses is told, and who coordinates the group is looked for anew', async () => {
  const refused = wireOf({ OffsetFetch: [{ ...told(), errorCode: 16 }, told({ partition: 0, offset: '-1', errorCode: 14 })] });
  await expect(committedIn(refused.wire, 'g', 't')).rejects.toMatchObject({ code: 16 });
  await expect(committedIn(refused.wire, 'g', 't')).rejects.toMatchObject({ code: 14 });
  expect(refused.forgotten).toEqual(['g', 'g']);
  await expect(watermarksOf(wireOf({ Metadata: [metadata([], 29)] }).wire, 't')).rejects.toMatchObject({ code: 29 });
  await expect(watermarksOf(wireOf({ Metadata: [metadata([0], 0, () => -1)] }).wire, 't')).rejects.toMatchObject({ code: 5 });
});

test('a topic that is not there is said to be so, by more than one answer', async () => {
  const gone = wireOf({ Metadata: [...Array(20)].map(() => metadata([], 3)) });
  await expect(new TopicAdmin({} as never, gone.wire, () => {}).watermarks('t')).rejects.toMatchObject({ code: 3 });
  expect(gone.asked.length).toBeGreaterThan(1);
});
