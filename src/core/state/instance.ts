import type { Endpoint, SessionEvent } from '../event/index.js';

/** Networks of Amazon's in the RouteViews and DB-IP data, and of those who run its regions in China for it (Sinnet, NWCD). */
const AMAZON: ReadonlySet<number> = new Set([
  801, 7224, 8987, 9059, 14618, 16509, 21664, 36263, 38895, 55960, 62785, 135629, 135630, 400098, 401395,
]);

/** `AROA...:i-0abc12345def67890/2026-10-05T06:00:00Z`: EC2 names the session in which an instance has its role after the instance, and nobody can rename it. */
const INSTANCE = /:(i-[0-9a-f]{8,17})\//;

/** The instance of EC2 to which AWS gave the role that an event was done with. Machines elsewhere that Systems Manager looks after are `mi-...`, and none. */
export function instanceOf({ source, principal, session }: SessionEvent): string | undefined {
  if (source.vendor !== 'aws' || principal.type !== 'workload' || session === undefined) return undefined;
  return INSTANCE.exec(session.uid)?.[1];
}

/** @param network number of its operator, as habits have it */
export function isAmazons(network: string): boolean {
  return AMAZON.has(Number(network));
}

/**
 * Can no instance be there? Its traffic may be led through a gateway that its organisation rents as a service (SASE), and where nobody knows whose the
 * network is it may be Amazon's.
 */
export function isNoInstances({ asn, as_class }: Endpoint): boolean {
  return asn !== undefined && as_class !== 'sase' && !AMAZON.has(asn);
}
