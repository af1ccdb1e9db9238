import { moveOf, type Renamed, renamedOf } from '../../core/identity/absorbs.js';
import type { IdentityTable } from '../../core/identity/table.js';
import { partitionOf } from '../kafka/murmur2.js';
import type { OutRecord } from '../kafka/transport.js';
import type { StreamCodec } from '../wire/stream-record.js';

export interface AbsorbsOptions {
  /** of the events */
  topic: string;
  partitions: number;
  codec: Pick<StreamCodec, 'encode'>;
  /** the table in force */
  table(): Pick<IdentityTable, 'canonical'>;
}

/** A task's chunk that is at work: its events may have the keys that were known when it began. */
export interface Chunk {
  at: number;
}

/**
 * What this process has to say of keys that others stand for: behind every event that it sends under them, of whichever task. A chunk that was
 * begun before somebody was learned says it itself, though another one has said it meanwhile.
 */
export class Absorbs {
  private log: Renamed[] = [];
  /** number of the first in the log */
  private first = 0;
  /** all before this number were said by somebody */
  private said = 0;
  private readonly open = new Set<Chunk>();

  constructor(private readonly options: AbsorbsOptions) {}

  /** @param key as an identity table's `told` gives it */
  readonly note = (key: string): void => void this.log.push(renamedOf(key));

  noteAll(renamed: readonly Renamed[]): void {
    for (const one of renamed) this.log.push(one);
  }

  begin(): Chunk {
    const chunk = { at: this.first + this.log.length };
    this.open.add(chunk);
    return chunk;
  }

  /** What goes out behind the chunk's events. */
  end(chunk: Chunk): OutRecord[] {
    this.open.delete(chunk);
    return this.log.length === 0 ? [] : this.since(Math.min(chunk.at, this.said));
  }

  /** What nobody has said yet, for when there is no chunk to say it. */
  takeRest(): OutRecord[] {
    return this.log.length === 0 ? [] : this.since(this.said);
  }

  private since(number: number): OutRecord[] {
    const { topic, partitions, codec, table } = this.options;
    const moves = new Map(this.log.slice(number - this.first).map((one) => [`${one.tenant}/${one.id}`, one]));
    this.said = this.first + this.log.length;
    const kept = Math.min(this.said, ...[...this.open].map(({ at }) => at));
    this.log = this.log.slice(kept - this.first);
    this.first = kept;
    const identities = table();
    return [...moves.values()].map((one) => {
      const { from, into } = moveOf(one, identities);
      const value = codec.encode({ body: { kind: 'absorb', from, into } });
      return { topic, partition: partitionOf(from, partitions), key: from, value };
    });
  }
}
