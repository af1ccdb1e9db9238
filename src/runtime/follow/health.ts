/** How often at least a service that works says so, ms: the longest chunk takes a few seconds. */
const STUCK_AFTER_MS = 60_000;

/** What the service says of itself to whoever watches over it. */
export class Health {
  private reason: string | undefined = 'starting';
  private last: number;

  /** @param now a clock that is never set, ms */
  constructor(
    private readonly now: () => number,
    /** time between two looks at the input, ms: no sign of life is due in between */
    private readonly interval: number,
  ) {
    this.last = now();
  }

  /** Something was done. */
  beat(): void {
    this.last = this.now();
  }

  ready(): void {
    this.reason = undefined;
  }

  /** @param reason without names of people: it is shown to whoever asks */
  notReady(reason: string): void {
    this.reason = reason;
  }

  /** Why it is not ready. */
  get unreadyReason(): string | undefined {
    return this.reason;
  }

  /** Why it should be started anew. */
  get stuckReason(): string | undefined {
    const silence = this.now() - this.last;
    return silence > this.interval + STUCK_AFTER_MS ? `nothing was done for ${Math.round(silence / 1000)} s` : undefined;
  }
}
