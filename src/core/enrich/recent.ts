/**
 * A bounded cache that forgets by halves: what was not asked for while half of it filled anew goes. A hit costs one look-up and writes nothing,
 * where a strict order of use would write in four places of memory for every record.
 */
export class Recent<V, K = string> {
  private young = new Map<K, V>();
  private old = new Map<K, V>();
  private readonly half: number;

  /** @param max the most entries that are kept, at least 2 */
  constructor(max: number) {
    this.half = Math.max(1, max >> 1);
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  get(key: K): V | undefined {
    const hit = this.young.get(key);
    if (hit !== undefined) return hit;
    const before = this.old.get(key);
    if (before === undefined) return undefined;
    this.old.delete(key);
    this.set(key, before);
    return before;
  }

  set(key: K, value: V): void {
    if (this.young.size >= this.half) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }
}
