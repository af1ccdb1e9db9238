import type { MappedPrincipal, Raw } from '../../mapped.js';
import { id, isAddress, list, object, text } from '../../record.js';

/** Accounts of services: of programs, of machines, and of Google's own services. */
const SERVICE_ACCOUNT = '.gserviceaccount.com';
const MACHINE = /^\d+-compute@developer\.|@appspot\./;
const GOOGLES = /^service-\d+@|^\d+@cloudservices\.|@gcp-sa-|@[a-z-]*(robot|system)\.iam\.|@cloudbuild\.gserviceaccount/;
const LONGEST = 320;

/** A member as policies write it: `user:ana@fjord.example`, `serviceAccount:...`, `principal://...`; undefined for groups, domains and everybody. */
export function memberOf(member: string): MappedPrincipal | undefined {
  if (member.startsWith('user:')) return accountOf(member.slice(5));
  if (member.startsWith('serviceAccount:')) return accountOf(member.slice(15));
  return member.startsWith('principal:') ? federatedOf(member) : undefined;
}

/** An account by its address. Service accounts have one too, the same in all projects, so it is their name across them. */
export function accountOf(email: string): MappedPrincipal | undefined {
  const name = text(email.slice(0, LONGEST));
  if (name === undefined) return undefined;
  const lower = name.toLowerCase();
  if (lower.endsWith(SERVICE_ACCOUNT)) {
    const type = GOOGLES.test(lower) ? 'system' : MACHINE.test(lower) ? 'workload' : 'service';
    return { type, email: isAddress(name) ? name : undefined, uid: isAddress(name) ? undefined : name, name };
  }
  if (lower.startsWith('system:')) return clusterOf(name);
  if (lower === 'system@google.com') return { type: 'system', uid: name, name };
  return isAddress(name) ? { type: 'human', email: name, name: undefined } : { type: 'unknown', uid: name, name };
}

/** Who acts inside a cluster: Kubernetes' own programs, and accounts of what runs there. */
function clusterOf(name: string): MappedPrincipal {
  if (name === 'system:anonymous' || name === 'system:unauthenticated') return { type: 'unknown', name };
  return { type: name.startsWith('system:serviceaccount:') ? 'workload' : 'system', uid: name, name };
}

/** Somebody whom another provider vouches for: people by pools for a workforce, machines by pools for workloads. */
function federatedOf(subject: string): MappedPrincipal {
  const name = subject.slice(subject.lastIndexOf('/') + 1);
  const isWorkload = subject.includes('/workloadIdentityPools/');
  return {
    type: isWorkload ? 'workload' : subject.includes('/workforcePools/') ? 'human' : 'unknown',
    uid: subject,
    email: !isWorkload && isAddress(name) ? name : undefined,
    name: subject,
  };
}

/** Who called. An account that others act through has them in the order in which they handed it on: the first is who began it. */
export function gcpPrincipal(authentication: Raw): MappedPrincipal | undefined {
  const subject = id(authentication['principalSubject']);
  const email = text(authentication['principalEmail']);
  const who = (email === undefined ? undefined : accountOf(email)) ?? (subject === undefined ? undefined : subjectOf(subject));
  if (who === undefined) return undefined;
  // accounts of services may have an address of the organisation's own domain
  const isService = subject?.startsWith('serviceAccount:') === true || text(authentication['serviceAccountKeyName']) !== undefined;
  if (who.type === 'human' && isService) who.type = 'service';
  const behind = delegatorOf(authentication);
  if (behind !== undefined && behind.email?.toLowerCase() !== who.email?.toLowerCase()) who.on_behalf_of = behind;
  return who;
}

function subjectOf(subject: string): MappedPrincipal {
  return memberOf(subject) ?? { type: 'unknown', uid: subject, name: subject };
}

function delegatorOf(authentication: Raw): MappedPrincipal | undefined {
  const chain = authentication['serviceAccountDelegationInfo'];
  if (chain === undefined || chain === null) return undefined;
  for (const entry of list(chain)) {
    const one = object(entry);
    const email = text(object(one?.['firstPartyPrincipal'])?.['principalEmail']);
    if (email !== undefined) return accountOf(email);
    const subject = id(one?.['principalSubject']);
    if (subject !== undefined) return subjectOf(subject);
  }
  return undefined;
}
