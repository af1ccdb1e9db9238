import type { Mapped, Raw } from '../../mapped.js';
import { isExternal } from '../../own-domain.js';
import { place } from '../../place.js';
import { clip, detail, isAddress, list, text, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { directoryUser } from './entra-user.js';
import { propertyChange } from './m365-settings.js';

/** Background programs of the vendor browse too, but never under a browser's name. */
export function isBrowser(userAgent: string | undefined): boolean {
  return userAgent?.startsWith('Mozilla/') ?? false;
}

function settingDetails(record: Raw, action: string, where: string | undefined): Record<string, string> | undefined {
  const { kind, effect, opened } = propertyChange(action, list(record['ModifiedProperties']));
  const details = detail(detail(detail(undefined, 'policy', where), 'kind', kind), 'effect', effect);
  return detail(details, 'change', opened);
}

/** SharePoint and OneDrive: pages, files, lists and sharing. */
export function completeFiles(record: Raw, mapped: Mapped): void {
  const name = text(record['SourceFileName']);
  const where = place(record['ObjectId']);
  if (where !== undefined || name !== undefined) mapped.resource = { uid: where, name: name ?? place(record['SiteUrl']) };
  mapped.details = mapped.activity === 'policy_change' ? settingDetails(record, mapped.action, where) : undefined;
  // sync clients and preview services run while nobody is there
  mapped.is_presence =
    mapped.principal.type === 'human' &&
    mapped.status === 'success' &&
    mapped.ip !== undefined &&
    isBrowser(mapped.user_agent) &&
    !mapped.action.startsWith('FileSync');

  const sharedWith = text(record['TargetUserOrGroupName']);
  if (mapped.activity === 'role_grant') {
    mapped.details = detail(detail(undefined, 'role', 'site collection administrator'), 'delegate', sharedWith);
    if (sharedWith !== undefined && isAddress(sharedWith)) {
      const target = directoryUser(undefined, sharedWith, undefined);
      if (!samePrincipal(target, mapped.principal)) mapped.targets = [target];
    }
    return;
  }
  if (mapped.activity !== 'session_use' && mapped.activity !== 'data_export') return;
  const kind =
    text(record['TargetUserOrGroupType']) ??
    (/^(Anonymous|Company)Link/.test(mapped.action) ? mapped.action.replace(/Link.*$/, ' link') : undefined);
  if (kind !== undefined) mapped.details = detail(mapped.details, 'sharing', sharedWith === undefined ? kind : `${kind} ${sharedWith}`);
  if (isForEverybody(mapped.action, sharedWith, record)) mapped.details = detail(mapped.details, 'is_public', 'true');
  else if (isForOutsider(mapped, sharedWith, record)) mapped.details = detail(mapped.details, 'is_external', 'true');
}

/** Acts that let in somebody who is named; uses of a link, acceptances and ends let nobody in. */
const LETS_IN =
  /^(SharingSet|SharingInvitation(Created|Updated)|AccessInvitationCreated|AccessRequestApproved|AddedTo(SecureLink|SharingLink|Group))$/;
/** Accounts of other organisations, as SharePoint calls them. */
const OUTSIDER = /#ext#|^urn:spo:guest#/i;

/** Was somebody of another organisation let in by this act? SharePoint says what kind of account it is; where it does not, the address does. */
function isForOutsider({ action, principal }: Mapped, sharedWith: string | undefined, record: Raw): boolean {
  if (!LETS_IN.test(action)) return false;
  const kind = word(record['TargetUserOrGroupType']);
  if (kind !== undefined) return kind === 'guest' || kind === 'partner';
  if (sharedWith === undefined || !sharedWith.includes('@')) return false;
  return OUTSIDER.test(clip(sharedWith, 300)) || isExternal(sharedWith, [principal.email, text(record['UserId'])]) === 'true';
}

/** Behind a link for everybody stands a group of its own; `Everyone except external users` is inside. */
const EVERYBODY = /^everyone$|^SharingLinks\..{1,100}\.Anonymous(Edit|View)/i;

/** Is it open to people who do not sign in, from this act on? Uses of a link open nothing. */
function isForEverybody(action: string, sharedWith: string | undefined, record: Raw): boolean {
  if (action === 'AnonymousLinkCreated' || action === 'AnonymousLinkUpdated' || action === 'PublishToWebReport') return true;
  if (action === 'SharingLinkCreated' || action === 'SharingLinkUpdated')
    return /^any(one|onymous)/i.test(text(record['SharingLinkScope']) ?? '');
  return (action === 'SharingSet' || action === 'AddedToGroup') && sharedWith !== undefined && EVERYBODY.test(clip(sharedWith, 300));
}
