import type { Activity } from '../../../event/index.js';

/** Operations of the Unified Audit Log outside the directory, by what they mean to a session. Compared in lower case. */
const BY_ACTIVITY: Partial<Record<Activity, readonly string[]>> = {
  mail_access: ['mailitemsaccessed', 'attachmentaccess', 'folderbind', 'messagebind', 'mailboxlogin', 'searchqueryinitiatedexchange'],
  mail_send: ['send', 'sendas', 'sendonbehalf'],
  inbox_rule: ['new-inboxrule', 'set-inboxrule', 'enable-inboxrule', 'updateinboxrules', 'set-sweeprule', 'new-sweeprule'],
  mailbox_delegation: [
    'add-mailboxpermission',
    'add-recipientpermission',
    'add-mailboxfolderpermission',
    'set-mailboxfolderpermission',
    'addfolderpermissions',
    'modifyfolderpermissions',
    'updatefolderpermissions',
    'updatecalendardelegation',
  ],
  role_grant: [
    'new-managementroleassignment',
    'add-rolegroupmember',
    'update-rolegroupmember',
    'new-rolegroup',
    'sitecollectionadminadded',
    'siteadminchangerequest',
    'memberadded',
    'memberrolechanged',
    'caseadminadded',
    'addpowerappadminrole',
    'add-ediscoverycaseadmin',
    'add-compliancecasemember',
    'promotedtoowner',
  ],
  policy_change: [
    'new-transportrule',
    'set-transportrule',
    'enable-transportrule',
    'disable-transportrule',
    'remove-transportrule',
    'new-journalrule',
    'set-journalrule',
    'enable-journalrule',
    'new-inboundconnector',
    'set-inboundconnector',
    'new-outboundconnector',
    'set-outboundconnector',
    'set-remotedomain',
    'new-remotedomain',
    'new-accepteddomain',
    'set-accepteddomain',
    'set-transportconfig',
    'set-hostedcontentfilterpolicy',
    'set-hostedoutboundspamfilterpolicy',
    'new-hostedcontentfilterpolicy',
    'set-malwarefilterpolicy',
    'set-antiphishpolicy',
    'new-antiphishpolicy',
    'remove-antiphishpolicy',
    'disable-antiphishrule',
    'remove-antiphishrule',
    'set-safelinkspolicy',
    'disable-safelinksrule',
    'remove-safelinksrule',
    'set-safeattachmentpolicy',
    'disable-safeattachmentrule',
    'remove-safeattachmentrule',
    'remove-safelinkspolicy',
    'remove-safeattachmentpolicy',
    'remove-hostedcontentfilterpolicy',
    'remove-malwarefilterpolicy',
    'disable-malwarefilterrule',
    'remove-malwarefilterrule',
    'disable-hostedcontentfilterrule',
    'set-dkimsigningconfig',
    'set-authenticationpolicy',
    'new-authenticationpolicy',
    'set-casmailbox',
    'set-casmailboxplan',
    'set-organizationconfig',
    'set-owamailboxpolicy',
    'set-sharingpolicy',
    'new-tenantallowblocklistitems',
    'set-tenantallowblocklistitems',
    'set-dlpcompliancepolicy',
    'remove-dlpcompliancepolicy',
    'new-applicationaccesspolicy',
    'remove-applicationaccesspolicy',
    'set-cstenantfederationconfiguration',
    'sharingpolicychanged',
    'networkaccesspolicychanged',
    'deviceaccesspolicychanged',
    'managedsyncclientallowed',
    'unmanagedsyncclientblocked',
    'webrequestaccessmodified',
    'teamstenantsettingchanged',
    'updatetenantsettings',
    // what a level may do, not who has it
    'permissionleveladded',
    'permissionlevelmodified',
    'networkconfigurationupdated',
    'networksecurityconfigurationupdated',
    'updatedadminfeatureswitch',
  ],
  audit_tamper: [
    'set-mailboxauditbypassassociation',
    'set-adminauditlogconfig',
    'remove-unifiedauditlogretentionpolicy',
    'set-unifiedauditlogretentionpolicy',
    'disable-organizationcustomization',
  ],
  oauth_consent: ['appinstalled', 'appupgraded', 'botaddedtoteam', 'connectoradded', 'tabadded', 'new-app', 'enable-app', 'putconnection'],
  data_export: [
    'filedownloaded',
    'filesyncdownloadedfull',
    'filesyncdownloadedpartial',
    'filecopied',
    'new-mailboxexportrequest',
    'new-mailboxsearch',
    'new-compliancesearch',
    'new-compliancesearchaction',
    'start-compliancesearch',
    'searchcreated',
    'searchstarted',
    'searchpreviewed',
    'searchpurged',
    'searchexported',
    'searchexportdownloaded',
    'casedownload',
    'exportjob',
    'exportreport',
    'exportartifact',
    'exportdataflow',
    'exporttile',
    'downloadreport',
    'exportactivityevents',
    'exportform',
    'viewedexportedform',
    'allowsharetoexport',
    'dataexport',
    'yammerdataexport',
    'messagesexported',
    'filedownload',
    'start-historicalsearch',
  ],
  session_revoke: ['signoutfromallsessions', 'disabledbyadmin'],
  vendor_risk: [
    'alerttriggered',
    'alertentitygenerated',
    'alertupdated',
    'suspicioususersignin',
    'usersubmission',
    'filemalwaredetected',
    'atpdetection',
    'timaildata',
    'tiurlclickdata',
    'airinvestigationdata',
  ],
  other: ['sitecollectionadminremoved'],
  sign_in: ['userloggedin', 'userloginfailed'],
  sign_out: ['userloggedoff', 'usersignedout'],
};

const ACTIVITIES = new Map<string, Activity>();
for (const [activity, names] of Object.entries(BY_ACTIVITY)) for (const name of names) ACTIVITIES.set(name, activity as Activity);

/** What is taken out, by how the operation is called; the first that fits decides. */
const EXPORT_KINDS: readonly (readonly [RegExp, string])[] = [
  [/purge/, 'purge'],
  [/^filesync/, 'sync'],
  [/^file/, 'file'],
  [/search|^case/, 'search'],
  [/mailboxexport/, 'mailbox'],
  [/^messages|yammer|^dataexport$/, 'messages'],
  [/form/, 'form'],
];

const EXPORTS = new Map(
  (BY_ACTIVITY.data_export ?? []).map((name) => [name, EXPORT_KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'report']),
);

/** @param action cleaned, of an operation that takes data out */
export function exportKind(action: string): string | undefined {
  return EXPORTS.get(action.toLowerCase());
}

/** Cmdlets that set rules of the organisation are many and alike. Rules of an inbox are none of them. */
const SETS_RULES =
  /^(new|set|remove|enable|disable)-(?!inboxrule|sweeprule).*(policy|rule|connector|protectionalert|organizationrelationship|accessrule)$/;
const LONGEST_CMDLET = 100;

/** @param action cleaned; undefined when the operation has no special meaning */
export function m365Activity(action: string): Activity | undefined {
  const name = action.toLowerCase();
  const known = ACTIVITIES.get(name);
  if (known !== undefined || name.length > LONGEST_CMDLET) return known;
  return SETS_RULES.test(name) ? 'policy_change' : undefined;
}
