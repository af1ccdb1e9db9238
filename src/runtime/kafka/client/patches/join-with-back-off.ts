import { internals } from '../internals.js';
import { methodOf, type Patch, SILENT } from './patch.js';

/** First wait, doubled up to the largest. A coordinator that loads takes seconds; the group's others wait as well. */
const FIRST_WAIT_MS = 250;
const MOST_WAIT_MS = 4_000;
/** For so long it is tried again under the same name; then the consumer ends, as before. Two session timeouts of 30 s. */
const GIVE_UP_MS = 60_000;

/** Answers of a broker that is not, not yet or no more the coordinator. */
const PASSING = new Set(['GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP']);

interface Group {
  groupId: string;
  memberId: string | null;
  joinAndSync(): Promise<void>;
}

/** Groups whose consumer is being stopped: nobody is to join for them any more. */
const leaving = new WeakSet<object>();

/**
 * kafkajs ends the consumer when joining meets a coordinator that loads or has moved (K24). It then comes back as another member, while the seat of
 * the first blocks the group until its session times out. Now joining is tried again, as the same member.
 */
export const joinWithBackOff: Patch = {
  name: 'joining a group whose coordinator loads',
  async hasDefect() {
    const { ConsumerGroup, createRetry, createErrorFromCode } = internals();
    let tries = 0;
    const group = Object.assign(Object.create(ConsumerGroup.prototype), {
      groupId: 'self-test',
      logger: SILENT,
      retrier: createRetry({ retries: 1, initialRetryTime: 1 }),
      cluster: {
        async findGroupCoordinator() {
          tries++;
          // GROUP_LOAD_IN_PROGRESS, then GROUP_AUTHORIZATION_FAILED, with which everybody gives up
          throw createErrorFromCode(tries === 1 ? 14 : 30);
        },
      },
    });
    await group.joinAndSync().catch(() => {});
    return tries === 1;
  },
  apply() {
    const { ConsumerGroup, Runner } = internals();
    const join = methodOf(ConsumerGroup.prototype, 'joinAndSync');
    ConsumerGroup.prototype['joinAndSync'] = async function (this: Group): Promise<void> {
      const end = Date.now() + GIVE_UP_MS;
      for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, MOST_WAIT_MS)) {
        try {
          await join.call(this);
          return;
        } catch (error) {
          if (!isPassing(error) || leaving.has(this) || Date.now() + wait > end) throw error;
          await new Promise((resolve) => setTimeout(resolve, wait));
          if (leaving.has(this)) throw error;
        }
      }
    };
    const stop = methodOf(Runner.prototype, 'stop');
    Runner.prototype['stop'] = async function (this: { consumerGroup: object }): Promise<void> {
      leaving.add(this.consumerGroup);
      await stop.call(this);
    };
  },
};

/** What another try under the same name can mend. kafkajs wraps: the cause tells. */
function isPassing(error: unknown): boolean {
  const { errors } = internals();
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (PASSING.has((at as { type?: string }).type ?? '')) return true;
    for (const name of ['KafkaJSConnectionError', 'KafkaJSRequestTimeoutError', 'KafkaJSBrokerNotFound', 'KafkaJSGroupCoordinatorNotFound'])
      if (at instanceof errors[name]!) return true;
  }
  return false;
}
