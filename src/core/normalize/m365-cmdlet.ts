import { directoryUser } from './entra-user.js';
import { addressesOf, flagOf, type ParameterReader, parameterReader } from './m365-parameters.js';
import type { Mapped, MappedPrincipal, Raw } from './mapped.js';
import { place } from './place.js';
import { detail, isAddress, text } from './record.js';
import { samePrincipal } from './same-principal.js';

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
  const owner = ownerOf(parameter);
  if (owner !== undefined && !samePrincipal(owner, mapped.principal)) mapped.targets = [owner];
}

/** Cmdlets that do many things are what their parameters say. */
function refine(mapped: Mapped, parameter: ParameterReader): void {
  switch (mapped.action) {
    case 'Set-Mailbox':
      if (forwardParameter(parameter) !== undefined) mapped.activity = 'mail_forwarding';
      else if (parameter('GrantSendOnBehalfTo') !== undefined) mapped.activity = 'mailbox_delegation';
      else if (flagOf(parameter('AuditEnabled')) === 'false' || flagOf(parameter('AuditBypassEnabled')) === 'true')
        mapped.activity = 'audit_tamper';
      break;
    case 'New-TransportRule':
    case 'Set-TransportRule':
      if (transportForward(parameter) !== undefined) mapped.activity = 'mail_forwarding';
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
    case 'Set-CASMailbox':
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
      details = detail(details, 'forward_to', ruleForward(parameter));
      details = detail(details, 'move_to', parameter('MoveToFolder'));
      details = detail(details, 'delete_message', flagOf(parameter('DeleteMessage') ?? parameter('SoftDeleteMessage')));
      details = detail(details, 'mark_as_read', flagOf(parameter('MarkAsRead')));
      details = detail(details, 'subject_contains', ruleWords(parameter));
      return detail(details, 'mailbox', parameter('Mailbox') ?? mailboxIn(where));
    case 'mail_forwarding':
      details = detail(details, 'forward_to', addressesOf(forwardParameter(parameter) ?? transportForward(parameter)));
      if (mapped.action === 'Set-Mailbox') {
        details = detail(details, 'deliver_and_forward', flagOf(parameter('DeliverToMailboxAndForward')));
        return detail(details, 'mailbox', parameter('Identity') ?? mailboxIn(where));
      }
      details = detail(details, 'rule_name', parameter('Name') ?? parameter('Identity') ?? where);
      return detail(details, 'forward_copy', 'true');
    case 'mailbox_delegation':
      details = detail(details, 'delegate', parameter('User') ?? parameter('Trustee') ?? addressesOf(parameter('GrantSendOnBehalfTo')));
      details = detail(
        details,
        'access_rights',
        parameter('AccessRights') ?? (parameter('GrantSendOnBehalfTo') === undefined ? undefined : 'SendOnBehalf'),
      );
      return detail(details, 'mailbox', parameter('Identity') ?? mailboxIn(where));
    case 'role_grant':
      details = detail(details, 'role', parameter('Role') ?? parameter('Roles') ?? parameter('Identity') ?? where);
      return detail(details, 'delegate', parameter('User') ?? parameter('Member') ?? parameter('Members') ?? parameter('SecurityGroup'));
    case 'audit_tamper':
      details = detail(details, 'mailbox', parameter('Identity'));
      details = detail(details, 'audit_enabled', flagOf(parameter('AuditEnabled') ?? parameter('UnifiedAuditLogIngestionEnabled')));
      return detail(details, 'change', mapped.action);
    case 'policy_change':
      details = detail(details, 'policy', parameter('Name') ?? parameter('Identity') ?? where);
      return detail(details, 'change', flagOf(parameter('AutoForwardEnabled')) === 'true' ? 'AutoForwardEnabled' : undefined);
    case 'data_export':
      details = detail(details, 'target', parameter('SearchName') ?? parameter('Name') ?? where);
      details = detail(details, 'mailbox', parameter('Mailbox'));
      return detail(details, 'change', parameter('Action'));
    case 'oauth_consent':
      return detail(details, 'app', parameter('Identity') ?? parameter('Name') ?? where);
    default:
      return detail(details, 'target', parameter('Identity') ?? where);
  }
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

/** The mailbox owner, when the parameters name one by address; a display name or path resolves to nobody. */
function ownerOf(parameter: ParameterReader): MappedPrincipal | undefined {
  for (const name of ['Mailbox', 'Identity']) {
    const value = parameter(name);
    if (value === undefined) continue;
    const address = value.split(':')[0] as string;
    if (isAddress(address)) return directoryUser(undefined, address, undefined);
  }
  return undefined;
}
