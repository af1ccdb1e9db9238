import { internals } from '../internals.js';
import { methodOf, type Patch, SILENT } from './patch.js';

/** The position of a partition is outside of what the broker has. */
export interface OutOfRange {
  group_id: string;
  member_id: string;
  topic: string;
  partition: number;
}

type Listener = (what: OutOfRange) => void;
const listeners = new Set<Listener>();

/** Called for every group of this process, as soon as the broker has said so. @returns ends it */
export function onOffsetOutOfRange(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

interface Group {
  groupId: string;
  memberId: string;
  preferredReadReplicasPerTopicPartition: Record<string, Record<number, unknown> | undefined>;
}
interface At {
  topic: string;
  partition: number;
}

/** Partitions of a group that are not read until somebody says from where. */
const stopped = new WeakMap<object, Set<string>>();

const nameOf = ({ topic, partition }: At): string => `${topic}/${partition}`;

/**
 * kafkajs answers a position outside of the log by committing the default offset and going on there: what lies between is lost to whoever keeps
 * state, without an error (K17). Now nothing is committed and nothing sought; the partition is not read any more until it is sought, and whoever
 * listens is told. A follower that is behind is not believed: the leader is asked first (kafkajs means to, and looks at the wrong type).
 */
export const offsetOutOfRange: Patch = {
  name: 'silent reset of positions out of range',
  async hasDefect() {
    let isReset = false;
    const group = Object.assign(Object.create(internals().ConsumerGroup.prototype), {
      groupId: 'self-test',
      memberId: '',
      logger: SILENT,
      preferredReadReplicasPerTopicPartition: {},
      offsetManager: {
        async setDefaultOffset() {
          isReset = true;
        },
      },
    });
    await group.recoverFromOffsetOutOfRange({ topic: 'self-test', partition: 0 });
    return isReset;
  },
  apply() {
    const { prototype } = internals().ConsumerGroup;
    const active = methodOf(prototype, 'getActiveTopicPartitions');
    const seek = methodOf(prototype, 'seek');
    const join = methodOf(prototype, 'joinAndSync');
    methodOf(prototype, 'recoverFromOffsetOutOfRange');
    prototype['recoverFromOffsetOutOfRange'] = async function (this: Group, { topic, partition }: At): Promise<void> {
      const replicas = this.preferredReadReplicasPerTopicPartition[topic];
      if (replicas?.[partition] !== undefined) {
        delete replicas[partition];
        return;
      }
      const all = stopped.get(this) ?? new Set();
      stopped.set(this, all.add(nameOf({ topic, partition })));
      for (const listener of listeners) listener({ group_id: this.groupId, member_id: this.memberId, topic, partition });
    };
    prototype['getActiveTopicPartitions'] = function (this: Group) {
      const partitions = active.call(this) as Record<string, Set<number>>;
      const all = stopped.get(this);
      if (all === undefined || all.size === 0) return partitions;
      for (const [topic, of_topic] of Object.entries(partitions))
        for (const partition of of_topic) if (all.has(nameOf({ topic, partition }))) of_topic.delete(partition);
      return partitions;
    };
    prototype['seek'] = function (this: Group, at: At & { offset: string }) {
      stopped.get(this)?.delete(nameOf(at));
      return seek.call(this, at);
    };
    // a new generation has no positions: all are sought anew
    prototype['joinAndSync'] = function (this: Group) {
      stopped.delete(this);
      return join.call(this);
    };
  },
};
