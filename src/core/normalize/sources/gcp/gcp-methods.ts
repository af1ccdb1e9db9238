// However long, one file: one table of methods by what they are.

import type { Activity } from '../../../event/index.js';

/**
 * Methods of Google Cloud's audit logs by what they mean to a session, in lower case. A name is the last step of a method
 * (`google.iam.admin.v1.CreateServiceAccountKey`), or the last two where methods are called by resource and verb
 * (`v1.compute.firewalls.insert`). A service stands before a colon where its name for something is another service's for something else.
 */
const BY_ACTIVITY: Partial<Record<Activity, readonly string[]>> = {
  sign_in: [
    'login:loginsuccess',
    'login:loginfailure',
    'login:loginchallenge',
    'login:loginverification',
    'login:reauth',
    'oslogin:checkpolicy',
    'oslogin:startsession',
    'oslogin:continuesession',
    'identitytoolkit:signinwithpassword',
    'identitytoolkit:signinwithidp',
    'identitytoolkit:signinwithcustomtoken',
    'identitytoolkit:signinwithemaillink',
    'identitytoolkit:signinwithphonenumber',
  ],
  token_issue: [
    'generateaccesstoken',
    'generateidtoken',
    'signjwt',
    'signblob',
    'sts:exchangetoken',
    'oauth2:gettoken',
    'serviceaccounts.token.create',
    'token.create',
    'oslogin:signsshpublickey',
  ],
  session_use: [
    'iap:authorizeuser',
    'accesssecretversion',
    'apikeys:getkeystring',
    'jobservice.insertjob',
    'admin:viewuser',
    'emailloginsearch',
  ],
  sign_out: ['login:logout'],
  session_revoke: [
    'disableserviceaccount',
    'deleteserviceaccount',
    'admin:suspenduser',
    'admin:deleteuser',
    'admin:archiveuser',
    'admin:resetsignincookies',
    'admin:signoutuser',
    'admin:revoke3lotoken',
    'admin:revoke3lodevicetokens',
  ],
  credential_change: [
    'login:passwordedit',
    'login:recoveryemailedit',
    'login:recoveryphoneedit',
    'login:recoverysecretqaedit',
    'admin:changerecoveryemail',
    'admin:changerecoveryphone',
    'admin:renameuser',
    'admin:changepasswordonnextlogin',
  ],
  recovery: ['admin:changepassword', 'admin:generatebackupcodes', 'admin:unblockusersession', 'admin:skipreauthforselfenrollment'],
  mfa_change: [
    'login:2svdisable',
    'login:2svenroll',
    'login:titaniumenroll',
    'login:titaniumunenroll',
    'login:passkeyenrolled',
    'login:passkeyremoved',
    'login:2svchange',
    'admin:turnoff2stepverification',
    'admin:unenrolluserfromstrongauth',
    'admin:unenrolluserfromtitanium',
    'admin:addsecuritykey',
    'admin:revokesecuritykey',
    'admin:deleteauthenticator',
  ],
  mail_forwarding: ['login:emailforwardingoutofdomain'],
  oauth_consent: [
    'oauth2:authorize',
    'oauth2:grant',
    'admin:authorizeapiclientaccess',
    'admin:addapplication',
    'admin:addapplicationtowhitelist',
    'admin:addtotrustedoauth2apps',
    'createoauthclient',
    'createbrand',
    'createidentityawareproxyclient',
  ],
  app_credential: [
    'createserviceaccountkey',
    'uploadserviceaccountkey',
    'enableserviceaccountkey',
    'createoauthclientcredential',
    'resetidentityawareproxyclientsecret',
    'createworkforcepoolproviderkey',
    'createworkloadidentitypoolproviderkey',
    'setmasterauth',
    'cloudsql.users.create',
    'cloudsql.users.insert',
    'cloudsql.users.update',
    'users.create',
    'certificatesigningrequests.approval.update',
    'approval.update',
    'certificatesigningrequests.create',
  ],
  api_key: [
    'apikeys:createkey',
    'apikeys:undeletekey',
    'apikeys:updatekey',
    'hmackeys.create',
    'createhmackey',
    'oslogin:importsshpublickey',
    'oslogin:createsshpublickey',
    'oslogin:updatesshpublickey',
  ],
  role_grant: [
    'setiampolicy',
    'setiampermissions',
    'setiampolicyfordataset',
    'insertprojectownershipinvite',
    'setserviceaccount',
    'instances.setserviceaccount',
    'clusterrolebindings.create',
    'clusterrolebindings.update',
    'clusterrolebindings.patch',
    'rolebindings.create',
    'rolebindings.update',
    'rolebindings.patch',
    'admin:assignrole',
    'admin:addgroupmember',
    'admin:updategroupmember',
    'admin:grantadminprivilege',
    'admin:grantdelegatedadminprivileges',
    'admin:addprivilege',
    'admin:changerole',
    'membershipsservice.createmembership',
    'membershipsservice.updatemembership',
    'cloudidentity:createmembership',
    'cloudidentity:modifymembershiproles',
    'approveapprovalrequest',
    'bucketaccesscontrols.insert',
    'datasetservice.updatedatasetaccess',
    'privilegedaccessmanager:creategrant',
    'privilegedaccessmanager:approvegrant',
  ],
  policy_change: [
    'setorgpolicy',
    'clearorgpolicy',
    'createrole',
    'updaterole',
    'deleterole',
    'undeleterole',
    'roles.update',
    'roles.create',
    'roles.delete',
    'roles.patch',
    'clusterroles.create',
    'clusterroles.update',
    'clusterroles.patch',
    'clusterroles.delete',
    'securitycenter:updateorganizationsettings',
    'orgpolicy:createpolicy',
    'orgpolicy:updatepolicy',
    'orgpolicy:deletepolicy',
    'orgpolicy:createcustomconstraint',
    'orgpolicy:updatecustomconstraint',
    'orgpolicy:deletecustomconstraint',
    'iam:createpolicy',
    'iam:updatepolicy',
    'iam:deletepolicy',
    'iam:createpolicybinding',
    'iam:deletepolicybinding',
    'binaryauthorization:updatepolicy',
    'updateiapsettings',
    'setlegacyabac',
    'moveproject',
    // what is open to whom, how long it is kept and whether it is logged
    'storage:buckets.update',
    'storage:buckets.patch',
    'serviceusage:disableservice',
    'serviceusage:enableservice',
    'servicemanagement:activateservices',
    'servicemanagement:deactivateservices',
    'instances.setdeletionprotection',
    'cloudkms:updatecryptokeyversion',
    'cloudkms:destroycryptokeyversion',
    'cloudkms:restorecryptokeyversion',
    'updateaccessapprovalsettings',
    'deleteaccessapprovalsettings',
    'cloudsql.instances.update',
    'cloudsql.instances.patch',
    'instances.addaccessconfig',
    'validatingwebhookconfigurations.create',
    'validatingwebhookconfigurations.patch',
    'validatingwebhookconfigurations.delete',
    'mutatingwebhookconfigurations.create',
    'mutatingwebhookconfigurations.patch',
    'networkpolicies.create',
    'networkpolicies.update',
    'networkpolicies.delete',
    'logging:createsink',
    'logging:createbucket',
    'logging:undeletebucket',
    'admin:createapplicationsetting',
    'admin:changeapplicationsetting',
    'admin:deleteapplicationsetting',
    'admin:enforcestrongauthentication',
    'admin:allowstrongauthentication',
    'admin:changeallowedtwostepverificationmethods',
    'admin:changetwostepverificationenrollmentperiodduration',
    'admin:changetwostepverificationfrequency',
    'admin:changetwostepverificationgraceperiodduration',
    'admin:togglessoenabled',
    'admin:changessosettings',
    'admin:addtrusteddomains',
    'admin:removetrusteddomains',
    'admin:addsecondarydomain',
    'admin:createrole',
    'admin:updaterole',
    'admin:deleterole',
    'admin:changesessionlength',
    'admin:sessioncontrolsettingschange',
    'admin:contextawareaccessenablement',
    'admin:changepasswordmaxlength',
    'admin:changepasswordminlength',
    'admin:weakprogrammaticloginsettingschanged',
    'admin:systemdefinedruleupdated',
    'admin:removeapplicationfromwhitelist',
    'admin:toggleserviceenabled',
  ],
  impersonation: ['serviceaccounts.actas'],
  data_export: [
    'objects.get',
    'storage:getobject',
    'cloudsql.instances.export',
    'instances.export',
    'images.export',
    'tabledataservice.list',
    'createtransferjob',
    'admin:createdatatransferrequest',
    'admin:customertakeoutcreated',
    'admin:downloaduserlistcsv',
    'admin:requestmailboxdump',
    'admin:securityinvestigationexportquery',
    'extracttable',
  ],
  audit_tamper: [
    'logging:deletesink',
    'logging:updatesink',
    'logging:deletebucket',
    'logging:updatebucket',
    'logging:deletelog',
    'logging:deletelogs',
    'logging:createexclusion',
    'logging:updateexclusion',
    'logging:deleteexclusion',
    'logging:deletelink',
    'logging:deleteview',
    'logging:updatesettings',
    'logging:updatecmeksettings',
    'logging:deletelogmetric',
    'logging:updatelogmetric',
    'monitoring:deletealertpolicy',
    'monitoring:updatealertpolicy',
    'monitoring:deletenotificationchannel',
    'deletealertpolicy',
    'deletenotificationchannel',
    'securitycenter:setmute',
    'securitycenter:bulkmutefindings',
    'securitycenter:createmuteconfig',
    'securitycenter:updatemuteconfig',
    'securitycenter:updatesecurityhealthanalyticssettings',
    'securitycenter:updateeventthreatdetectionsettings',
    'securitycenter:deletenotificationconfig',
    'deletefeed',
  ],
  vendor_risk: [
    'login:accountdisabledpasswordleak',
    'login:accountdisabledspamming',
    'login:accountdisabledspammingthroughrelay',
    'login:accountdisabledhijacked',
    'login:accountdisabledgeneric',
    'login:govattackwarning',
    'login:suspiciouslogin',
    'login:suspiciousloginlesssecureapp',
    'login:suspiciousprogrammaticlogin',
    'login:usersignedoutduetosuspicioussessioncookie',
    'login:riskysensitiveactionallowed',
    'login:riskysensitiveactionblocked',
  ],
  other: [
    'createserviceaccount',
    'enableserviceaccount',
    'undeleteserviceaccount',
    'patchserviceaccount',
    'updateserviceaccount',
    'deleteserviceaccountkey',
    'disableserviceaccountkey',
    'apikeys:deletekey',
    'hmackeys.delete',
    'deletehmackey',
    'oslogin:deletesshpublickey',
    'oslogin:deleteposixaccount',
    'createproject',
    'clusterrolebindings.delete',
    'rolebindings.delete',
    'admin:createuser',
    'admin:undeleteuser',
    'admin:unsuspenduser',
    'admin:unassignrole',
    'admin:removegroupmember',
    'admin:removeprivilege',
    'admin:creategroup',
    'admin:deletegroup',
    'admin:revokeadminprivilege',
    'oauth2:revoketoken',
    'oauth2:deny',
    'deletemembership',
    'privilegedaccessmanager:denygrant',
    'privilegedaccessmanager:revokegrant',
  ],
};

