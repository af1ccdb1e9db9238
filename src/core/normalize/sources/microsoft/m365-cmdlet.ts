import type { Mapped, MappedPrincipal, Raw } from '../../mapped.js';
import { isExternal } from '../../own-domain.js';
import { place } from '../../place.js';
import { detail, isAddress, text } from '../../record.js';
import { samePrincipal } from '../../same-principal.js';
import { directoryUser } from './entra-user.js';
import { addressesOf, flagOf, type ParameterReader, parameterReader } from './m365-parameters.js';
import { settingChange } from './m365-settings.js';
import { isPrivilegedRole } from './privileged-roles.js';

/** Admin cmdlets of Exchange and the compliance centre (record types 1, 10, 18): what they do is in their parameters. */
export function completeCmdlet(record: Raw, mapped: Mapped): void {
  const parameter = parameterReader(record);
  // a person's cmdlet carries a session; one with an address alone may be a server's
  mapped.is_presence =
    mapped.principal.type === 'human' && mapped.status === 'success' && mapped.session !== undefined && mapped.ip !== undefined;
  refine(mapped, parameter);
  mapped.details = detailsOf(record, mapped, parameter);
  // the service sets up mailboxes all day; settings have no owner
  if (mapped.activity === 'other' || mapped.activity === 'policy_change' || mapped.principal.type === 'system') return;
  const owner = mapped.activity === 'role_grant' ? granteeOf(parameter) : ownerOf(parameter);
  if (owner !== undefined && !samePrincipal(owner, mapped.principal)) mapped.targets = [owner];
}

/** Cmdlets that do many things are what their parameters say. */
function refine(mapped: Mapped, parameter: ParameterReader): void {
  switch (mapped.action) {
    case 'Set-Mailbox':
    case 'Set-MailUser':
    case 'Set-RemoteMailbox':
      if (forwardParameter(parameter) !== undefined) mapped.activity = 'mail_forwarding';
      else if (parameter('GrantSendOnBehalfTo') !== undefined) mapped.activity = 'mailbox_delegation';
      else if (flagOf(parameter('AuditEnabled')) === 'false' || flagOf(parameter('AuditBypassEnabled')) === 'true')
        mapped.activity = 'audit_tamper';
      break;
    case 'New-TransportRule':
    case 'Set-TransportRule':
      if (transportForward(parameter) !== undefined) mapped.activity = 'mail_forwarding';
      break;
    case 'New-JournalRule':
    case 'Set-JournalRule':
      if (parameter('JournalEmailAddress') !== undefined) mapped.activity = 'mail_forwarding';
      break;
    case 'Set-MailboxAuditBypassAssociation':
      if (flagOf(parameter('AuditBypassEnabled')) === 'false') mapped.activity = 'policy_change';
      break;
    case 'Set-AdminAuditLogConfig':
      // also run by the service itself when an organisation is made
      if (flagOf(parameter('UnifiedAuditLogIngestionEnabled')) !== 'false' && flagOf(parameter('AdminAuditLogEnabled')) !== 'false') {
        mapped.activity = 'policy_change';
      }
      break;
    case 'Set-OrganizationConfig':
      if (flagOf(parameter('AuditDisabled')) === 'true') mapped.activity = 'audit_tamper';
      break;
  }
}

function forwardParameter(parameter: ParameterReader): string | undefined {
  return parameter('ForwardingSmtpAddress') ?? parameter('ForwardingAddress');
}

function transportForward(parameter: ParameterReader): string | undefined {
  return parameter('BlindCopyTo') ?? parameter('RedirectMessageTo') ?? parameter('CopyTo') ?? parameter('AddToRecipients');
}

