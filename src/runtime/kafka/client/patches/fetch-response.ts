import { CODEC, unpack } from '../codecs.js';
import { type DecodedPartition, FETCH_VERSIONS, type FetchResponse, internals } from '../internals.js';
import { type Budget, undecodableOf } from '../record-batch.js';
import { decodeRecordSet } from '../record-set.js';
import type { Patch } from './patch.js';

interface Reader {
  offset: number;
  buffer: Buffer;
  readInt32(): number;
  readInt16(): number;
  readInt64(): bigint;
  readString(): string;
  readBytes(length: number): Buffer;
  readArray<T>(read: (reader: Reader) => T): T[];
}

/** What `configure` sets: most that a response, and each batch in it, may unpack to. */
let most = 0;
const ours = new WeakSet<object>();

/**
 * Reads what was fetched in place of kafkajs, whose own reader
 * - leaves no trace of batches that the cleaner emptied, which are then fetched for ever, or for every offset anew where the end of a batch was
 *   cleaned;
 * - calls a function with as many arguments as there are records, which ends at about 120,000;
 * - checks no checksum, and ends the consumer at a batch that it cannot unpack; here one record stands for such a batch (`undecodableOf`);
 * - unpacks all that a response holds, at any size;
 * - unpacks records of aborted transactions, and leaves it to its consumer to take them out, which forgets some.
 */
export function fetchResponse(most_unpacked: number): Patch {
  return {
    name: 'reading of fetched records',
    async hasDefect() {
      const { fetchResponses } = internals();
      most = most_unpacked;
      let isOurs = true;
      for (const version of FETCH_VERSIONS) {
        const { decode } = fetchResponses[version]!;
        await agree(version, decode);
        isOurs &&= ours.has(decode);
      }
      return !isOurs;
    },
    apply() {
      for (const version of FETCH_VERSIONS) {
        const decode = (bytes: Buffer) => decodeFetch(version, bytes);
        ours.add(decode);
        internals().fetchResponses[version]!.decode = decode;
      }
    },
  };
}

/** A response to Fetch of one of `FETCH_VERSIONS`, without its correlation id. */
export async function decodeFetch(version: number, bytes: Buffer): Promise<FetchResponse> {
  const reader: Reader = new (internals().Decoder)(bytes);
  const budget: Budget = { left: most, per_batch: most };
  const throttle = reader.readInt32();
  // from 8 on the broker leaves it to the client to wait
  const response: FetchResponse =
    version >= 8 ? { throttleTime: 0, clientSideThrottleTime: throttle, responses: [] } : { throttleTime: throttle, responses: [] };
  if (version >= 7) {
    response.errorCode = reader.readInt16();
    response.sessionId = reader.readInt32();
  }
  for (let topics = reader.readInt32(); topics > 0; topics--) {
    const topicName = reader.readString();
    const partitions: DecodedPartition[] = [];
    for (let left = reader.readInt32(); left > 0; left--) partitions.push(await decodePartition(version, reader, budget));
    response.responses.push({ topicName, partitions });
  }
  return response;
}

async function decodePartition(version: number, reader: Reader, budget: Budget): Promise<DecodedPartition> {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const highWatermark = reader.readInt64().toString();
  const lastStableOffset = reader.readInt64().toString();
  const start = version >= 5 ? { lastStartOffset: reader.readInt64().toString() } : {};
  const aborted = reader.readArray(() => ({ producerId: reader.readInt64().toString(), firstOffset: reader.readInt64().toString() }));
  const replica = version >= 11 ? { preferredReadReplica: reader.readInt32() } : {};
  const size = reader.readInt32();
  const messages = size > 0 ? await decodeRecordSet(reader.readBytes(size), aborted, budget, unpack) : [];
  // what was aborted is out already: kafkajs is not to look for it once more
  return { partition, errorCode, highWatermark, lastStableOffset, ...start, abortedTransactions: [], ...replica, messages };
}

/** Both readers give the same for an ordinary response, so kafkajs still wants what we give. @throws when they do not */
async function agree(version: number, decode: (bytes: Buffer) => Promise<FetchResponse>): Promise<void> {
  const bytes = await ordinary(version);
  const theirs = await decode(bytes);
  const own = await decodeFetch(version, bytes);
  const shown = (response: FetchResponse): string => JSON.stringify(response, sorted);
  if (shown(theirs) !== shown(own)) throw new Error(`a response to Fetch ${version} is read differently`);
  if (own.responses[0]?.partitions[0]?.messages.some((message) => undecodableOf(message) !== undefined))
    throw new Error(`what kafkajs writes cannot be read`);
}

/** Keys in order, and without what kafkajs puts into some of its contexts only. */
function sorted(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Two records, one with a header, packed by gzip, as a broker gives them. */
async function ordinary(version: number): Promise<Buffer> {
  const { Encoder, encodeBatch, encodeRecord } = internals();
  const records = [
    encodeRecord({ offsetDelta: 0, timestampDelta: 0, key: 'k', value: 'one', headers: { h: 'x' } }),
    encodeRecord({ offsetDelta: 1, timestampDelta: 5, key: null, value: null, headers: {} }),
  ];
  const batch = await encodeBatch({
    compression: CODEC.gzip,
    firstOffset: 7,
    firstTimestamp: 1_700_000_000_000,
    maxTimestamp: 1_700_000_000_005,
    lastOffsetDelta: 1,
    producerId: 3,
    records,
  });
  const partition = new Encoder().writeInt32(0).writeInt16(0).writeInt64(9).writeInt64(9);
  if (version >= 5) partition.writeInt64(0);
  partition.writeInt32(0);
  if (version >= 11) partition.writeInt32(-1);
  partition.writeInt32(batch.buffer.length).writeBuffer(batch.buffer);
  const response = new Encoder().writeInt32(0);
  if (version >= 7) response.writeInt16(0).writeInt32(0);
  return response.writeInt32(1).writeString('self-test').writeInt32(1).writeEncoder(partition).buffer;
}
