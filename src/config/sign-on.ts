import { type AccountRef, LEAST_WAIT_MS, OTHER_WAIT_MS, type SignOnEntry, WAITS } from '../core/detect/enforced.js';
import { VENDORS } from '../core/normalize/sources/index.js';
import { DEFAULT_LIMITS } from '../core/state/people.js';
import type { Problem } from '../errors.js';
import type { Config, LoadedConfig } from './config.js';
import { formatDuration, parseDuration } from './duration.js';
import { didYouMean } from './suggest.js';
import { list, mapping, text } from './unchecked.js';

/** `slack/T0123` or `slack`. A vendor's name has no stroke. */
export function parseAccount(written: string): AccountRef {
  const at = written.indexOf('/');
  return at < 0 ? { vendor: written } : { vendor: written.slice(0, at), account: written.slice(at + 1) };
}

/** An entry of the configuration, or of a rule's stories, as the core takes it. */
export function toSignOn({ app, provider, wait }: Config['sign_on'][number]): SignOnEntry {
  return { app: parseAccount(app), provider: parseAccount(provider), ...(wait === undefined ? {} : { wait }) };
}

/** What counts when nobody says how late the log of a provider may be, ms; it has to be told within the allowed lateness as well. */
function waitOfVendor(vendor: string | undefined): number | undefined {
  return vendor === undefined ? undefined : (WAITS[vendor] ?? OTHER_WAIT_MS);
}

/** What is wrong with what the operator says of single sign-on, beyond its shape. */
export function checkSignOn(value: unknown, locate: LoadedConfig['locate']): Problem[] {
  const problems: Problem[] = [];
  const lateness = parseDuration(text(mapping(mapping(value)['state'])['allowed_lateness']) ?? '') ?? DEFAULT_LIMITS.allowed_lateness;
  for (const [i, entry] of list(mapping(value)['sign_on']).entries()) {
    const tell = (key: string, message: string) => void problems.push({ ...locate(['sign_on', i, key]), message });
    const written = mapping(entry);
    const vendors = ['app', 'provider'].map((key) => {
      const named = text(written[key]);
      if (named === undefined) return undefined;
      const { vendor } = parseAccount(named);
      if (!VENDORS.some((known) => known === vendor))
        tell(key, `"${vendor}" is no source${didYouMean(vendor, VENDORS)} (sources: ${VENDORS.join(', ')})`);
      return vendor;
    });
    if (vendors[0] !== undefined && written['app'] === written['provider'])
      tell('provider', `"${written['provider']}" would explain its own sessions; expected the identity provider of ${written['app']}`);
    const given = written['wait'] === undefined ? waitOfVendor(vendors[1]) : parseDuration(text(written['wait']) ?? '');
    if (given === undefined) continue;
    const named = text(written['wait']) ?? formatDuration(given);
    if (given < LEAST_WAIT_MS)
      tell('wait', `"${named}" is shorter than clocks differ; expected ${formatDuration(LEAST_WAIT_MS)} or longer`);
    if (given >= lateness)
      tell('wait', `after "${named}" nothing is judged any more; expected less than state.allowed_lateness, ${formatDuration(lateness)}`);
  }
  return problems;
}
