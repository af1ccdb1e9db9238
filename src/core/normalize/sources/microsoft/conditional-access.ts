import type { Raw } from '../../mapped.js';
import { list, object, text, texts, word } from '../../record.js';

/** What a change did to a policy. */
export type PolicyEffect = 'created' | 'changed' | 'deleted' | 'disabled' | 'enabled' | 'weakened';

/**
 * Whether a policy asks for less after a change of it than before: switched off, a control gone, somebody or something more left out, or less
 * covered. Both of Entra's spellings are read, that of the conditional access service (`grantControls`, `excludeUsers`) and that of the
 * directory (`Controls`, `Exclude`).
 */
export function effectOfChange(before: string | undefined, after: string | undefined): PolicyEffect | undefined {
  const old = object(before);
  const now = object(after);
  if (old === undefined || now === undefined) return undefined;
  const wasOn = word(text(old['state'] ?? old['State'])) === 'enabled';
  const isOn = word(text(now['state'] ?? now['State'])) === 'enabled';
  if (wasOn !== isOn) return wasOn ? 'disabled' : 'enabled';
  const grants = controlsOf(now);
  if (controlsOf(old).some((control) => !grants.includes(control))) return 'weakened';
  if (isNarrower(old['conditions'] ?? old['Conditions'], now['conditions'] ?? now['Conditions'])) return 'weakened';
  return 'changed';
}

/** What the policy demands, as words: built-in controls, a strength, that all of them are needed, limits on the session. */
function controlsOf(policy: Raw): string[] {
  const found: string[] = [];
  const grant = object(policy['grantControls']);
  for (const control of texts(grant?.['builtInControls'])) found.push(control.toLowerCase());
  if (object(grant?.['authenticationStrength']) !== undefined) found.push('strength');
  if (word(grant?.['operator']) === 'and') found.push('all of them');
  for (const entry of list(policy['Controls'])) {
    for (const control of texts((entry as Raw | null)?.['Control'])) found.push(control.toLowerCase());
  }
  const session = policy['sessionControls'] ?? policy['SessionControls'];
  if (Array.isArray(session)) for (const limit of texts(session)) found.push(limit);
  else {
    const limits = object(session);
    if (limits !== undefined) for (const name of Object.keys(limits)) if (limits[name] !== null) found.push(name);
  }
  return found;
}

/** Lists named `include...` that lost an entry, and lists named `exclude...` that gained one, at any depth. */
function isNarrower(before: unknown, after: unknown): boolean {
  const old = object(before) ?? {};
  const now = object(after) ?? {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const name = key.toLowerCase();
    if (name.startsWith('include')) {
      if (hasMore(old[key], now[key])) return true;
    } else if (name.startsWith('exclude')) {
      if (hasMore(now[key], old[key])) return true;
    } else if (object(old[key]) !== undefined || object(now[key]) !== undefined) {
      if (isNarrower(old[key], now[key])) return true;
    }
  }
  return false;
}

/** Whether the first list holds something that the second does not. */
function hasMore(first: unknown, second: unknown): boolean {
  const known = new Set(list(second).map((item) => JSON.stringify(item)));
  return list(first).some((item) => !known.has(JSON.stringify(item)));
}