function detailsOf(record: Raw, mapped: Mapped, parameter: ParameterReader): Record<string, string> | undefined {
  const where = place(record['ObjectId']);
  let details: Record<string, string> | undefined;
  switch (mapped.activity) {
    case 'inbox_rule':
      details = detail(details, 'rule_name', parameter('Name') ?? afterBackslash(where) ?? parameter('Identity'));
      details = withForward(details, ruleForward(parameter), ownOf(record, mapped, parameter));
      details = detail(details, 'move_to', parameter('MoveToFolder') ?? parameter('DestinationFolder'));
      details = detail(details, 'delete_message', flagOf(parameter('DeleteMessage') ?? parameter('SoftDeleteMessage')));
      details = detail(details, 'mark_as_read', flagOf(parameter('MarkAsRead')));
      details = detail(details, 'subject_contains', ruleWords(parameter));
      return detail(details, 'mailbox', parameter('Mailbox') ?? mailboxIn(where));
    case 'mail_forwarding': {
      const to = forwardParameter(parameter) ?? transportForward(parameter) ?? parameter('JournalEmailAddress');
      details = withForward(details, addressesOf(to), ownOf(record, mapped, parameter));
      if (!mapped.action.endsWith('Rule')) {
        details = detail(details, 'kind', 'mailbox');
        details = detail(details, 'deliver_and_forward', flagOf(parameter('DeliverToMailboxAndForward')));
        return detail(details, 'mailbox', parameter('Identity') ?? mailboxIn(where));
      }
      details = detail(details, 'kind', mapped.action.endsWith('JournalRule') ? 'journal_rule' : 'transport_rule');
      details = detail(details, 'rule_name', parameter('Name') ?? parameter('Identity') ?? where);
      return detail(details, 'forward_copy', 'true');
    }
    case 'mailbox_delegation': {
      const delegate = parameter('User') ?? parameter('Trustee') ?? addressesOf(parameter('GrantSendOnBehalfTo'));
      details = detail(details, 'delegate', delegate);
      details = detail(details, 'is_external', isExternal(delegate, ownOf(record, mapped, parameter)));
      details = detail(
        details,
        'access_rights',
        parameter('AccessRights') ?? (parameter('GrantSendOnBehalfTo') === undefined ? undefined : 'SendOnBehalf'),
      );
      return detail(details, 'mailbox', parameter('Identity') ?? mailboxIn(where));
    }
    case 'role_grant': {
      const role = parameter('Role') ?? parameter('Roles') ?? parameter('Identity') ?? where ?? roleIn(mapped.action);
      details = detail(details, 'role', role);
      details = detail(details, 'is_privileged', isPrivilegedRole(undefined, role ?? roleIn(mapped.action)) ? 'true' : undefined);
      return detail(details, 'delegate', granteeIn(parameter));
    }
    case 'audit_tamper':
      details = detail(details, 'mailbox', parameter('Identity'));
      details = detail(details, 'audit_enabled', flagOf(parameter('AuditEnabled') ?? parameter('UnifiedAuditLogIngestionEnabled')));
      details = detail(details, 'kind', auditKind(mapped.action, parameter));
      details = detail(details, 'effect', auditEffect(mapped.action));
      return detail(details, 'change', mapped.action);
    case 'policy_change': {
      const { kind, effect, opened } = settingChange(mapped.action, parameter);
      details = detail(details, 'policy', parameter('Name') ?? parameter('Identity') ?? where);
      details = detail(details, 'kind', kind);
      details = detail(details, 'effect', effect);
      return detail(details, 'change', opened);
    }
    case 'data_export':
      details = detail(details, 'target', parameter('SearchName') ?? parameter('Name') ?? where);
      details = detail(details, 'mailbox', parameter('Mailbox'));
      // a search can also delete what it finds
      if (parameter('PurgeType') !== undefined) details = detail(details, 'kind', 'purge');
      return detail(details, 'change', parameter('Action'));
    case 'oauth_consent':
      return detail(detail(details, 'app', parameter('Identity') ?? parameter('Name') ?? where), 'kind', 'app');
    default:
      return detail(details, 'target', parameter('Identity') ?? where);
  }
}

