import { CODE } from '../answers.js';
import { internals } from '../internals.js';
import type { Patch } from './patch.js';

interface Metadata {
  brokers: unknown[];
  topicMetadata: { topicErrorCode: number; topic: string; partitionMetadata: Partition[] }[];
}

interface Partition {
  partitionErrorCode: number;
  partitionId: number;
  leader: number;
  replicas: number[];
  isr: number[];
}

/** What a broker says of a partition that nobody leads, or of which some copies are away: of all others it says the truth. */
const PASSING = new Set<number>([CODE.LEADER_NOT_AVAILABLE, CODE.REPLICA_NOT_AVAILABLE, CODE.LISTENER_NOT_FOUND]);

/**
 * kafkajs refuses metadata in which one partition has no leader, whole: where the leaders of all others have moved to is not heard of either, and
 * nothing of them is read or written until the one has a leader. Here its leader is -1, as the broker says it.
 */
export const leaderless: Patch = {
  name: 'metadata of a partition without a leader',
  async hasDefect() {
    let isThere = false;
    for (const { parse } of internals().metadataResponses) {
      const led = { partitionErrorCode: 0, partitionId: 0, leader: 7, replicas: [7], isr: [7] };
      const answer = (partitionErrorCode: number, topicErrorCode = 0): Metadata => ({
        brokers: [],
        topicMetadata: [
          { topicErrorCode, topic: 't', partitionMetadata: [led, { ...led, partitionErrorCode, partitionId: 1, leader: -1 }] },
        ],
      });
      const { topicMetadata } = (await parse(answer(0))) as Metadata;
      if (topicMetadata[0]?.partitionMetadata[1]?.leader !== -1) throw new Error('metadata are read differently');
      const refused = await parse(answer(0, CODE.UNKNOWN_TOPIC_OR_PARTITION)).catch((error: { code?: number }) => error.code);
      if (refused !== CODE.UNKNOWN_TOPIC_OR_PARTITION) throw new Error('a topic that is missing is not refused');
      isThere ||= await parse(answer(CODE.LEADER_NOT_AVAILABLE)).then(
        () => false,
        () => true,
      );
    }
    return isThere;
  },
  apply() {
    for (const response of internals().metadataResponses) {
      const { parse } = response;
      response.parse = (decoded) => {
        for (const { partitionMetadata } of (decoded as Metadata).topicMetadata)
          for (const partition of partitionMetadata) if (PASSING.has(partition.partitionErrorCode)) partition.partitionErrorCode = 0;
        return parse(decoded);
      };
    }
  },
};
