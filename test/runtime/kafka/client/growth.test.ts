import { KafkaJSProtocolError } from 'kafkajs';
import { Membership } from '../../../../src/runtime/kafka/client/group.js';
import type { Wire } from '../../../../src/runtime/kafka/client/wire.js';
import type { TopicPartition } from '../../../../src/runtime/kafka/transport.js';
import { until } from '../../../cli/until.js';
import { byNumber, quiet } from '../../../helpers/kafka-client.js';

const { MemberMetadata, MemberAssignment } = require('kafkajs/src/consumer/assignerProtocol');

/** Brokers with one topic and one group, of which a test says what they answer. */
class Cluster {
  partitions = 2;
  leader = 'me';
  /** asked for metadata */
  asked = 0;
  joins = 0;
  beats = 0;
  /** the next heartbeat is told that the group meets */
  isMeeting = false;
  metadata: () => Promise<void> = async () => undefined;
  private known = 0;

  readonly wire = {
    cluster: {
      connect: async () => undefined,
      refreshMetadata: async () => {
        this.asked++;
        await this.metadata();
        this.known = this.partitions;
      },
    },
    follow: async () => {
      this.known ||= this.partitions;
    },
    leaders: () => new Map([...Array(this.known).keys()].map((partition) => [partition, 1])),
    coordinator: async () => ({ nodeId: 1 }),
    forgetCoordinator: () => undefined,
    close: () => undefined,
    ask: async (_: unknown, api: string, args: { groupAssignment?: { memberAssignment: Buffer }[] }) => {
      if (api === 'Heartbeat') {
        this.beats++;
        const errorCode = this.isMeeting ? 27 : 0;
        this.isMeeting = false;
        return { errorCode };
      }
      if (api === 'JoinGroup') {
        this.joins++;
        const memberMetadata = MemberMetadata.encode({ version: 1, topics: ['raw'], userData: Buffer.alloc(0) });
        return {
          errorCode: 0,
          generationId: this.joins,
          leaderId: this.leader,
          memberId: 'me',
          members: [{ memberId: 'me', memberMetadata }],
        };
      }
      if (api === 'SyncGroup') {
        const none = () => MemberAssignment.encode({ version: 1, assignment: {}, userData: Buffer.alloc(0) });
        return { errorCode: 0, memberAssignment: args.groupAssignment?.[0]?.memberAssignment ?? none() };
      }
      return { errorCode: 0, members: [] };
    },
  } as unknown as Wire;
}

const members: Membership[] = [];
afterEach(() => Promise.all(members.splice(0).map((member) => member.stop())));

async function join(cluster: Cluster): Promise<{ assigned: TopicPartition[][] }> {
  const assigned: TopicPartition[][] = [];
  const nothing = () => undefined;
  const events = { batch: nothing, heartbeat: nothing, lost: nothing, failed: nothing, outOfRange: nothing };
  const member = new Membership(
    cluster.wire,
    cluster.wire,
    cluster.wire,
    {
      group_id: 'g',
      topics: ['raw'],
      may_grow: true,
      assignor: byNumber,
      events: { ...events, assigned: (partitions) => void assigned.push([...partitions]) },
    },
    {
      session_timeout: 1000,
      heartbeat_interval: 1,
      growth_interval: 1,
      rebalance_timeout: 1000,
      fetch: { answer_bytes: 1, min_bytes: 1, max_wait: 1, gather: { bytes: 1, ms: 1 } },
      elapsed: () => performance.now(),
      log: quiet,
    },
  );
  members.push(member);
  await member.start();
  return { assigned };
}

test('heartbeats go out while nobody answers whether topics have grown, and it is asked once', async () => {
  const cluster = new Cluster();
  const { assigned } = await join(cluster);
  const waiting: (() => void)[] = [];
  cluster.metadata = () => new Promise((resolve) => waiting.push(resolve));
  const before = cluster.asked;
  await until(() => cluster.asked > before, 'it is asked');
  const { asked, beats } = cluster;
  await until(() => cluster.beats > beats + 20, 'heartbeats');
  // over both connections
  expect(cluster.asked - asked).toBeLessThanOrEqual(1);
  cluster.metadata = async () => undefined;
  cluster.partitions = 3;
  for (const answer of waiting) answer();
  await until(() => assigned.at(-1)?.length === 3, 'what has grown is shared out');
});

test('a group meets while metadata cannot be had, and looks again later', async () => {
  const cluster = new Cluster();
  const { assigned } = await join(cluster);
  // as of a topic that is gone
  cluster.metadata = () => Promise.reject(new KafkaJSProtocolError({ code: 3, type: 'UNKNOWN_TOPIC_OR_PARTITION' } as never));
  cluster.isMeeting = true;
  await until(() => cluster.joins === 2 && assigned.length === 2, 'it has joined again');
  expect(assigned.at(-1)).toHaveLength(2);
  cluster.metadata = async () => undefined;
  cluster.partitions = 3;
  await until(() => assigned.at(-1)?.length === 3, 'what has grown is shared out');
});

test('a topic that is gone keeps its partitions: whoever does not know of it may hear of it late', async () => {
  const cluster = new Cluster();
  const { assigned } = await join(cluster);
  cluster.partitions = 0;
  const { asked } = cluster;
  await until(() => cluster.asked > asked + 4, 'it has looked');
  expect(cluster.joins).toBe(1);
  cluster.isMeeting = true;
  await until(() => cluster.joins === 2 && assigned.length === 2, 'it has joined again');
  expect(assigned.at(-1)).toHaveLength(2);
  cluster.partitions = 3;
  await until(() => assigned.at(-1)?.length === 3, 'what is there is shared out');
});

test('who does not lead leaves it to the leader to have the group meet', async () => {
  const cluster = new Cluster();
  cluster.leader = 'somebody else';
  await join(cluster);
  cluster.partitions = 3;
  const { asked } = cluster;
  await until(() => cluster.asked > asked + 4, 'it has looked');
  expect(cluster.joins).toBe(1);
});
