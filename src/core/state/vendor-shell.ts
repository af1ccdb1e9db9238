import type { Endpoint, SessionEvent, UserAgent } from '../event/index.js';
import type { Observation } from './observation.js';
import type { Traits } from './print.js';
import type { Session } from './session.js';

/** For so long after the browser last said that it is there a shell counts as open, ms. Rules that ask look back an hour at least. */
export const HELD_OPEN_MS = 3_600_000;

interface Shell {
  /** in whose log alone it works: at anybody else the same words are a server's that somebody rents */
  vendor: string;
  /** the vendor's networks. Customers rent servers there, too: the address alone makes nobody the vendor's shell */
  networks: ReadonlySet<number>;
  /** the vendor's log says who has it open */
  isToldOpen: boolean;
}

/** By what the shell's programs call themselves. Google's log says nothing of who opens Cloud Shell that could be relied on. */
const SHELLS: ReadonlyMap<string, Shell> = new Map([
  ['aws-cloudshell', { vendor: 'aws', networks: new Set([14618, 16509]), isToldOpen: true }],
  ['google-cloudshell', { vendor: 'gcp', networks: new Set([15169, 396982]), isToldOpen: false }],
]);

/**
 * What CloudTrail writes while somebody has CloudShell open in their browser, from the browser's address: the credentials of the console are handed
 * over, and once a minute that the page is still there. No other service has calls of these names.
 */
const HELD_OPEN: ReadonlySet<string> = new Set(['PutCredentials', 'SendHeartBeat']);

/**
 * Does it look like the shell of a vendor's console, a machine of the vendor's that works for whoever opened it? Anybody can write so on a server that
 * they rent there: it places nobody, nothing is compared with it, and rules believe it only as far as the vendor's log bears it out. So it is one in
 * that vendor's log only: with the session of another vendor's a shell has nothing to do. It works for somebody who is signed in: nobody signs in from it.
 */
export function isShellEvent({ source, activity, src_endpoint, user_agent }: SessionEvent): boolean {
  return activity !== 'sign_in' && shellOf(src_endpoint, user_agent)?.vendor === source.vendor;
}

/** Is it such a shell at work? */
export function isShell({ vendor, activity, print }: Observation): boolean {
  return activity !== 'sign_in' && shellOf(print.endpoint, print.user_agent)?.vendor === vendor;
}

/** Is it a print of such a shell? A print is of whose the session is. */
export function isShellPrint({ endpoint, user_agent }: Traits, { issuer }: Pick<Session, 'issuer'>): boolean {
  const shell = shellOf(endpoint, user_agent);
  return shell !== undefined && issuer.startsWith(`${shell.vendor}:`);
}

/** Is it a shell of which the vendor's log says who has it open? */
export function isToldOpen(seen: Observation): boolean {
  return isShell(seen) && shellOf(seen.print.endpoint, seen.print.user_agent)?.isToldOpen === true;
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
export function holdsOpen(seen: Observation): boolean {
  return tellsOpen(seen.vendor, seen.action) && seen.is_done && !isShell(seen);
}
