import { familyOf } from '../../../../../src/core/normalize/sources/microsoft/m365-record-types.js';

test.each([
  [15, undefined, 'UserLoggedIn', 'sts'],
  ['15', undefined, 'x', 'sts'],
  [1, 'exchange', 'Set-Mailbox', 'cmdlet'],
  [50, 'exchange', 'MailItemsAccessed', 'mailbox'],
  ['ExchangeItemAggregated', 'exchange', 'MailItemsAccessed', 'mailbox'],
  ['ExchangeAdmin', 'exchange', 'x', 'cmdlet'],
  ['SharePointFileOperation', 'onedrive', 'x', 'files'],
  ['AzureActiveDirectoryStsLogon', undefined, 'x', 'sts'],
  ['AzureActiveDirectory', undefined, 'x', 'directory'],
  [20, 'powerbi', 'ViewReport', 'general'],
  [9999, 'exchange', 'x', 'general'],
  [-1, undefined, 'x', 'general'],
  [undefined, undefined, 'UserLoginFailed', 'sts'],
  [undefined, 'exchange', 'New-InboxRule', 'cmdlet'],
  [undefined, 'exchange', 'HardDelete', 'mailbox'],
  [undefined, undefined, 'x', 'general'],
  ['', 'microsoftteams', 'x', 'teams'],
])('record type %p of %p, %s: %s', (type, workload, operation, family) => {
  expect(familyOf(type, workload, operation)).toBe(family);
});
