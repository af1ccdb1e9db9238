import { internals } from '../internals.js';
import { methodOf, type Patch } from './patch.js';

/** Of kafkajs: how soon it looks again when requests wait and no throttling says when. */
const LOOK_AGAIN_MS = 10;

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
}

/**
 * kafkajs looks after requests that wait even when none does, with a timer set in the past: a thousand wake-ups a second and connection, and
 * TimeoutNegativeWarning on Node 24. A request that is added sets the timer itself, so with none waiting there is nothing to be set.
 */
export const requestTimer: Patch = {
  name: 'timer of the request queue',
  hasDefect() {
    const { RequestQueue } = internals();
    const queue: Queue = Object.assign(Object.create(RequestQueue.prototype), {
      pending: [],
      throttledUntil: Date.now() + 60_000,
      throttleCheckTimeoutId: null,
    });
    methodOf(RequestQueue.prototype, 'scheduleCheckPendingRequests').call(queue);
    const isSet = queue.throttleCheckTimeoutId !== null;
    clearTimeout(queue.throttleCheckTimeoutId ?? undefined);
    return isSet;
  },
  apply() {
    internals().RequestQueue.prototype['scheduleCheckPendingRequests'] = function (this: Queue): void {
      if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
      const wait = this.throttledUntil - Date.now();
      this.throttleCheckTimeoutId = setTimeout(
        () => {
          this.throttleCheckTimeoutId = null;
          this.checkPendingRequests();
        },
        wait > 0 ? wait : LOOK_AGAIN_MS,
      );
    };
  },
};
