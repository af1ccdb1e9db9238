import { internals } from './internals.js';
import type { Wire } from './wire.js';

/** Metadata names topics by their ids from this version on (KIP-516, brokers from 2.8 on); kafkajs speaks versions 0 to 6. */
const METADATA = { apiKey: 3, apiVersion: 10, apiName: 'Metadata' };

const ID_BYTES = 16;
const NO_ID = Buffer.alloc(ID_BYTES);

/** What is used of kafkajs's decoder. */
interface Reader {
  offset: number;
  buffer: Buffer;
  readInt16(): number;
  readInt32(): number;
  readBoolean(): boolean;
  readUVarInt(): number;
  readUVarIntString(): string | null;
}

/**
 * The ids that the brokers gave to topics when they were made: one that is deleted and made anew has the same name and another id.
 * @returns topic -> id, as Kafka's own tools write it; without those that are not there, or may not be seen, and empty when the broker knows of no ids
 */
export async function topicIds(wire: Wire, topics: readonly string[]): Promise<Map<string, string>> {
  await wire.cluster.connect();
  const broker = await wire.cluster.brokerPool.findConnectedBroker();
  const { minVersion, maxVersion } = broker.versions?.[METADATA.apiKey] ?? { minVersion: 0, maxVersion: 0 };
  if (METADATA.apiVersion < minVersion || METADATA.apiVersion > maxVersion) return new Map();
  const answer = await wire.send(broker, {
    request: { ...METADATA, encode: async () => encode(topics) },
    response: { decode: async (raw) => decode(new (internals().Decoder)(raw) as Reader), parse: async (data) => data },
  });
  return answer as Map<string, string>;
}

/** With the tags of the request's header, which kafkajs writes without any, in front. */
function encode(topics: readonly string[]): { buffer: Buffer } {
  const { Encoder } = internals();
  const encoder = new Encoder().writeUVarInt(0).writeUVarInt(topics.length + 1);
  for (const topic of topics) {
    encoder.writeBufferInternal(NO_ID);
    encoder.writeUVarIntString(topic).writeUVarInt(0);
  }
  // no topic is made, and nobody is told who may do what
  return encoder.writeBoolean(false).writeBoolean(false).writeBoolean(false).writeUVarInt(0);
}

function decode(reader: Reader): Map<string, string> {
  skipTags(reader);
  reader.readInt32();
  each(reader, () => {
    reader.readInt32();
    reader.readUVarIntString();
    reader.readInt32();
    reader.readUVarIntString();
    skipTags(reader);
  });
  reader.readUVarIntString();
  reader.readInt32();
  const ids = new Map<string, string>();
  each(reader, () => {
    reader.readInt16();
    const name = reader.readUVarIntString();
    const id = reader.buffer.subarray(reader.offset, reader.offset + ID_BYTES);
    reader.offset += ID_BYTES;
    reader.readBoolean();
    each(reader, () => {
      reader.readInt16();
      for (let i = 0; i < 3; i++) reader.readInt32();
      for (let i = 0; i < 3; i++) each(reader, () => reader.readInt32());
      skipTags(reader);
    });
    reader.readInt32();
    skipTags(reader);
    if (name !== null && !id.equals(NO_ID)) ids.set(name, id.toString('base64url'));
  });
  return ids;
}

/** Of a compact array, whose length is written as one more. */
function each(reader: Reader, read: () => void): void {
  for (let left = reader.readUVarInt() - 1; left > 0; left--) read();
}

/** kafkajs's own takes one byte too few of each. */
function skipTags(reader: Reader): void {
  for (let left = reader.readUVarInt(); left > 0; left--) {
    reader.readUVarInt();
    const size = reader.readUVarInt();
    reader.offset += size;
  }
}
