/** A stretch of time in which something was heard of again and again. Of all moments in it only the first and the last are remembered. */
export interface Run {
  first_time: number;
  last_time: number;
}

/**
 * Puts a stretch into its place. Runs that lie no further apart than the gap are one, so that the result is the same in whatever order they are told.
 * @param runs in order of time, apart by more than the gap
 * @param gap ms
 * @param make a new run where none is near
 * @returns whether anything is known now that was not
 */
export function addRun<R extends Run>(runs: R[], { first_time, last_time }: Run, gap: number, make: (run: Run) => R): boolean {
  let at = runs.length;
  while (at > 0 && runs[at - 1]!.last_time >= first_time - gap) at--;
  const run = runs[at];
  if (run === undefined || run.first_time > last_time + gap) {
    runs.splice(at, 0, make({ first_time, last_time }));
    return true;
  }
  if (run.first_time <= first_time && run.last_time >= last_time) return false;
  run.first_time = Math.min(run.first_time, first_time);
  run.last_time = Math.max(run.last_time, last_time);
  for (let next = runs[at + 1]; next !== undefined && next.first_time <= run.last_time + gap; next = runs[at + 1]) {
    run.last_time = Math.max(run.last_time, next.last_time);
    runs.splice(at + 1, 1);
  }
  return true;
}

/**
 * The first silence that is longer than is allowed, from a moment to another; undefined when there is none. Before the first run and after the last
 * nothing is known, and what is not known is silence, however short.
 */
export function silenceBetween(runs: readonly Run[], from: number, to: number, most: number): Run | undefined {
  let until: number | undefined;
  for (const { first_time, last_time } of runs) {
    if (until !== undefined && first_time - until > most) {
      if (first_time > from && until < to) return { first_time: until, last_time: first_time };
      until = undefined;
    }
    if (until === undefined && first_time > from) return { first_time: from, last_time: first_time };
    until = last_time;
    if (until >= to) return undefined;
  }
  return { first_time: until ?? from, last_time: to };
}
