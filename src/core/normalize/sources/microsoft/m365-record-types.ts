import { wordTable } from '../../../event/word-table.js';

/** The groups of audit records that share their fields. */
export type Family = 'sts' | 'directory' | 'cmdlet' | 'mailbox' | 'files' | 'teams' | 'alert' | 'notice' | 'general';

/** Numbers of `RecordType` (AuditLogRecordType) that are not `general`. */
const BY_NUMBER = new Map<number, Family>([
  [1, 'cmdlet'],
  [2, 'mailbox'],
  [3, 'mailbox'],
  [4, 'files'],
  [6, 'files'],
  [7, 'files'],
  [8, 'directory'],
  [9, 'sts'],
  [10, 'cmdlet'],
  [11, 'notice'],
  [13, 'notice'],
  [14, 'files'],
  [15, 'sts'],
  [18, 'cmdlet'],
  [19, 'mailbox'],
  [23, 'cmdlet'],
  [25, 'teams'],
  [28, 'notice'],
  [33, 'notice'],
  [36, 'files'],
  [37, 'files'],
  [40, 'alert'],
  [41, 'notice'],
  [47, 'notice'],
  [50, 'mailbox'],
  [51, 'notice'],
  [54, 'files'],
  [55, 'files'],
  [56, 'files'],
  [57, 'teams'],
  [64, 'notice'],
]);

/** Names of the same types, as tables and Graph write them, by how they start in lower case. */
const BY_NAME: readonly (readonly [string, Family])[] = [
  ['azureactivedirectorystslogon', 'sts'],
  ['azureactivedirectoryaccountlogon', 'sts'],
  ['azureactivedirectory', 'directory'],
  ['exchangeadmin', 'cmdlet'],
  ['exchange', 'mailbox'],
  ['securitycompliancecentereopcmdlet', 'cmdlet'],
  ['securitycompliancealerts', 'alert'],
  ['sharepoint', 'files'],
  ['onedrive', 'files'],
  ['microsoftteams', 'teams'],
  ['compliancedlp', 'notice'],
  ['threatintelligence', 'notice'],
  ['airinvestigation', 'notice'],
];

const BY_WORKLOAD: Readonly<Record<string, Family>> = wordTable({
  exchange: 'mailbox',
  sharepoint: 'files',
  onedrive: 'files',
  microsoftteams: 'teams',
  azureactivedirectory: 'directory',
});

/**
 * @param type `RecordType`: number, digits or name
 * @param workload lower case
 * @param operation as logged
 */
export function familyOf(type: unknown, workload: string | undefined, operation: string): Family {
  const number = typeof type === 'number' ? type : typeof type === 'string' && type !== '' ? Number(type) : Number.NaN;
  const known = BY_NUMBER.get(number);
  if (known !== undefined) return known;
  if (typeof type === 'string') {
    const name = type.toLowerCase();
    for (const [start, family] of BY_NAME) if (name.startsWith(start)) return family;
  }
  if (number >= 0) return 'general';
  if (/^User(LoggedIn|LoginFailed)$/.test(operation)) return 'sts';
  if (/^(New|Set|Add|Remove|Enable|Disable|Update|Install)-/.test(operation)) return 'cmdlet';
  return (workload === undefined ? undefined : BY_WORKLOAD[workload]) ?? 'general';
}