function withForward(
  details: Record<string, string> | undefined,
  to: string | undefined,
  own: readonly (string | undefined)[],
): Record<string, string> | undefined {
  return detail(detail(details, 'forward_to', to), 'is_external', isExternal(to, own));
}

/**
 * Where the mailbox and its organisation are at home. The one who runs the cmdlet belongs to it, unless they come from elsewhere to administer it.
 */
function ownOf(record: Raw, mapped: Mapped, parameter: ParameterReader): (string | undefined)[] {
  const isAtHome = mapped.principal.tags === undefined;
  return [
    addressOf(parameter('Mailbox')) ?? addressOf(parameter('Identity')),
    isAtHome ? mapped.principal.email : undefined,
    text(record['OrganizationName']),
  ];
}

/** The address before the folder in `ana@fjord.example:\\Calendar`, if it is one. */
function addressOf(value: string | undefined): string | undefined {
  const address = value?.split(':')[0];
  return address !== undefined && isAddress(address) ? address : undefined;
}

/** Cmdlets that are about one role name it nowhere else. */
function roleIn(action: string): string | undefined {
  return /eDiscoveryCaseAdmin/i.test(action) ? 'eDiscovery Administrator' : undefined;
}

/** What is switched off. */
function auditKind(action: string, parameter: ParameterReader): string {
  if (action === 'Set-MailboxAuditBypassAssociation') return 'mailbox_bypass';
  if (action === 'Set-OrganizationConfig') return 'all_mailboxes';
  if (action === 'Set-AdminAuditLogConfig') {
    return flagOf(parameter('UnifiedAuditLogIngestionEnabled')) === 'false' ? 'unified_log' : 'admin_log';
  }
  return action.includes('Retention') ? 'retention' : 'mailbox';
}

function auditEffect(action: string): string {
  if (action.startsWith('Remove-')) return 'deleted';
  return action.includes('Retention') ? 'changed' : 'disabled';
}

/** The rule's recipients, however the rule sends on. */
function ruleForward(parameter: ParameterReader): string | undefined {
  const all = [parameter('ForwardTo'), parameter('ForwardAsAttachmentTo'), parameter('RedirectTo')]
    .map(addressesOf)
    .filter((to) => to !== undefined);
  return all.length === 0 ? undefined : all.join(' ');
}

function ruleWords(parameter: ParameterReader): string | undefined {
  const all = [
    parameter('SubjectContainsWords'),
    parameter('BodyContainsWords'),
    parameter('SubjectOrBodyContainsWords'),
    parameter('FromAddressContainsWords'),
  ].filter((words) => words !== undefined);
  return all.length === 0 ? undefined : all.join(' ');
}

/** `user\Rule name` and `.../organisation/user\Rule name`. */
function afterBackslash(path: string | undefined): string | undefined {
  const at = path === undefined ? -1 : path.indexOf('\\');
  return path === undefined || at < 0 ? undefined : text(path.slice(at + 1));
}

function mailboxIn(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const at = path.indexOf('\\');
  const place = at < 0 ? path : path.slice(0, at);
  return text(place.slice(place.lastIndexOf('/') + 1));
}

function granteeIn(parameter: ParameterReader): string | undefined {
  return parameter('User') ?? parameter('Member') ?? parameter('Members') ?? parameter('SecurityGroup');
}

/** Who was given a role, when the parameters name them by address. */
function granteeOf(parameter: ParameterReader): MappedPrincipal | undefined {
  const address = addressOf(granteeIn(parameter));
  return address === undefined ? undefined : directoryUser(undefined, address, undefined);
}

/** The mailbox owner, when the parameters name one by address; a display name or path resolves to nobody. */
function ownerOf(parameter: ParameterReader): MappedPrincipal | undefined {
  for (const name of ['Mailbox', 'Identity']) {
    const address = addressOf(parameter(name));
    if (address !== undefined) return directoryUser(undefined, address, undefined);
  }
  return undefined;
}
