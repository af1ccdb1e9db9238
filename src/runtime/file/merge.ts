/** A source of items in order. `take` gives what is in memory, `fill` reads on and says whether there is more. */
export interface Sorted<T> {
  take(): T | undefined;
  fill(): Promise<boolean>;
}

interface Head<T> {
  item: T;
  source: Sorted<T>;
  /** place of the source in the list: decides between equal items */
  rank: number;
}

/**
 * Hands over the items of all sources in order; equal items in the order of the sources, then as they stand in them.
 * Holds one item of each source. `handle` is synchronous; the loop waits only where a source reads.
 * @param isEnd asked of the next item before it is handed over: true leaves it and all after it
 */
export async function mergeSorted<T>(
  sources: readonly Sorted<T>[],
  compare: (a: T, b: T) => number,
  handle: (item: T) => void,
  isEnd: (item: T) => boolean = () => false,
): Promise<void> {
  const heap: Head<T>[] = [];
  const isBefore = (a: Head<T>, b: Head<T>): boolean => {
    const difference = compare(a.item, b.item);
    return difference === 0 ? a.rank < b.rank : difference < 0;
  };
  const settle = (): void => {
    const top = heap[0]!;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && isBefore(heap[left + 1]!, heap[left]!) ? left + 1 : left;
      if (!isBefore(heap[child]!, top)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = top;
  };
  for (const [rank, source] of sources.entries()) {
    const item = await next(source);
    if (item !== undefined) heap.push({ item, source, rank });
  }
  heap.sort((a, b) => (isBefore(a, b) ? -1 : 1));
  while (heap.length > 0) {
    const top = heap[0]!;
    if (isEnd(top.item)) return;
    handle(top.item);
    const item = top.source.take() ?? (await next(top.source));
    if (item !== undefined) top.item = item;
    else {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      if (last !== top) heap[0] = last;
    }
    settle();
  }
}

/** The next item, reading as far as needed; undefined at the end. */
async function next<T>(source: Sorted<T>): Promise<T | undefined> {
  for (;;) {
    const item = source.take();
    if (item !== undefined) return item;
    if (!(await source.fill())) return undefined;
  }
}
