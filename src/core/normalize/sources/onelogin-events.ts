import type { Activity, EventStatus } from '../../event/index.js';
import { actionTable } from './action-table.js';

/** Numbers of OneLogin's event types by what they mean to a session; a record has the number and no name. */
export const typeActivity = actionTable(
  {
    sign_in: [...['5', '6', '19', '68', '69', '86', '122', '123', '129', '130', '140', '141', '153', '154', '527', '528']],
    // into an app through OneLogin
    session_use: ['8', '77', '78', '85', '90', '110', '111', '87', '88', '118', '400', '401', '501', '502', '503'],
    token_issue: ['515', '522'],
    sign_out: ['7', '29'],
    session_revoke: ['15', '17', '21', '516', '523', '526', '530', '531', '551', '553', '82', '84'],
    impersonation: ['3'],
    credential_change: ['11', '145', '146', '173'],
    recovery: ['10', '18', '510', '511', '517', '518'],
    mfa_change: ['22', '24', '36', '40'],
    role_grant: ['4', '72', '70', '147', '149', '151', '513', '520'],
    oauth_consent: ['1', '137'],
    api_key: ['179', '181'],
    policy_change: [
      // trusted identity providers
      ...['74', '75', '76', '112', '119'],
      ...['156', '157', '158', '161', '162', '163', '164', '165', '166', '167', '168', '169', '170', '171', '172', '174', '175', '176'],
      ...['177', '178', '183', '184', '185', '197', '198', '199', '203', '204', '205', '126', '127'],
    ],
    data_export: ['131', '132'],
    app_credential: ['240'],
    other: ['12', '13', '14', '16', '2', '71', '73', '148', '150', '152', '180', '182', '514', '519', '521', '524'],
  },
  [],
);

/** Types that are failures by what they are. */
const FAILURES = new Set([
  ...[
    '6',
    '19',
    '35',
    '45',
    '47',
    '49',
    '61',
    '62',
    '63',
    '64',
    '65',
    '67',
    '69',
    '77',
    '79',
    '85',
    '86',
    '90',
    '105',
    '111',
    '116',
    '118',
  ],
  ...['123', '129', '133', '134', '141', '146', '154', '155', '400', '401', '517', '518', '519', '520', '521', '522', '523', '524', '525'],
  ...['526', '527', '532', '534'],
]);

export function typeStatus(type: string): EventStatus {
  // a new password was asked for, and nothing is reset yet
  if (type === '10') return 'interrupted';
  return FAILURES.has(type) ? 'failure' : 'success';
}

/** What people can read beside a number. */
export const NAMES: Readonly<Record<string, string>> = {
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
  90: 'user_denied_access_to_app',
  240: 'user_revealed_password',
};

/** What became of a setting or of a key, where the number tells it. */
const EFFECTS: Readonly<Record<string, string>> = {
  ...group('created', ['74', '156', '161', '170', '177', '198', '203', '179']),
  ...group('deleted', ['75', '158', '163', '172', '178', '199', '205', '119']),
  ...group('enabled', ['164', '167', '175', '181', '183', '126']),
  ...group('disabled', ['166', '169', '176', '184', '127']),
};

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
  if ((number >= 161 && number <= 166) || (number >= 183 && number <= 185)) return 'network';
  if (number >= 174 && number <= 178) return 'sign_on';
  if ((number >= 198 && number <= 199) || number === 126 || number === 127) return 'directory';
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
