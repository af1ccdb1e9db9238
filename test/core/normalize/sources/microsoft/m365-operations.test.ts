import { exportKind, m365Activity } from '../../../../../src/core/normalize/sources/microsoft/m365-operations.js';

test.each([
  ['MailItemsAccessed', 'mail_access'],
  ['SendAs', 'mail_send'],
  ['New-InboxRule', 'inbox_rule'],
  ['Add-MailboxPermission', 'mailbox_delegation'],
  ['New-ManagementRoleAssignment', 'role_grant'],
  ['CaseAdminAdded', 'role_grant'],
  ['Set-MailboxAuditBypassAssociation', 'audit_tamper'],
  ['FileDownloaded', 'data_export'],
  ['SearchExported', 'data_export'],
  ['SearchPreviewed', 'data_export'],
  ['AlertTriggered', 'vendor_risk'],
  ['FileMalwareDetected', 'vendor_risk'],
  ['AtpDetection', 'vendor_risk'],
  ['TIMailData', 'vendor_risk'],
  ['TIUrlClickData', 'vendor_risk'],
  ['AirInvestigationData', 'vendor_risk'],
  ['PermissionLevelAdded', 'policy_change'],
  ['NetworkConfigurationUpdated', 'policy_change'],
  ['Set-MsolDomainFederationSettings', 'policy_change'],
  ['Add-FederatedDomain', 'policy_change'],
  ['Remove-AcceptedDomain', 'policy_change'],
  ['Set-CsTeamsClientConfiguration', 'policy_change'],
  ['AppPublishedToCatalog', 'oauth_consent'],
  ['SiteCollectionAdminAdded', 'role_grant'],
  ['SiteCollectionAdminRemoved', 'other'],
  // by how cmdlets are named
  ['Set-DlpCompliancePolicy', 'policy_change'],
  ['Remove-DlpComplianceRule', 'policy_change'],
  ['New-HostedContentFilterRule', 'policy_change'],
  ['Set-HostedConnectionFilterPolicy', 'policy_change'],
  ['Remove-RetentionCompliancePolicy', 'policy_change'],
  ['New-SharingPolicy', 'policy_change'],
  ['New-OrganizationRelationship', 'policy_change'],
  ['New-ActiveSyncDeviceAccessRule', 'policy_change'],
  ['Remove-InboundConnector', 'policy_change'],
  ['Remove-ProtectionAlert', 'policy_change'],
  ['Remove-UnifiedAuditLogRetentionPolicy', 'audit_tamper'],
  // taking a rule of an inbox away is no persistence, and no rule of the organisation
  ['Remove-InboxRule', undefined],
  ['Disable-InboxRule', undefined],
  ['Get-TransportRule', undefined],
  ['FileAccessed', undefined],
  [`Set-${'x'.repeat(200)}Policy`, undefined],
])('%s is %s', (operation, activity) => {
  expect(m365Activity(operation)).toBe(activity);
});

test.each([
  ['FileDownloaded', 'file'],
  ['FileSyncDownloadedFull', 'sync'],
  ['SearchExported', 'search'],
  ['SearchPurged', 'purge'],
  ['ExportReport', 'report'],
  ['FileAccessed', undefined],
])('%s takes out a %s', (operation, kind) => {
  expect(exportKind(operation)).toBe(kind);
});
