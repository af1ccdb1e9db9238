import type { Activity, EventStatus } from '../../event/index.js';
import { wordTable } from '../../event/word-table.js';
import { actionTable } from './action-table.js';

/** An app was given to people: by a role, by hand, or as they had asked. */
export const ASSIGNMENTS: readonly string[] = ['1', '137', '206', '306', '9042'];

/** Numbers of OneLogin's event types by what they mean to a session; a record has the number and no name. */
export const typeActivity = actionTable(
  {
    sign_in: [
      ...['5', '6', '19', '86', '140', '141', '1010', '1400', '950'],
      // asked for a factor, or refused for want of one
      ...['527', '528', '539', '1001', '1002'],
      // RADIUS, the API, LDAP, desktops, an assertion of a trusted identity provider, a password grant
      ...['68', '69', '91', '92', '122', '123', '129', '130', '153', '154', '900', '901', '904', '905', '906', '118', '3009', '3010'],
    ],
    session_use: [
      // into an app through OneLogin
      ...['8', '9', '77', '78', '85', '90', '110', '111'],
      ...['87', '88', '89', '3023', '35'],
      // calls of the API, and what a delegated administrator may not do
      ...['400', '401', '501', '502', '503', '536', '1200', '1201', '2114', '3024', '3025', '3027', '3013', '3014', '3017', '3018'],
      ...['2000', '2005', '2006', '2011', '2014', '9014', '9020', '9048', '9050', '9054', '9056', '9058'],
    ],
    token_issue: ['515', '522', '3000', '3001', '3002', '3003', '3004', '3005', '3006', '3007', '3008', '3011', '3012'],
    sign_out: ['7', '29'],
    session_revoke: ['15', '17', '21', '516', '523', '526', '530', '531', '550', '551', '553', '82', '84'],
    impersonation: ['3', '555'],
    credential_change: ['11', '106', '145', '146', '173', '238', '1608'],
    // a temporary code is a pass without the factor
    recovery: ['10', '18', '211', '510', '511', '517', '518', '1100'],
    mfa_change: ['22', '24', '36', '40', '537', '538', '540', '1244', '1245', '1600', '1602', '1604', '3026'],
    device_register: ['27'],
    role_grant: ['4', '72', '70', '147', '149', '151', '513', '520', '9040', '9044', '2106', '2107', '2110', '2111'],
    oauth_consent: [
      ...ASSIGNMENTS,
      // apps, and clients of the authorization server
      ...['600', '1300', '1301', '1418', '1419', '1420', '1421'],
    ],
    api_key: ['179', '181'],
    policy_change: [
      // trusted identity providers
      ...['74', '75', '76', '112', '119'],
      ...['156', '157', '158', '161', '162', '163', '164', '165', '166', '167', '168', '169', '170', '171', '172', '174', '175', '176'],
      ...['178', '183', '184', '185', '197', '215', '198', '199', '203', '204', '205', '126', '127', '200', '201', '541', '931', '932'],
      // mappings give roles and policies to people; RADIUS; mail server; an app
      ...['189', '190', '191', '192', '193', '1700', '1701', '1702', '2002', '601', '1302', '1303'],
      // what the authorization server answers
      ...['1401', '1402', '1403', '1404', '1405', '1406', '1407', '1408', '1409', '1410', '1411', '1424'],
      ...['1412', '1413', '1414', '1415', '1416', '1417'],
      // what an app is told about people, and who is given what in it
      ...['800', '801', '802', '803', '804', '805', '9016', '9017', '9018', '9019', '9024', '9025'],
      // agents through which apps inside are reached
      ...['159', '160'],
      // code that runs at a sign-in, with its variables, and where events are sent
      ...['2003', '2004', '2007', '2008', '2009', '2010', '2012', '2013', '2015', '2016', '2017', '2018', '410'],
      // what a delegated administrator may do
      ...['2100', '2101', '2102', '2103'],
    ],
    audit_tamper: ['411', '412'],
    data_export: ['131', '132', '133', '907', '244', '245'],
    // with a certificate assertions are signed
    app_credential: ['177', '240'],
    other: ['12', '13', '14', '16', '2', '71', '73', '148', '150', '152', '180', '182', '514', '519', '521', '524', '3015', '3016'],
  },
  [],
);

