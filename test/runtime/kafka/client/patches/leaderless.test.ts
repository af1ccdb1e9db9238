import { harden } from '../../../../../src/runtime/kafka/client/harden.js';
import { internals } from '../../../../../src/runtime/kafka/client/internals.js';

beforeAll(() => harden());

/** As each version decodes it: one partition led by 7, and one without. */
const decoded = (partitionErrorCode: number, topicErrorCode = 0) => ({
  brokers: [],
  topicMetadata: [
    {
      topicErrorCode,
      topic: 't',
      partitionMetadata: [
        { partitionErrorCode: 0, partitionId: 0, leader: 7, replicas: [7], isr: [7] },
        { partitionErrorCode, partitionId: 1, leader: -1, replicas: [8], isr: [8] },
      ],
    },
  ],
});

test.each([0, 1, 2, 3, 4, 5, 6])('metadata of version %i tell who leads the others when one partition has no leader', async (version) => {
  const { parse } = internals().metadataResponses[version]!;
  for (const code of [5, 9, 72])
    await expect(parse(decoded(code))).resolves.toMatchObject({
      topicMetadata: [{ partitionMetadata: [{ leader: 7 }, { leader: -1, partitionErrorCode: 0 }] }],
    });
});

test('a topic that is missing, and what nobody may see, is refused as it was', async () => {
  const { parse } = internals().metadataResponses[6]!;
  await expect(parse(decoded(0, 3))).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
  await expect(parse(decoded(29))).rejects.toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' });
});
