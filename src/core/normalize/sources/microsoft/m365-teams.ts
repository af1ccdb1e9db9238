import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { place } from '../../place.js';
import { detail, list, object, text } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { directoryUser } from './entra-user.js';

/** Teams: sessions, messages, membership and apps. */
export function completeTeams(record: Raw, mapped: Mapped): void {
  mapped.is_presence = mapped.principal.type === 'human' && mapped.status === 'success' && mapped.ip !== undefined;
  const team = text(record['TeamName']);
  if (mapped.activity === 'oauth_consent') {
    const app = text(record['AddOnName']) ?? text(record['AppName']) ?? place(record['ObjectId']);
    mapped.details = detail(detail(detail(undefined, 'app', app), 'kind', 'app'), 'target', team);
  } else if (mapped.activity === 'role_grant') {
    mapped.targets = ownersOf(record, mapped);
    // plain members and guests are no grant
    if (mapped.targets === undefined) mapped.activity = 'other';
    mapped.details = detail(mapped.targets === undefined ? undefined : detail(undefined, 'role', 'team owner'), 'group', team);
  } else mapped.details = detail(detail(undefined, 'target', team ?? placeOf(record)), 'group', team);
}

/** Sessions name an object that is none. */
function placeOf(record: Raw): string | undefined {
  const named = place(record['ObjectId']);
  return named?.startsWith('Unknown (') ? undefined : named;
}

/** Role 2 is owner. */
function ownersOf(record: Raw, mapped: Mapped): MappedPrincipal[] | undefined {
  const owners: MappedPrincipal[] = [];
  for (const entry of list(record['Members'])) {
    const member = object(entry);
    if (member?.['Role'] !== 2) continue;
    const who = directoryUser(undefined, member?.['UPN'], member?.['DisplayName']);
    if (who.email !== undefined && !samePrincipal(who, mapped.principal)) owners.push(who);
  }
  return owners.length === 0 ? undefined : owners;
}