/** Types that are failures by what they are. */
const FAILURES = new Set([
  ...['6', '9', '19', '35', '45', '47', '49', '61', '62', '63', '64', '65', '67', '69', '77', '79', '85', '86', '90', '105', '106', '111'],
  ...['116', '118', '123', '129', '133', '134', '141', '146', '154', '155', '218', '227', '237', '239', '241', '242', '245', '247', '249'],
  ...['252', '253', '306', '400', '401', '517', '518', '519', '520', '521', '522', '523', '524', '525', '526', '527', '532', '534', '538'],
  ...['545', '701', '703', '705', '801', '803', '805', '901', '905', '906', '950', '1002', '1200', '1201', '2114', '3024', '3025', '3027'],
  ...['1301', '1303', '1305', '1401', '1403', '1405', '1407', '1409', '1411', '1413', '1415', '1417', '1419', '1421', '1423'],
  ...['9017', '9019', '9025', '1501', '1504', '1506', '1508', '1510', '1512', '1514', '2004', '2008', '2010', '2013', '2016', '2018'],
  ...['3000', '3002', '3004', '3006', '3008', '3010', '3012', '3014', '3016', '3018', '9040', '9041', '9042', '9043', '9044', '9045'],
]);

/** Asked for, and nothing is done yet: a new password, a password elsewhere, a factor. */
const BEGUN = new Set(['10', '238', '539', '1001', '91']);

export function typeStatus(type: string): EventStatus {
  if (BEGUN.has(type)) return 'interrupted';
  return FAILURES.has(type) ? 'failure' : 'success';
}

/** What people can read beside a number. */
export const NAMES: Readonly<Record<string, string>> = wordTable({
  3: 'user_assumed_user',
  5: 'user_logged_into_onelogin',
  6: 'user_failed_onelogin_login',
  7: 'user_logged_out_of_onelogin',
  8: 'user_logged_into_app',
  10: 'user_requested_new_password',
  11: 'user_changed_password',
  13: 'user_created',
  14: 'user_updated',
  15: 'user_deactivated',
  17: 'user_deleted',
  19: 'user_locked',
  22: 'user_registered_otp_device',
  24: 'user_removed_otp_device',
  72: 'privilege_granted_to_user',
  87: 'user_viewed_note',
  90: 'user_denied_access_to_app',
  101: 'self_registration_approved',
  240: 'user_revealed_password',
  533: 'api_created_user',
});

/** What became of a setting or of a key, where the number tells it. */
const EFFECTS: Readonly<Record<string, string>> = wordTable({
  ...group('created', [
    '74',
    '156',
    '159',
    '161',
    '170',
    '198',
    '203',
    '179',
    '189',
    '200',
    '410',
    '1424',
    '1406',
    '1412',
    '800',
    '9016',
    '1700',
    '2003',
    '2012',
    '2100',
    '2101',
  ]),
  ...group('deleted', [
    '75',
    '158',
    '160',
    '163',
    '172',
    '178',
    '199',
    '205',
    '119',
    '190',
    '201',
    '412',
    '1404',
    '1410',
    '1416',
    '804',
    '9024',
    '1702',
    '2009',
    '2017',
  ]),
  ...group('enabled', ['164', '167', '175', '181', '183', '126', '192', '931']),
  ...group('disabled', ['166', '169', '176', '184', '127', '191', '932']),
});

function group(effect: string, types: readonly string[]): Record<string, string> {
  return Object.fromEntries(types.map((type) => [type, effect]));
}

export function typeEffect(type: string): string {
  return EFFECTS[type] ?? 'changed';
}

export function policyKind(type: string): string {
  const number = Number(type);
  if (number <= 119) return 'idp';
  if (number >= 170 && number <= 172) return 'mfa';
  if ((number >= 159 && number <= 166) || (number >= 183 && number <= 185) || (number >= 1700 && number <= 1702)) return 'network';
  if ((number >= 198 && number <= 201) || number === 126 || number === 127 || number === 541) return 'directory';
  if (number >= 189 && number <= 193) return 'mapping';
  if (number === 601 || (number >= 800 && number <= 805) || (number >= 1302 && number <= 1424)) return 'app';
  if (number >= 9016 && number <= 9025) return 'mapping';
  if (number >= 2003 && number <= 2018) return 'hook';
  if (number >= 2100 && number <= 2103) return 'privilege';
  if (number === 410 || number === 2002) return 'notification';
  return 'sign_on';
}

/** Factors of the account, or those of the person whom a record names. */
export const OF_FACTORS: ReadonlySet<string> = new Set(['170', '171', '172']);

/** Acts on another person that leave a trace there. */
export const ON_PEOPLE: ReadonlySet<Activity> = new Set<Activity>([
  'session_revoke',
  'impersonation',
  'credential_change',
  'recovery',
  'mfa_change',
  'role_grant',
]);
