import type { InRecord, OutRecord } from './kafka/transport.js';

/** What a stage does with one partition. All of its state belongs to one owner and is thrown away on any doubt. */
export interface Work {
  /** A record of the changelog, in order; of several with one key the last counts. */
  restore(key: Buffer, value: Buffer | null): void;
  /** All of the changelog is read. */
  restored(): Standing;
  /**
   * Goes on with what has to be done before anything else is asked of it, for a while.
   * @param isLong has it taken long?
   * @returns whether it is done
   */
  prepare(isLong: () => boolean): boolean;
  /** of that so much is done: it grows while the work gets on */
  readonly prepared: number;
  /** One record of the input, in order. Before `position` it was taken before: its effect is wanted again, what it says is not. */
  accept(record: InRecord): void;
  /**
   * The record that was to be accepted last has made the program fail: it is as if it had never come, and is put aside.
   * @returns false when that cannot be, and all of the state has to go
   */
  undo(record: InRecord): boolean;
  /** something was said that nobody should wait for */
  readonly has_news: boolean;
  /**
   * What is to be written in one transaction, the position with it; nothing when there is nothing new.
   * @param position offset of the next record of the input
   */
  take(position: number, why: Why): OutRecord[];
  /** What was taken last is committed. */
  committed(): void;
}

/** The topics that a partition's work rests on, by the ids that the brokers gave them; undefined where they have none. */
export interface TopicIds {
  input?: string | undefined;
  changelog?: string | undefined;
}

/** Where a partition's work stands. */
export interface Standing {
  /** in which topics; of an earlier version nobody knows */
  topics?: TopicIds | undefined;
  /** all before it is committed */
  position: number;
  /** from here on the input has to be read again to have the state back; at most `position` */
  replay_from: number;
}

/** Why it is time to commit: somebody waits for it, time has passed, or it is the last time. */
export type Why = 'news' | 'due' | 'last';

/** First byte of keys in a changelog that are nobody's: the marker's and the position's key in a changelog begin with what no other key begins with. */
export const RESERVED = 0;
