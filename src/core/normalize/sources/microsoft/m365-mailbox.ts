import type { Activity } from '../../../event/index.js';
import { wordTable } from '../../../event/word-table.js';
import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { isExternal } from '../../own-domain.js';
import { clip, detail, isAddress, list, object, pair, text, word } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { withDeletion } from './deletion.js';
import { directoryUser } from './entra-user.js';
import { addressesOf, flagOf } from './m365-parameters.js';

/** Acts on mailbox items (record types 2, 3, 19, 50). The user agent hides in `ClientInfoString`; who owns the mailbox may not be who acts. */
export function completeMailbox(record: Raw, mapped: Mapped): void {
  const client = clientInfo(record['ClientInfoString']);
  mapped.user_agent ??= userAgentIn(client) ?? userAgentIn(clientInfo(record['ActorInfoString'])) ?? mailProtocol(client);
  // servers that act for the user carry no browser: REST back ends, proxies, sync
  mapped.is_presence =
    mapped.principal.type === 'human' &&
    mapped.status === 'success' &&
    mapped.ip !== undefined &&
    (client?.startsWith('Client=OWA;Mozilla/') ?? false);
  const properties = list(record['OperationProperties']);
  if (mapped.action === 'UpdateInboxRules') completeRule(record, mapped, properties);
  else mapped.details = detailsOf(record, mapped, properties);
  mapped.details = withMailbox(record, mapped);
  mapped.targets = targetsOf(record, mapped);
}

/** A user agent is at most some hundred characters long. */
function clientInfo(value: unknown): string | undefined {
  const info = text(value);
  return info === undefined ? undefined : clip(info, 2000);
}

const MAIL_ACTS: ReadonlySet<Activity> = new Set<Activity>([
  'mail_access',
  'mail_send',
  'inbox_rule',
  'mail_forwarding',
  'mailbox_delegation',
]);

const LOGON_TYPES: Readonly<Record<string, string>> = wordTable({
  '0': 'owner',
  '1': 'admin',
  '2': 'delegate',
  '3': 'transport',
  '4': 'system',
});

function withMailbox(record: Raw, mapped: Mapped): Record<string, string> | undefined {
  let details = detail(mapped.details, 'mailbox', text(record['MailboxOwnerUPN']));
  const logon = text(record['LogonType']);
  details = detail(details, 'logon_type', logon === undefined ? undefined : (LOGON_TYPES[logon] ?? logon.toLowerCase()));
  return details;
}

function detailsOf(record: Raw, mapped: Mapped, properties: readonly unknown[]): Record<string, string> | undefined {
  const { activity } = mapped;
  let details: Record<string, string> | undefined;
  if (activity === 'mail_access') {
    const type = word(text(pair(properties, 'MailAccessType') ?? pair(properties, 'AttachmentAccessType')));
    details = detail(details, 'mail_access_type', type);
    // a folder is synchronised as a whole, and which one says how much that is
    if (type === 'sync') details = detail(details, 'target', text(folderOf(record)?.['Path']));
    details = detail(details, 'is_throttled', flagOf(text(pair(properties, 'IsThrottled'))));
    return detail(details, 'operation_count', text(record['OperationCount']));
  }
  if (activity === 'mailbox_delegation') {
    const folder = folderOf(record);
    const delegate = text(folder?.['MemberUpn']);
    details = detail(details, 'delegate', delegate);
    details = detail(details, 'is_external', isLocalRole(delegate) ? undefined : isExternal(delegate, ownOf(record, mapped)));
    details = detail(details, 'access_rights', text(folder?.['MemberRights']));
    return detail(details, 'target', text(folder?.['Path']));
  }
  if (activity === 'mail_send') return detail(details, 'change', text(record['SendAsUserSmtp']) ?? text(record['SendOnBehalfOfUserSmtp']));
  const items = list(record['AffectedItems']);
  if (activity !== 'session_use') return undefined;
  if (items.length > 0) details = detail(details, 'file_count', String(items.length));
  return withDeletion(details, mapped.action, record, items);
}

function folderOf(record: Raw): Raw | undefined {
  return object(object(record['Item'])?.['ParentFolder']);
}

/** `Owner@local` and `Member@local` stand for the owners and members of a group. */
function isLocalRole(delegate: string | undefined): boolean {
  return delegate?.toLowerCase().endsWith('@local') ?? false;
}

