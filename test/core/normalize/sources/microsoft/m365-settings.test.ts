import { propertyChange, settingChange } from '../../../../../src/core/normalize/sources/microsoft/m365-settings.js';

const nothing = () => undefined;

test.each([
  ['Set-TransportConfig', 'mail_flow', 'changed'],
  ['New-InboundConnector', 'mail_flow', 'created'],
  ['Disable-TransportRule', 'mail_flow', 'disabled'],
  ['Remove-AntiPhishPolicy', 'mail_protection', 'deleted'],
  ['Set-OwaMailboxPolicy', 'client_access', 'changed'],
  ['ManagedSyncClientAllowed', 'client_access', 'changed'],
  ['SharingPolicyChanged', 'sharing', 'changed'],
  ['Enable-JournalRule', 'mail_flow', 'enabled'],
  ['Set-OrganizationConfig', 'organisation', 'changed'],
  ['Set-MsolDomainFederationSettings', 'federation', 'changed'],
  ['Add-FederatedDomain', 'domain', 'created'],
  ['Remove-AcceptedDomain', 'domain', 'deleted'],
])('%s is %s, %s', (action, kind, effect) => {
  expect(settingChange(action, nothing)).toEqual({ kind, effect, opened: undefined });
});

test.each([
  ['Set-RemoteDomain', 'AutoForwardEnabled', 'True', 'auto_forward', 'weakened'],
  ['Set-RemoteDomain', 'AutoForwardEnabled', 'False', 'mail_flow', 'changed'],
  ['Set-HostedOutboundSpamFilterPolicy', 'AutoForwardingMode', 'On', 'auto_forward', 'weakened'],
  ['Set-HostedOutboundSpamFilterPolicy', 'AutoForwardingMode', 'Off', 'mail_protection', 'changed'],
  ['Set-CASMailbox', 'ImapEnabled', '$true', 'client_access', 'weakened'],
  ['Set-CASMailbox', 'SmtpClientAuthenticationDisabled', 'False', 'client_access', 'weakened'],
  ['New-TenantAllowBlockListItems', 'Allow', 'True', 'mail_protection', 'weakened'],
  ['Set-CsTenantFederationConfiguration', 'AllowTeamsConsumer', 'True', 'sharing', 'weakened'],
  ['Set-CsTeamsClientConfiguration', 'AllowGuestUser', 'True', 'sharing', 'weakened'],
  ['Set-CsTeamsClientConfiguration', 'AllowGuestUser', 'False', 'sharing', 'changed'],
  ['Set-ProtectionAlert', 'Disabled', 'True', 'alert', 'disabled'],
  ['Set-HostedConnectionFilterPolicy', 'IPAllowList', '198.51.100.7', 'mail_protection', 'changed'],
  ['New-OrganizationRelationship', 'Name', 'partner', 'sharing', 'created'],
  ['Set-DkimSigningConfig', 'Enabled', 'False', 'mail_protection', 'disabled'],
  ['Set-HostedContentFilterPolicy', 'AllowedSenderDomains', 'evil.example', 'mail_protection', 'weakened'],
])('%s with %s %s is %s, %s', (action, name, value, kind, effect) => {
  const change = settingChange(action, (asked) => (asked === name ? value : undefined));
  expect(change).toEqual({ kind, effect, opened: effect === 'weakened' ? name : undefined });
});

test.each([
  ['ShareUsingAnonymousLinks', 'Enabled', 'Disabled', 'weakened'],
  ['ShareWithGuests', 'True', 'False', 'weakened'],
  ['IsPublic', true, '', 'weakened'],
  ['ShareWithGuests', 'True', 'True', 'changed'],
  ['ShareWithGuests', 'False', 'True', 'changed'],
  ['SomethingElse', 'Enabled', 'Disabled', 'changed'],
])('sharing whose %s becomes %s from %s is %s', (Name, NewValue, OldValue, effect) => {
  const change = propertyChange('SharingPolicyChanged', [null, { Name, NewValue: String(NewValue), OldValue }]);
  expect(change).toEqual({ kind: 'sharing', effect, opened: effect === 'weakened' ? Name : undefined });
});
