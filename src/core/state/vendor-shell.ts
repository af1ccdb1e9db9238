import type { Endpoint, UserAgent } from '../event/index.js';
import type { Observation } from './observation.js';
import type { Traits } from './print.js';

/** For so long after the browser last said that it is there a shell counts as open, ms. Rules that ask look back an hour at least. */
export const HELD_OPEN_MS = 3_600_000;

interface Shell {
  /** the vendor's networks. Customers rent servers there, too: the address alone makes nobody the vendor's shell */
  networks: ReadonlySet<number>;
  /** the vendor's log says who has it open */
  isToldOpen: boolean;
}

/** By what the shell's programs call themselves. Google's log says nothing of who opens Cloud Shell that could be relied on. */
const SHELLS: ReadonlyMap<string, Shell> = new Map([
  ['aws-cloudshell', { networks: new Set([14618, 16509]), isToldOpen: true }],
  ['google-cloudshell', { networks: new Set([15169, 396982]), isToldOpen: false }],
]);

/**
 * What CloudTrail writes while somebody has CloudShell open in their browser, from the browser's address: the credentials of the console are handed
 * over, and once a minute that the page is still there. No other service has calls of these names.
 */
const HELD_OPEN: ReadonlySet<string> = new Set(['PutCredentials', 'SendHeartBeat']);

/**
 * Does it look like the shell of a vendor's console, a machine of the vendor's that works for whoever opened it? Anybody can write so on a server that
 * they rent there: it places nobody, nothing is compared with it, and rules believe it only as far as the vendor's log bears it out.
 */
export function isVendorShell(endpoint: Endpoint | undefined, agent: UserAgent | undefined): boolean {
  return shellOf(endpoint, agent) !== undefined;
}

/** Is it a print of such a shell? */
export function isShell({ endpoint, user_agent }: Traits): boolean {
  return isVendorShell(endpoint, user_agent);
}

/** Is it a print of a shell of which the vendor's log says who has it open? */
export function isToldOpen({ endpoint, user_agent }: Traits): boolean {
  return shellOf(endpoint, user_agent)?.isToldOpen === true;
}

function shellOf(endpoint: Endpoint | undefined, agent: UserAgent | undefined): Shell | undefined {
  if (agent?.family === undefined || endpoint?.asn === undefined) return undefined;
  const shell = SHELLS.get(agent.family);
  return shell?.networks.has(endpoint.asn) === true ? shell : undefined;
}

/** Does the vendor's log say by it that a shell is held open, if it was done? */
export function tellsOpen(vendor: string, action: string): boolean {
  return vendor === 'aws' && HELD_OPEN.has(action);
}

/** Does it hold a vendor's shell open? No shell does that for itself. */
export function holdsOpen({ vendor, action, is_done, print }: Observation): boolean {
  return tellsOpen(vendor, action) && is_done && !isShell(print);
}
