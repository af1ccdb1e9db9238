import { hash53 } from '../../core/state/hash.js';

/**
 * Texts that the state of many people of a partition has in common (vendors, actions, networks, user agents, what their ids begin with), each with a
 * number. Numbers stay what they are for as long as the changelog is there: records speak of them. So only a text that was seen of several people is
 * taken in, of more of them the fuller it is, and when it is full nothing is: then what is new takes its letters.
 */
export class Dictionary {
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [];
  /** by hash of a text: of whom it was seen last (16 bits), and how often of somebody else than before */
  private readonly seen = new Uint32Array(CELLS);

  /** @param most how many texts it takes */
  constructor(private readonly most = MOST_TEXTS) {}

  get size(): number {
    return this.texts.length;
  }

  /** -1 when it is not in it. */
  numberOf(text: string): number {
    return this.numbers.get(text) ?? NONE;
  }

  /** @throws when there is none */
  textOf(number: number): string {
    const text = this.texts[number];
    if (text === undefined) throw new RangeError(`a record speaks of text ${number} of ${this.texts.length}`);
    return text;
  }

  /** Those from a number on. */
  since(number: number): string[] {
    return this.texts.slice(number);
  }

  /** Takes in what `since` gave; what is in it already may come again. @throws when others lie between, or it is another */
  take(first: number, texts: readonly string[]): void {
    const { length } = this.texts;
    if (first > length) throw new RangeError(`text ${first} comes behind text ${length - 1}`);
    for (const [i, text] of texts.entries()) {
      const known = this.texts[first + i];
      if (known === undefined) this.add(text);
      else if (known !== text) throw new RangeError(`text ${first + i} is another`);
    }
  }

  private add(text: string): void {
    this.numbers.set(text, this.texts.push(text) - 1);
  }

  /** A text was met. @param owner anything that differs from person to person */
  meet(text: string, owner: number): void {
    if (text.length < SHORTEST || text.length > LONGEST || this.texts.length >= this.most) return;
    const cell = hash53(text) % CELLS;
    const known = this.seen[cell]!;
    const who = (owner & 0xffff) + 1;
    if (known >>> 8 === who) return;
    const count = (known & 0xff) + 1;
    this.seen[cell] = who * 0x100 + Math.min(count, 0xff);
    if (count < this.wanted()) return;
    this.seen[cell] = 0;
    this.add(text);
  }

  /** Of how many people it has to be: of more, the less room is left for what is common. */
  private wanted(): number {
    const share = this.texts.length / this.most;
    return share < 0.5 ? 4 : share < 0.75 ? 16 : 64;
  }
}

const NONE = -1;
const MOST_TEXTS = 1 << 16;
/** A power of two would gather hashes that have their lowest bits in common. */
const CELLS = 262_139;
/** A number takes up to three bytes: shorter texts are written as they are. */
const SHORTEST = 3;
const LONGEST = 512;