const KNOWN = new Map<string, Activity>();
for (const [activity, names] of Object.entries(BY_ACTIVITY)) for (const name of names) KNOWN.set(name, activity as Activity);

/** What only looks. */
const READS =
  /^(get|list|search|aggregatedlist|batchget|lookup|query|read|describe|test|check|count|watch|validate|preview|explain|fetch|retrieve|view|export(?=$)|analyze|subjectaccessreview)/;

/** Methods that no table has, by what is in them; the first that fits decides. */
const BY_PATTERN: readonly (readonly [RegExp, Activity])[] = [
  [/setiampolic|setiampermission|iampolicy$/, 'role_grant'],
  [/firewall|securitypolic|sslpolic|ingressrule|egressrule/, 'policy_change'],
  [
    /^(?:networks|subnetworks|routes|routers|vpntunnels|vpngateways|targetvpngateways|interconnects|packetmirrorings|managedzones|responsepolicies)\.(?:insert|create|update|patch|delete|addpeering|removepeering|setprivateipgoogleaccess)/,
    'policy_change',
  ],
  [/serviceperimeter|accesslevel|accesspolic|gcpuseraccessbinding|authorizedorgsdesc/, 'policy_change'],
  [
    /workforcepool|workloadidentitypool|inboundsso|samlprovider|identityprovider|oauthidp|tenantconfig|sso(profile|assignment)/,
    'policy_change',
  ],
  [/orgpolic|customconstraint|denypolic|principalaccessboundary/, 'policy_change'],
  [/(twostep|2step|strongauth|mfa)/, 'policy_change'],
  [/servicea?ccountkey|clientsecret/, 'app_credential'],
  [/(create|generate|regenerate)\w*(apikey|accesskey|sshkey|sshpublickey)$/, 'api_key'],
  [/export|^download|takeout/, 'data_export'],
  [/suspicious|hijack|compromis/, 'vendor_risk'],
];