/** Where the mailbox is at home. */
function ownOf(record: Raw, mapped: Mapped): (string | undefined)[] {
  return [
    text(record['MailboxOwnerUPN']),
    mapped.principal.tags === undefined ? mapped.principal.email : undefined,
    text(record['OrganizationName']),
  ];
}

/** Rules made in Outlook come with the server's own words for condition and actions. */
function completeRule(record: Raw, mapped: Mapped, properties: readonly unknown[]): void {
  const operation = text(pair(properties, 'RuleOperation'));
  // taking a rule away is no persistence
  if (operation?.startsWith('Remove')) mapped.activity = 'other';
  let details = detail(undefined, 'change', operation);
  if (mapped.activity === 'inbox_rule') {
    details = detail(details, 'rule_name', text(pair(properties, 'RuleName')));
    details = detail(details, 'rule_condition', text(pair(properties, 'RuleCondition')));
    for (const entry of list(pair(properties, 'RuleActions'))) details = withAction(details, entry as Raw | null);
    details = detail(details, 'is_external', isExternal(details?.['forward_to'], ownOf(record, mapped)));
  }
  mapped.details = details;
}

function withAction(details: Record<string, string> | undefined, action: Raw | null): Record<string, string> | undefined {
  const type = text(action?.['ActionType']) ?? '';
  if (/^(Forward|Redirect|Delegate)/.test(type)) {
    const to = list(action?.['Recipients']).map((recipient) =>
      addressesOf(typeof recipient === 'string' ? recipient : text(object(recipient)?.['Address'])),
    );
    return detail(details, 'forward_to', text(to.filter((address) => address !== undefined).join(' ')));
  }
  if (/Delete/.test(type)) return detail(details, 'delete_message', 'true');
  if (/^MarkAsRead/.test(type)) return detail(details, 'mark_as_read', 'true');
  if (/^(Move|Copy)/.test(type))
    return detail(details, 'move_to', text(action?.['FolderName'] ?? action?.['Folder'] ?? action?.['DestinationFolder']));
  return details;
}

/** The owner of a mailbox that somebody else read, sent from or changed. */
function targetsOf(record: Raw, mapped: Mapped): MappedPrincipal[] | undefined {
  // the service configures mailboxes all day
  if (!MAIL_ACTS.has(mapped.activity) || mapped.principal.type === 'system') return undefined;
  for (const field of ['SendAsUserSmtp', 'SendOnBehalfOfUserSmtp', 'MailboxOwnerUPN']) {
    const address = text(record[field]);
    if (address === undefined || !isAddress(address)) continue;
    const owner = directoryUser(undefined, address, undefined);
    return samePrincipal(owner, mapped.principal) ? undefined : [owner];
  }
  return undefined;
}

/**
 * The user agent in a client description: `Client=OWA;Mozilla/5.0 (...);`, `Client=WebServices;Microsoft Office/16.0 (...)[AppId=...]`,
 * `Client=ActiveSync;UserAgent=Apple-iPhone/...;Action=...`. `Client=REST;Client=RESTSystem;;` and `Action=ViaProxy` say nothing about it.
 */
export function userAgentIn(client: string | undefined): string | undefined {
  if (client === undefined || !client.startsWith('Client=')) return undefined;
  const named = client.indexOf('UserAgent=');
  if (named >= 0) {
    const value = client.slice(named + 10);
    if (value.startsWith('[')) return value.startsWith('[NoUserAgent]') ? undefined : text(value.slice(1, value.indexOf(']')));
    const end = value.search(/;(Action|AppId|Client|Protocol)=|\[AppId=|;?$/);
    return text(value.slice(0, end < 0 ? undefined : end));
  }
  const first = client.indexOf(';');
  if (first < 0) return undefined;
  const rest = client.slice(first + 1).replace(/(\[AppId=[^\]]*\])?;*$/, '');
  return /^(Client|Action)=/.test(rest) ? undefined : text(rest);
}

/** Mail programs that give no user agent: their protocol is all that is known of them, and says enough. */
const MAIL_PROTOCOL = /^Client=(MSExchangeRPC|OutlookService|ActiveSync|POP3|IMAP4|Microsoft\.Exchange\.\w+)\b/i;

function mailProtocol(client: string | undefined): string | undefined {
  return client !== undefined && MAIL_PROTOCOL.test(client) ? client : undefined;
}
