import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { place } from '../../place.js';
import { guid, isGuid, list, object, pair, text } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { appPrincipal, type DirectoryTarget, directoryDetails, grantedApp } from './directory-details.js';
import { DIRECTORY_TARGETED, directoryActivity } from './directory-operations.js';
import { type PropertyReader, valueOn } from './directory-properties.js';
import { directoryUser } from './entra-user.js';
import { idOf, puidOf } from './m365-principal.js';

/** Changes of the directory (record type 8): the acts of Entra's audit log in the Unified Audit Log's words. */
export function completeDirectory(record: Raw, mapped: Mapped): void {
  const extended = list(record['ExtendedProperties']);
  const extra = object(pair(extended, 'additionalDetails'));
  const changed = propertyReader(list(record['ModifiedProperties']), extra);
  const target = targetOf(list(record['Target']), record);
  mapped.activity = directoryActivity(mapped.action, changed, undefined);
  mapped.is_presence = false;
  mapped.app = undefined;
  mapped.user_agent ??= text(extra?.['User-Agent']) ?? text(pair(extended, 'UserAgent'));
  mapped.details = directoryDetails(mapped.activity, mapped.action, target === undefined ? [] : [target.object], changed, undefined);
  const isRemoval = mapped.activity === 'other' && mapped.details?.['key_uid'] !== undefined;
  if ((!DIRECTORY_TARGETED.has(mapped.activity) && !isRemoval) || target === undefined) return;

  let who: MappedPrincipal | undefined;
  if (target.object.type === 'User') who = target.principal;
  else if (mapped.activity === 'role_grant') {
    // a role can be given to an app
    if (target.object.type === 'ServicePrincipal') who = { type: 'service', uid: target.object.uid, name: target.object.name };
  } else if (mapped.activity === 'app_credential' || mapped.activity === 'oauth_consent' || isRemoval) {
    const app = grantedApp([target.object], changed);
    if (app !== undefined) who = appPrincipal(app, target.object, changed);
  }
  if (who !== undefined && (who.uid ?? who.email) !== undefined && !samePrincipal(who, mapped.principal)) mapped.targets = [who];
}

function propertyReader(properties: readonly unknown[], extra: Raw | undefined): PropertyReader {
  return (name, side) => {
    for (const property of properties) {
      const entry = property as Raw | null;
      if (entry?.['Name'] === name) return valueOn(side, entry?.['NewValue'], entry?.['OldValue']);
    }
    return side === 'old' ? undefined : text(extra?.[name]);
  };
}

/** The touched object is spread over a list of its ids: `User_<id>`, `<id>`, `User`, address, PUID, name. */
function targetOf(ids: readonly unknown[], record: Raw): { object: DirectoryTarget; principal: MappedPrincipal } | undefined {
  let type = '';
  let uid: string | undefined;
  let name: string | undefined;
  let address: string | undefined;
  let puid: string | undefined;
  for (const entry of ids) {
    const value = idOf(entry);
    if (value === undefined) continue;
    const kind = (entry as Raw)['Type'];
    const mark = value.indexOf('_');
    if (mark > 0 && isGuid(value.slice(mark + 1))) {
      type = value.slice(0, mark);
      uid = guid(value.slice(mark + 1));
    } else if (kind === 5) address = value;
    else if (kind === 3) puid = puidOf(value);
    else if (kind === 1) name = value;
  }
  if (uid === undefined && address === undefined && name === undefined) {
    name = place(record['ObjectId']);
    if (name === undefined) return undefined;
    if (name.includes('@')) address = name;
  }
  if (type === '' && address !== undefined) type = 'User';
  const principal = directoryUser(uid, address, name);
  if (puid !== undefined) principal.aliases = [`puid:${puid}`];
  return { object: { type, uid, name: name ?? address, principal_name: address }, principal };
}
