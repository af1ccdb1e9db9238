import { ELSEWHERE } from '../../../src/core/detect/compare.js';
import { scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { Deed, PersonJudgeTale, PersonTale } from '../oracle.js';
import { strange } from './strange.js';

const DAY_MS = 86_400_000;

/** What has never been seen of somebody before is new. */
export function noveltyTale(kind: 'country' | 'network' | 'device'): (parameters: Parameters) => PersonJudgeTale {
  const own = { country: ['country_new'], network: ['network_new', 'network_hosting'], device: ['device_new'] }[kind];
  return (parameters) => (tale, at) => {
    const deed = tale.story[at]!;
    const value = sightOf(kind, deed);
    if (!deed.is_presence || deed.activity === 'token_issue' || value === undefined || !isOf(kind, tale, deed)) return undefined;
    if (tale.principal.type !== 'human' || tale.principal.tags?.includes('shared') === true) return undefined;
    if (tale.wasMet(kind, value, at) || tale.isSuspected(deed)) return undefined;
    const factors = strange(tale, deed, parameters);
    if (!factors.some(({ name }) => own.includes(name))) return undefined;
    return { score: scoreOf(factors, true), episode: `${value}@${Math.floor(deed.time / DAY_MS)}`, session: deed.session };
  };
}

function sightOf(kind: 'country' | 'network' | 'device', { look }: Deed): string | undefined {
  const { endpoint, device_uid } = look.traits;
  if (kind === 'country') return endpoint?.country;
  if (kind === 'device') return device_uid === 'none' ? undefined : device_uid;
  return endpoint?.asn === undefined ? undefined : String(endpoint.asn);
}

function isOf(kind: 'country' | 'network' | 'device', tale: PersonTale, { look, time }: Deed): boolean {
  if (kind === 'device') return true;
  const { as_class, country } = look.traits.endpoint!;
  if (ELSEWHERE.has(as_class ?? 'unknown')) return false;
  return kind === 'country' || country === undefined || tale.isHabit('country', country, time);
}
