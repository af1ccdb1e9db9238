import type { Endpoint, UserAgent } from '../event/index.js';
import type { Observation } from './observation.js';
import type { Traits } from './print.js';

const HOUR_MS = 3_600_000;

/** Amazon's networks. Customers rent servers there, too: the address alone makes nobody the vendor's shell. */
const NETWORKS: ReadonlySet<number> = new Set([14618, 16509]);

/**
 * What CloudTrail writes while somebody has CloudShell open in their browser, from the browser's address: the credentials of the console are handed
 * over, and once a minute that the page is still there. No other service has calls of these names.
 */
const HELD_OPEN: ReadonlySet<string> = new Set(['PutCredentials', 'SendHeartBeat']);

/**
 * Does it look like AWS CloudShell, a machine of Amazon's that works for whoever opened it in the console, with the console's own session? Anybody can
 * write so on a server that they rent there: it places nobody, nothing is compared with it, and it is believed only where `isHeldOpen` is.
 */
export function isVendorShell(endpoint: Endpoint | undefined, agent: UserAgent | undefined): boolean {
  return agent?.family === 'aws-cloudshell' && endpoint?.asn !== undefined && NETWORKS.has(endpoint.asn);
}

/** Is it a print of such a shell? */
export function isShell({ endpoint, user_agent }: Traits): boolean {
  return isVendorShell(endpoint, user_agent);
}

/**
 * Was the shell held open by the session's own browser within the hour before, and by nobody else? Rules that ask look back an hour at least.
 * @param tail of the session; @param isOwn is a use one of the session's own, as far as its rule knows?
 */
export function isHeldOpen(tail: readonly Observation[], at: number, isOwn: (other: Observation, at: number) => boolean): boolean {
  const since = tail[at]!.time - HOUR_MS;
  let isOpen = false;
  for (let i = at - 1; i >= 0 && tail[i]!.time >= since; i--) {
    const other = tail[i]!;
    if (other.vendor !== 'aws' || !other.is_done || !HELD_OPEN.has(other.action) || isShell(other.print)) continue;
    if (!isOwn(other, i)) return false;
    isOpen = true;
  }
  return isOpen;
}
