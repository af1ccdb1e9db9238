import type { Declared } from '../core/declared/declared.js';
import type { Rule } from '../core/detect/rule.js';
import type { Finding } from '../core/event/index.js';
import type { Identities } from '../core/identity/resolve.js';

/** Says with a finding who is to be asked, and what frameworks call it: joined where it is written for others, since who answers for what is no part of what was found. */
export type JoinOwners = (finding: Finding) => Finding;

/**
 * @param rules those that judge
 * @param identities the operator's file of identities names a team for a person, a service or a credential
 * @param declared the declaration of an agent or partner names one, and stands over the file: it speaks of what was done
 */
export function createOwners(rules: readonly Rule[], identities: Pick<Identities, 'profile'>, declared: Declared): JoinOwners {
  const ofRule = new Map(
    rules.map(({ uid, owners, tags }) => [uid, { rule_owners: [...owners], ...(tags.length > 0 && { rule_tags: [...tags] }) }]),
  );
  return (finding) => {
    const { tenant, principal, evidence, rule } = finding;
    const client = evidence.find(({ role }) => role === 'trigger')?.client_uid;
    const owner =
      declared.declarationOf(tenant, principal, client)?.owner ??
      identities.profile(tenant, principal.key.slice(principal.key.indexOf('/') + 1))?.owner;
    const known = ofRule.get(rule.uid);
    if (owner === undefined && known === undefined) return finding;
    return { ...finding, owner, ...known };
  };
}
