import type { Endpoint, UserAgent } from '../event/index.js';
import { NO_AGENT, type Traits } from '../state/print.js';
import { isUnlisted } from '../state/usage.js';

/** `with edge 126 on windows from Telenor (AS2119), Oslo NO`. */
export function useName(print: Traits): string {
  return print.user_agent === undefined ? `from ${printName(print)}` : `with ${printName(print)}`;
}

/** `edge 126 on windows from Telenor (AS2119), Oslo NO`. */
export function printName(print: Traits): string {
  const where = print.endpoint === undefined ? undefined : networkName(print.endpoint);
  const what = print.user_agent === undefined ? undefined : clientName(print.user_agent);
  if (what === undefined) return where ?? 'an unknown place';
  return where === undefined ? what : `${what} from ${where}`;
}

/** `edge 126 on windows`. */
export function clientName(agent: UserAgent): string {
  if (agent === NO_AGENT) return 'no user agent';
  const program =
    agent.family === undefined ? agent.original.slice(0, 40) : agent.major === undefined ? agent.family : `${agent.family} ${agent.major}`;
  return agent.os === undefined ? program : `${program} on ${agent.os}`;
}

/** `40 s`, `25 min`, `3.5 h`, `2 days`. */
export function durationText(ms: number): string {
  const s = Math.abs(ms) / 1000;
  if (s < 90) return `${Math.round(s)} s`;
  if (s < 90 * 60) return `${Math.round(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.round(s / 360) / 10} h`;
  return `${Math.round(s / 86_400)} days`;
}

/** The same of a span in which something happened: rounded up, so that it is never said to have been shorter. */
export function spanText(ms: number): string {
  const unit = ms < 90_000 ? 1000 : ms < 90 * 60_000 ? 60_000 : 360_000;
  return durationText(Math.ceil(ms / unit) * unit);
}

/** A timespan as a rule sets it, to the second: `90 s`, `10 min`, `2 h`. */
export function timespanText(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1000} s`;
}

/** `Oslo NO`, `NO`, or the address when nothing is known. Of a country that a vendor tells in place of the address it says so. */
export function placeName(endpoint: Endpoint): string {
  const { city, country } = endpoint;
  if (country === undefined) return city ?? endpoint.ip ?? endpoint.hostname ?? 'somewhere';
  if (city !== undefined) return `${city} ${country}`;
  return endpoint.class === 'withheld' ? `${country}, by the vendor's word` : country;
}

/** `Telenor (AS2119), Oslo NO`. Of a network whose class nobody knows it says so, since that is less than a network of people. */
export function networkName(endpoint: Endpoint): string {
  if (endpoint.class === 'withheld') return placeName(endpoint);
  const network = endpoint.as_org === undefined ? endpoint.prefix : endpoint.as_org;
  const number = endpoint.asn === undefined ? '' : ` (AS${endpoint.asn})`;
  return `${network ?? endpoint.ip ?? 'unknown network'}${number}${kindName(endpoint)}, ${placeName(endpoint)}`;
}

function kindName(endpoint: Endpoint): string {
  const { as_class } = endpoint;
  if (isUnlisted(endpoint)) return ', in no list';
  return as_class === undefined || as_class === 'unknown' || as_class === 'access' ? '' : `, ${as_class}`;
}
