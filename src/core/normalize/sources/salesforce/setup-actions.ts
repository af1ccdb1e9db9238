import type { Activity } from '../../../event/index.js';
import { clip } from '../../record.js';
import { actionTable } from '../action-table.js';

/** Actions of the Setup Audit Trail, of which there are some thousand: those that matter by name, the rest by how they are named. */
const byName = actionTable(
  {
    role_grant: [
      'PermSetAssign',
      'PermSetAssign_HasExpiration',
      'PermSetAssignmentExpirationChange',
      'PermSetGroupAssign',
      'PermSetLicenseAssign',
      'PermSetEnableUserPerm',
      'PermSetEntityPermChanged',
      'PermissionSetGroupComponentAdd',
      'changedprofileforuser',
      'changedprofileforusercusttostd',
      'changedprofileforuserstdtocust',
      'changedprofileforuserstdtostd',
      'changedprofileforusercusttocust',
      'changedroleforuser',
      'changedroleforuserfromnone',
      'adddelegatedgroup',
      'addedtodelegatedgroup',
      'changeDelegateGroupLoginAccess',
    ],
    recovery: ['resetpassword', 'changedpassword', 'insertTwoFactorTempCode'],
    credential_change: [
      'changedemail',
      'useremailchangesent',
      'changedusername',
      'changedfederationid',
      'changedUserPhoneNumber',
      'changedsecuritytoken',
    ],
    mfa_change: [
      'insertTwoFactorInfo2',
      'insertTwoFactorWebAuthN',
      'insertAuthenticatorPairing',
      'deleteTwoFactorInfo2',
      'deleteTwoFactorWebAuthN',
      'deleteAuthenticatorPairing',
      'twoFactorWebAuthN_editNickname',
      'registeredUserPhoneNumber',
      'unregisterdUserPhoneNumber',
      'lightningloginenroll',
      'lightninglogincancel',
      'changedUserPhoneVerifiedStatusVerified',
      'changedUserPhoneVerifiedStatusUnverified',
      'changedUserAdminVerifiedStatusVerified',
      'changedUserAdminVerifiedStatusUnverified',
    ],
    session_revoke: ['deactivateduser', 'frozeuser', 'CSPUserDisabled', 'PRMUserDisabled'],
    impersonation: [
      'suOrgAdminLogin',
      'suNetworkAdminLogin',
      'suPRMAdminLogin',
      'suloginaccessused',
      'loginasgrantedtopartnerbt',
      'loginasgrantedtosfdc',
      'loginasmodifiedtopartnerbt',
      'loginasmodifiedtosfdc',
    ],
    oauth_consent: [
      'insertConnectedApplication',
      'insertApplication',
      'unblockConnectedApplication',
      'enableOauth',
      'changeOauthDefaultScope',
      'addOauthClientCredentialUser',
      'installedpackagingapp',
      'nonSecurityReviewedManagedPackageInstalled',
      'upgradedpackagingapp',
    ],
    app_credential: [
      'insertApplicationCertificate',
      'changeApplicationCertificate',
      'dynamicInitialTokenGeneration',
      'generateOauthStagedCredential',
      'namedCredentialInsert',
      'namedCredentialEncryptedFieldChange',
      'namedCredentialFieldChange',
      'externalCredentialInsert',
      'externalCredentialParameterInsert',
    ],
    api_key: ['sessiongen', 'resetsecuritytoken'],
    audit_tamper: ['eventLogGenerationEnabledOnOff', 'eventLogFileEnabledOnOff', 'eventMonitoringEnabledOnOff'],
    policy_change: [
      // what whoever is given it may do
      'PermSetCreate',
      'loginIpRange',
      'remoteproxy',
      'updateSessionSecurityLevel',
      'overridegrantaccessenabledoff',
      'overridegrantaccessenabledon',
      'supportaccessadmins',
      'changeIpRelaxationPolicy',
      'changeUserRuntimeAccessPolicy',
      'restrictPasswordAuthOffOn',
      'restrictPasswordAuthOnOff',
      'u2FEnabledOffOn',
      'u2FEnabledOnOff',
      'selfApiSetPasswordDisable',
      'selfApiSetPasswordEnable',
    ],
    other: [
      'unlockeduser',
      'suOrgAdminLogout',
      'suNetworkAdminLogout',
      'suPRMAdminLogout',
      'suLogout',
      'loginasrevokedtopartnerbt',
      'loginasrevokedtosfdc',
      'deleteTwoFactorTempCode',
      'PermSetUnassign',
      'PermSetUnassign_HasExpiration',
      'PermSetGroupUnassign',
      'PermSetLicenseUnassign',
      'PermSetDisableUserPerm',
      'changedroleforusertonone',
      'removedfromdelegatedgroup',
      'deleteApplication',
      'deleteConnectedApplication',
      'uninstalledpackagingapp',
      'purged_uninstall_export',
      'changedUserEmailVerifiedStatusVerified',
      'changedUserEmailVerifiedStatusUnverified',
    ],
  },
  [
    [/^su\w*login|^loginas(?:granted|modified)/i, 'impersonation'],
    [/^resetpassword/i, 'recovery'],
    [/^SetupEntityAccessAudit_.*_Enabled/, 'role_grant'],
    [/^profile(?:Perm|EntityPerm|Olp)Changed/, 'role_grant'],
    [/^permset\w*assign/i, 'role_grant'],
    [/^(?:insert|delete|add|remove)\w*(?:TwoFactor|WebAuthN|Authenticator|SecurityKey)/i, 'mfa_change'],
    [/(?:eventlog|eventmonitoring|audittrail)\w*(?:OnOff|Deleted?|Disabled)$/i, 'audit_tamper'],
    [/dataexport|weeklyexport|exportdata|exportservice/i, 'data_export'],
    [/consumer(?:secret|key)|oauthsecret|rotat\w*(?:secret|key|credential)/i, 'app_credential'],
    [/securitytoken/i, 'api_key'],
    [/^(?:insert|create|upload|change|import|replace)\w*certificate|^certificate(?:created|changed)/i, 'app_credential'],
    [/^(?:insert|install|create|enable)\w*(?:connectedapp|externalclientapp|oauthapp)/i, 'oauth_consent'],
    [
      /^transactionSecurity|saml|sso\b|authprovider|serviceprovider|identityprovider|(?:org)?ip(?:whitelist|allowlist|ranges?)/i,
      'policy_change',
    ],
    [
      /^password(?!less)|passwordpolic|minimumPassword|obscureSecret|requiredSessionLevel|session(?:timeout|settings|security)/i,
      'policy_change',
    ],
    [/^(?:enable|disable)\w*login|loginflow|loginhours|mydomain|allowedemaildomain|mfa|2fa|verifyOn|grantaccess/i, 'policy_change'],
    [/cors|csp|trustedurl|remotesite|sharingmodel|orgwidedefault|restrictEmailDomains|emailsenderid|emailspf|dkim/i, 'policy_change'],
    [/^changeApplication|connectedappsessionpolicy|connectedappoauthpolicy|^changeServiceProvider/i, 'policy_change'],
  ],
);

