/** begins the names under which ids are written down; no tenant begins so */
const PREFIX = '\ntopic\n';

/**
 * Which topic stood behind the name of a source when it was read, by the id that the brokers gave it. One that is deleted and made anew counts its offsets
 * from 0 again, and the group's positions in it are deleted with it: nothing else tells it from one that was never read. And how far each partition had been
 * read when somebody began with it last, which tells one whose positions have expired from one that was never read.
 */
export class SourceIds {
  private readonly known = new Map<string, string>();

  /** @param tell what it learns, to other processes and to whoever comes after */
  constructor(private readonly tell: (key: string, value: string) => void) {}

  /**
   * Whether the topic is the one that was read before under this generation of its source; one of which nothing is known is, from now on.
   * @param id undefined: there is no such topic, or the brokers have no ids
   */
  isSame(topic: string, generation: number, id: string | undefined): boolean {
    if (id === undefined) return true;
    const key = keyOf(topic, generation);
    const known = this.known.get(key);
    if (known !== undefined) return known === id;
    this.known.set(key, id);
    this.tell(key, id);
    return true;
  }

  /** Whether it was read under an earlier generation of its source: then nobody has chosen to leave out what is in the one that took its place. */
  isSuccessor(topic: string, generation: number): boolean {
    for (let earlier = 1; earlier < generation; earlier++) if (this.known.has(keyOf(topic, earlier))) return true;
    return false;
  }

  /**
   * That the group has kept a position in a partition: all before it is done, or was to be left out. Brokers forget positions when nobody has been in the
   * group for long. Of a topic that has no id nothing is told, since another one of its name would be taken for it.
   */
  keep(topic: string, generation: number, partition: number, offset: number): void {
    if (!this.known.has(keyOf(topic, generation))) return;
    const key = keptOf(topic, generation, partition);
    if (this.known.get(key) === String(offset)) return;
    this.known.set(key, String(offset));
    this.tell(key, String(offset));
  }

  /** The position that was told last; undefined when the group has kept none. */
  kept(topic: string, generation: number, partition: number): number | undefined {
    const offset = this.known.get(keptOf(topic, generation, partition));
    return offset === undefined ? undefined : Number(offset);
  }

  /** Whether a name is one of those that are told. */
  static owns(key: string): boolean {
    return key.startsWith(PREFIX);
  }

  /** What another process has told. */
  adopt(key: string, value: string): void {
    this.known.set(key, value);
  }
}

function keyOf(topic: string, generation: number): string {
  return `${PREFIX}${generation}\n${topic}`;
}

/** No name of a topic has a line break in it. */
function keptOf(topic: string, generation: number, partition: number): string {
  return `${keyOf(topic, generation)}\n${partition}`;
}
