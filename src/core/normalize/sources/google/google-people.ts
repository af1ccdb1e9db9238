import type { PrincipalType } from '../../../event/index.js';
import { wordTable } from '../../../event/word-table.js';
import type { MappedPrincipal, Raw } from '../../mapped.js';
import { bool, id, isAddress, object, text, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { type ParameterReader, textOf, textsOf } from './google-parameters.js';
import type { GoogleActivity } from './google-shapes.js';

/** Stands for an actor without a profile in all organisations (Google's reference of `activities.list`): it is nobody. */
const PLACEHOLDER_PROFILE = '105250506097979753968';
const SERVICE_ACCOUNT = '.gserviceaccount.com';

/** The actor's profile id, which stays the same when addresses change. */
export function profileOf(actor: Raw): string | undefined {
  const profile = id(actor['profileId']);
  return profile === PLACEHOLDER_PROFILE ? undefined : profile;
}

function addressOf(value: unknown): string | undefined {
  const written = text(value);
  return written !== undefined && isAddress(written) ? written : undefined;
}

/** Logs whose own parameters name the person where the actor has no address. */
const PERSON_IN: Readonly<Record<string, string>> = wordTable({ chrome: 'DEVICE_USER', mobile: 'USER_EMAIL', meet: 'identifier' });

/** Who acts: a person, an app that acts for one, an agent, a robot account or Google itself. */
export function actorOf(activity: GoogleActivity, parameter: ParameterReader): MappedPrincipal {
  const { actor, app } = activity;
  const person = personOf(actor, app, parameter);
  const agent = object(actor['agentAttributionInfo']);
  if (agent !== undefined) return agentOf(agent, person);
  // it acts as the person, and no agent is named: still not the person's own hand
  if (activity.isAgentic && person.type === 'human') return { ...person, type: 'agent' };
  const application = object(actor['applicationInfo']);
  const client = id(application?.['oauthClientId']);
  if (bool(application?.['impersonation']) === true && client !== undefined) {
    return { type: 'service', uid: client, name: text(application?.['applicationName']), on_behalf_of: known(person) };
  }
  return person;
}

function personOf(actor: Raw, app: string, parameter: ParameterReader): MappedPrincipal {
  const written = text(actor['email']);
  const key = text(actor['key']);
  const caller = word(actor['callerType']);
  if (caller === 'key' || (written === undefined && key !== undefined)) {
    const type: PrincipalType = key === 'SYSTEM' ? 'system' : 'service';
    return { type, uid: key ?? profileOf(actor), name: written ?? key };
  }
  const uid = profileOf(actor);
  if (written?.endsWith(SERVICE_ACCOUNT)) return { type: 'service', uid: uid ?? written, name: written };
  const own = PERSON_IN[app];
  const email = addressOf(written) ?? (own === undefined || written !== undefined ? undefined : addressOf(textOf(parameter(own))));
  if (uid === undefined && email === undefined) return affected(parameter) ?? { type: 'unknown', name: written };
  const isGuest = caller === 'external_user' || bool(parameter('actor_is_collaborator_account')) === true;
  return { type: 'human', uid, email, name: email === undefined ? written : undefined, tags: isGuest ? ['guest'] : undefined };
}

/** Google itself speaks of a person, and names nobody else. */
function affected(parameter: ParameterReader): MappedPrincipal | undefined {
  const email = addressOf(textOf(parameter('affected_email_address')));
  return email === undefined ? undefined : { type: 'human', email };
}

function agentOf(agent: Raw, person: MappedPrincipal): MappedPrincipal {
  const owner = addressOf(object(agent['agentOwner'])?.['email']);
  const name = text(agent['agentName']);
  return {
    type: 'agent',
    uid: id(agent['agentId']) ?? name,
    name,
    on_behalf_of: known(person) ?? (owner === undefined ? undefined : { type: 'human', email: owner }),
  };
}

function known(person: MappedPrincipal): MappedPrincipal | undefined {
  return person.uid === undefined && person.email === undefined ? undefined : person;
}

/** Parameters that name whom an act was done to, in the logs that have them. */
const SUBJECTS = ['USER_EMAIL', 'affected_email_address', 'user_email', 'member_id', 'new_owner', 'target_user'] as const;
const MOST_SUBJECTS = 50;

/** The people that an act was done to, without the one who did it. */
export function targetsOf(parameter: ParameterReader, actor: MappedPrincipal): MappedPrincipal[] | undefined {
  let found: MappedPrincipal[] | undefined;
  for (const subject of SUBJECTS) {
    for (const written of textsOf(parameter(subject)).slice(0, MOST_SUBJECTS)) {
      const email = addressOf(written);
      if (email === undefined) continue;
      const person: MappedPrincipal = { type: email.endsWith(SERVICE_ACCOUNT) ? 'service' : 'human', email };
      if (samePrincipal(person, actor) || found?.some((one) => samePrincipal(one, person))) continue;
      if (found === undefined) found = [person];
      else found.push(person);
    }
    if (found !== undefined) return found;
  }
  // an app that took the person's place: what it changed it changed at them
  return actor.on_behalf_of === undefined ? undefined : [actor.on_behalf_of];
}