const LONGEST_METHOD = 200;
/** Methods are a few thousand; what makes one up for every record is not kept. */
const FOUND = new Map<string, Activity | null>();
const MOST_FOUND = 5000;

/**
 * What a method means, its parameters left out.
 * @param service its name up to the first dot: `iam`, `compute`, `k8s`
 * @param method as the record has it
 * @returns undefined for what has no special meaning
 */
export function gcpActivity(service: string, method: string): Activity | undefined {
  const key = `${service}:${method}`;
  const before = FOUND.get(key);
  if (before !== undefined) return before ?? undefined;
  const found = find(service, method.slice(-LONGEST_METHOD).toLowerCase());
  if (FOUND.size < MOST_FOUND && method.length <= LONGEST_METHOD) FOUND.set(key, found ?? null);
  return found;
}

function find(service: string, method: string): Activity | undefined {
  const end = method.lastIndexOf('.');
  const name = method.slice(end + 1);
  const two = end < 0 ? name : method.slice(method.lastIndexOf('.', end - 1) + 1);
  const three = method.slice(method.lastIndexOf('.', method.length - two.length - 2) + 1);
  const known =
    KNOWN.get(`${service}:${name}`) ??
    KNOWN.get(`${service}:${two}`) ??
    KNOWN.get(three) ??
    KNOWN.get(two) ??
    (two === name || !isVerb(name) ? KNOWN.get(name) : undefined);
  if (known !== undefined) return known;
  if (READS.test(name)) return 'session_use';
  return BY_PATTERN.find(([pattern]) => pattern.test(two))?.[1];
}

/** Plain verbs mean something only with their resource. */
const VERBS = new Set(['create', 'update', 'delete', 'patch', 'insert', 'get', 'list', 'set', 'remove', 'add']);

function isVerb(name: string): boolean {
  return VERBS.has(name);
}

/** Acts on a person or a service account that leave a trace there when somebody else did them. */
export const GCP_TARGETED: ReadonlySet<Activity> = new Set<Activity>([
  'session_revoke',
  'credential_change',
  'recovery',
  'mfa_change',
  'app_credential',
  'api_key',
  'role_grant',
  'vendor_risk',
  'impersonation',
]);
