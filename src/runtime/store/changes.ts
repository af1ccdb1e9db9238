/** Who has changed since they were written last, those first who changed first, in generations. */
export class Changes {
  private readonly since = new Map<string, number>();
  private readonly counts = new Map<number, number>();
  private generation = 1;
  private walk = this.since.entries();
  private next: IteratorResult<[string, number], undefined> | undefined;

  touch(key: string): void {
    if (this.since.has(key)) return;
    this.since.set(key, this.generation);
    this.counts.set(this.generation, (this.counts.get(this.generation) ?? 0) + 1);
  }

  get size(): number {
    return this.since.size;
  }

  has(key: string): boolean {
    return this.since.has(key);
  }

  /** Begins a generation: whoever changes first from now on is in it. @returns its number */
  mark(): number {
    return ++this.generation;
  }

  /** How many there are of a generation and all before it. */
  count(generation = Number.POSITIVE_INFINITY): number {
    let sum = 0;
    for (const [at, count] of this.counts) if (at <= generation) sum += count;
    return sum;
  }

  /** They have been written. @returns whether they were to be */
  clean(key: string): boolean {
    const generation = this.since.get(key);
    if (generation === undefined) return false;
    this.since.delete(key);
    if (this.next?.value?.[0] === key) this.next = undefined;
    const left = this.counts.get(generation)! - 1;
    if (left === 0) this.counts.delete(generation);
    else this.counts.set(generation, left);
    return true;
  }

  /** Whoever changed first of those of a generation and all before it; the same until they are clean. */
  first(generation: number): string | undefined {
    while (this.since.size > 0) {
      const next = this.next ?? this.walk.next();
      if (next.done === true) {
        this.walk = this.since.entries();
        continue;
      }
      const [key, since] = next.value;
      // One walk goes on where it ended: begun anew, it would go over all those who were clean since.
      this.next = this.since.get(key) === since ? next : undefined;
      if (this.next !== undefined) return since <= generation ? key : undefined;
    }
    this.next = undefined;
    return undefined;
  }
}
