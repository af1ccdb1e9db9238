import { SessionvigilError } from '../../errors.js';
import { type DeadLetter, parseDeadLetter, parseReceipt, sendBack } from './dead-letter.js';
import { readTopic } from './read-topic.js';
import { type Admin, Fenced, type InRecord, type OutRecord, type TransactionalProducer, type Transport, Unwritable } from './transport.js';

/** A letter of the dead-letter topic. */
export interface Letter extends DeadLetter {
  /** where it lies in the dead-letter topic */
  at: { partition: number; offset: number };
  /** bytes of its value */
  size: number;
  /** sent: that was done; waiting: it can be; stuck: it cannot, see `why` */
  state: 'waiting' | 'sent' | 'stuck';
  why?: string;
}

export interface Post {
  transport: Transport;
  admin: Admin;
  /** the dead-letter topic */
  topic: string;
  /** topics that letters can go back to: those that the configuration reads */
  back_to: readonly string[];
  /** transactional id of who sends them back, and beginning of the names of its groups */
  id: string;
  signal: AbortSignal;
}

/** Every letter that there is, by the time at which it was put aside. Contents are not kept. */
export async function readLetters({ transport, admin, topic, back_to, id, signal }: Post): Promise<Letter[]> {
  const letters = new Map<string, Letter>();
  const sent = new Set<string>();
  const ranges = (await admin.watermarks(topic)).map(({ partition, low, high }) => ({ partition, from: low, to: high }));
  await readTopic(transport, { topic, ranges, group_prefix: id, signal }, (records) => {
    for (const record of records) {
      const receipt = parseReceipt(record);
      if (receipt !== undefined) sent.add(nameOf(record.partition, receipt));
      const letter = parseDeadLetter(record);
      if (letter === undefined) continue;
      const { partition, offset } = record;
      const why = stuckReason(letter, back_to);
      const state = why === undefined ? { state: 'waiting' as const } : { state: 'stuck' as const, why };
      letters.set(nameOf(partition, offset), { ...letter, at: { partition, offset }, size: record.value?.length ?? 0, ...state });
    }
  });
  for (const name of sent) {
    const letter = letters.get(name);
    if (letter !== undefined) letter.state = 'sent';
  }
  return [...letters.values()].sort((a, b) => a.time - b.time || a.at.partition - b.at.partition || a.at.offset - b.at.offset);
}

/** Why a letter cannot be sent back. Its headers name where it came from, and nothing but what is read is ever written to. */
function stuckReason({ topic, cut_from, left_out }: DeadLetter, back_to: readonly string[]): string | undefined {
  if (cut_from !== undefined) return 'only its beginning was kept';
  if (left_out !== undefined) return `too long to be kept: ${left_out.join(', ')}`;
  return back_to.includes(topic) ? undefined : 'its topic is none that the configuration reads';
}

function nameOf(partition: number, offset: number): string {
  return `${partition}/${offset}`;
}

/** A transaction's worth: below what a broker takes by default in one batch (1 MB), with room for headers. */
const CHUNK = { records: 200, bytes: 512 * 1024 };

export interface Sent {
  sent: number;
  /** too large for where they came from */
  refused: Letter[];
}

/**
 * Sends letters back to where they were read: original bytes, key, headers and time. Each goes with its receipt in one transaction, so that it is
 * sent once whatever happens: after a failure the next sender sends what is left.
 */
export class Sender {
  private constructor(
    private readonly post: Post,
    private producer: TransactionalProducer | undefined,
  ) {}

  /**
   * The only sender from now on. Letters are to be read after that: nobody sends them meanwhile, and the receipts of the sender before can be read,
   * since the broker gives the id away only when its last transaction is ended everywhere.
   */
  static async open(post: Post): Promise<Sender> {
    return new Sender(post, await post.transport.transactional(post.id));
  }

  /**
   * @param progress called after every transaction with how many were sent
   * @throws SV_KAFKA_REPLAY_RUNNING when another sender has been opened meanwhile
   */
  async send(letters: readonly Letter[], progress: (sent: number) => void): Promise<Sent> {
    const { transport, admin, topic, id, signal } = this.post;
    const wanted = new Map(letters.map((letter) => [nameOf(letter.at.partition, letter.at.offset), letter]));
    const letterOf = ({ partition, offset }: InRecord) => wanted.get(nameOf(partition, offset));
    const partitions = await countsOf(admin, [...new Set(letters.map((letter) => letter.topic))]);
    const outcome: Sent = { sent: 0, refused: [] };
    const commit = async (records: readonly InRecord[]): Promise<void> => {
      signal.throwIfAborted();
      const out = records.flatMap((record): OutRecord[] => {
        const letter = letterOf(record)!;
        return sendBack(record, letter, partitions.get(letter.topic)!);
      });
      if (await this.commit(out)) {
        outcome.sent += records.length;
        progress(outcome.sent);
      }
      // one of them is too large, or all together: nothing of the transaction was written
      else if (records.length > 1) {
        const half = records.length >> 1;
        await commit(records.slice(0, half));
        await commit(records.slice(half));
      } else outcome.refused.push(letterOf(records[0]!)!);
    };
    for (const range of rangesOf(letters))
      await readTopic(transport, { topic, ranges: [range], group_prefix: id, signal }, async (records) => {
        for (const chunk of chunksOf(records.filter((record) => letterOf(record) !== undefined))) await commit(chunk);
      });
    return outcome;
  }

  async close(): Promise<void> {
    await this.producer?.close();
    this.producer = undefined;
  }

  /** @returns false when one of the records is too large */
  private async commit(records: readonly OutRecord[]): Promise<boolean> {
    this.producer ??= await this.post.transport.transactional(this.post.id);
    try {
      await this.producer.commit(records);
      return true;
    } catch (error) {
      await this.close();
      if (error instanceof Unwritable) return false;
      if (!(error instanceof Fenced)) throw error;
      throw new SessionvigilError('SV_KAFKA_REPLAY_RUNNING', 'another process has begun to send dead letters back', [], { cause: error });
    }
  }
}

async function countsOf(admin: Admin, topics: readonly string[]): Promise<Map<string, number>> {
  const found = await admin.describe(topics);
  return new Map(
    topics.map((topic) => {
      const count = found.get(topic)?.partitions.length;
      if (count === undefined)
        throw new SessionvigilError('SV_KAFKA_TOPIC_MISSING', `${topic}, which letters came from, is not there any more`);
      return [topic, count];
    }),
  );
}

/** From the first to the last letter of each partition. */
function rangesOf(letters: readonly Letter[]): { partition: number; from: number; to: number }[] {
  const ranges = new Map<number, { partition: number; from: number; to: number }>();
  for (const { at } of letters) {
    const range = ranges.get(at.partition) ?? { partition: at.partition, from: at.offset, to: at.offset + 1 };
    ranges.set(at.partition, { ...range, from: Math.min(range.from, at.offset), to: Math.max(range.to, at.offset + 1) });
  }
  return [...ranges.values()].sort((a, b) => a.partition - b.partition);
}

function chunksOf(records: readonly InRecord[]): InRecord[][] {
  const chunks: InRecord[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const size = (record.value?.length ?? 0) + (record.key?.length ?? 0);
    const last = chunks.at(-1);
    if (last === undefined || last.length >= CHUNK.records || bytes + size > CHUNK.bytes) {
      chunks.push([record]);
      bytes = size;
    } else {
      last.push(record);
      bytes += size;
    }
  }
  return chunks;
}