/** Parts of Setup where whatever is changed is a rule of sign-in or of access. */
const SECURITY_SECTIONS =
  /^(?:security controls|session settings|password policies|single sign-on|identity provider|auth(?:\.|entication)? provider|my domain|login (?:access|flows)|network access|transaction security|identity verification|file upload|health check|event monitoring)/i;
const APP_SECTIONS = /^(?:connected apps?|application|external client apps?|remote access)/i;
const EXPORT_SECTIONS = /^data export/i;

/**
 * @param action as the trail has it
 * @param section of Setup that it was done in
 */
export function setupActivity(action: string, section: string | undefined): Activity {
  const named = byName(action);
  if (named !== 'other' || section === undefined || isKnownOther(action)) return named;
  const begin = clip(section, 100);
  if (EXPORT_SECTIONS.test(begin)) return 'data_export';
  return SECURITY_SECTIONS.test(begin) || APP_SECTIONS.test(begin) ? 'policy_change' : 'other';
}

/** Ends and removals: nothing that the section could make more of. */
function isKnownOther(action: string): boolean {
  return /logout|unassign|removed|revoked|^delete|^uninstall|^purged|VerifiedStatus/i.test(clip(action, 200));
}

/** What became of a factor. */
export function factorChange(action: string): string {
  return /^(?:delete|unregister|lightninglogincancel)|Unverified$/i.test(action)
    ? 'removed'
    : /edit|change/i.test(action)
      ? 'changed'
      : 'added';
}
