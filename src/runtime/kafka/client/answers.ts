/**
 * The broker's error codes that the client tells apart, by their numbers in the protocol: kafkajs has old names for some and none for others.
 * https://kafka.apache.org/protocol#protocol_error_codes
 */
export const CODE = {
  OFFSET_OUT_OF_RANGE: 1,
  UNKNOWN_TOPIC_OR_PARTITION: 3,
  LEADER_NOT_AVAILABLE: 5,
  NOT_LEADER_OR_FOLLOWER: 6,
  REQUEST_TIMED_OUT: 7,
  REPLICA_NOT_AVAILABLE: 9,
  MESSAGE_TOO_LARGE: 10,
  NETWORK_EXCEPTION: 13,
  COORDINATOR_LOAD_IN_PROGRESS: 14,
  COORDINATOR_NOT_AVAILABLE: 15,
  NOT_COORDINATOR: 16,
  INVALID_TOPIC: 17,
  RECORD_LIST_TOO_LARGE: 18,
  NOT_ENOUGH_REPLICAS: 19,
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 20,
  ILLEGAL_GENERATION: 22,
  INCONSISTENT_GROUP_PROTOCOL: 23,
  INVALID_GROUP_ID: 24,
  UNKNOWN_MEMBER_ID: 25,
  INVALID_SESSION_TIMEOUT: 26,
  REBALANCE_IN_PROGRESS: 27,
  TOPIC_AUTHORIZATION_FAILED: 29,
  GROUP_AUTHORIZATION_FAILED: 30,
  CLUSTER_AUTHORIZATION_FAILED: 31,
  UNSUPPORTED_SASL_MECHANISM: 33,
  UNSUPPORTED_VERSION: 35,
  DUPLICATE_SEQUENCE_NUMBER: 46,
  INVALID_PRODUCER_EPOCH: 47,
  INVALID_PRODUCER_ID_MAPPING: 49,
  INVALID_TRANSACTION_TIMEOUT: 50,
  CONCURRENT_TRANSACTIONS: 51,
  TRANSACTION_COORDINATOR_FENCED: 52,
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 53,
  OPERATION_NOT_ATTEMPTED: 55,
  KAFKA_STORAGE_ERROR: 56,
  SASL_AUTHENTICATION_FAILED: 58,
  MEMBER_ID_REQUIRED: 79,
  GROUP_MAX_SIZE_REACHED: 81,
  LISTENER_NOT_FOUND: 72,
  FENCED_LEADER_EPOCH: 74,
  UNKNOWN_LEADER_EPOCH: 75,
  OFFSET_NOT_AVAILABLE: 78,
  INVALID_RECORD: 87,
  PRODUCER_FENCED: 90,
} as const;

const NAMES = new Map<number, string>(Object.entries(CODE).map(([name, code]) => [code, name]));

/** What is missing when it is refused; who writes needs other rights on a topic. */
const RIGHTS = new Map<number, string>([
  [CODE.TOPIC_AUTHORIZATION_FAILED, 'Read and Describe on the topic'],
  [CODE.GROUP_AUTHORIZATION_FAILED, 'Read and Describe on the group'],
  [CODE.CLUSTER_AUTHORIZATION_FAILED, 'IdempotentWrite on the cluster'],
  [CODE.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 'Write and Describe on the transactional id'],
]);

/** What who writes to a topic needs, for the answer that it is missing. @param topics one of them */
export function rightToWrite(code: number | undefined, ...topics: readonly string[]): string | undefined {
  if (code !== CODE.TOPIC_AUTHORIZATION_FAILED) return undefined;
  return `Write and Describe on ${topics.length === 1 ? 'the topic' : 'one of the topics'} ${topics.join(', ')}`;
}

/** The broker answered, and refused: nothing of the request is on its way any more. */
export class Refused extends Error {
  override readonly name = 'Refused';

  /**
   * @param what was asked for, and of what: for the person who reads the message
   * @param right that is missing, when it is not that of a reader
   */
  constructor(
    readonly code: number,
    readonly what: string,
    right = RIGHTS.get(code),
  ) {
    super(
      `${what}: the broker answers ${NAMES.get(code) ?? `with error ${code}`}${right === undefined ? '' : `; the right ${right} is missing`}`,
    );
  }
}

/** @throws Refused when the code is not that of success */
export function accept(code: number, what: string, right?: string): void {
  if (code !== 0) throw new Refused(code, what, right);
}

/** Retrying cannot help: who may do what, what the broker can do, or how it is set has to be changed by a person. */
const HOPELESS = new Set<number>([
  CODE.TOPIC_AUTHORIZATION_FAILED,
  CODE.GROUP_AUTHORIZATION_FAILED,
  CODE.CLUSTER_AUTHORIZATION_FAILED,
  CODE.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  CODE.SASL_AUTHENTICATION_FAILED,
  CODE.UNSUPPORTED_SASL_MECHANISM,
  CODE.UNSUPPORTED_VERSION,
  CODE.INVALID_SESSION_TIMEOUT,
  CODE.INVALID_TRANSACTION_TIMEOUT,
  CODE.INVALID_GROUP_ID,
  CODE.INVALID_TOPIC,
  CODE.INCONSISTENT_GROUP_PROTOCOL,
  CODE.GROUP_MAX_SIZE_REACHED,
]);

/** kafkajs's names of errors that come of the program or the data, and not of the network. */
const DEFECTS = new Set([
  'KafkaJSNotImplemented',
  'Unsupported',
  'KafkaJSSASLAuthenticationError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
]);

/** Whether trying the same again would go on for ever. kafkajs wraps what it has given up on: the cause decides. */
export function isHopeless(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'number' && HOPELESS.has(code)) return true;
    if (DEFECTS.has(at.name)) return true;
  }
  return false;
}

/** Whether the brokers would give this answer for ever. */
export function isFinal(code: number | undefined): boolean {
  return code !== undefined && HOPELESS.has(code);
}

/** The answer, where there was one. */
export function codeOf(error: unknown): number | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'number' && code > 0) return code;
  }
  return undefined;
}

/** The coordinator has moved, or is not ready. */
export function isCoordinatorAway(code: number | undefined): boolean {
  return code === CODE.COORDINATOR_LOAD_IN_PROGRESS || code === CODE.COORDINATOR_NOT_AVAILABLE || code === CODE.NOT_COORDINATOR;
}
