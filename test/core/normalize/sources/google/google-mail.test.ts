import { isOwnMailAct, mailActivity, mailAddress, mailDetails } from '../../../../../src/core/normalize/sources/google/google-mail.js';
import { parameterReader } from '../../../../../src/core/normalize/sources/google/google-parameters.js';

test.each([
  [1, 'mail_send'],
  [2, 'other'],
  [5, 'other'],
  [7, 'mail_access'],
  [10, 'mail_send'],
  [11, 'mail_send'],
  [13, 'session_use'],
  [15, 'session_use'],
  ['17', 'data_export'],
  [31, 'mail_access'],
  [32, 'data_export'],
  [33, 'mail_access'],
  [34, 'mailbox_delegation'],
  [99, 'other'],
  [undefined, 'other'],
])('number %p is %s', (type, activity) => {
  expect(mailActivity(type, 'delivery')).toBe(activity);
});

test('a name counts where there is no number', () => {
  expect(mailActivity(undefined, 'download')).toBe('data_export');
  expect(mailActivity(undefined, 'send')).toBe('mail_send');
});

const mail = (type: number, ip?: string, delegate?: string) =>
  parameterReader({
    event_info: { mail_event_type: type, client_context: { session_context: { delegate_user_email: delegate ?? '' } } },
    message_info: { connection_info: { client_ip: ip } },
  });

test('the address as the API and as the export write it, and nothing else', () => {
  expect(mailAddress(mail(7, '203.0.113.24'))).toBe('203.0.113.24');
  expect(mailAddress(mail(7, '2001:db8::1'))).toBe('2001:db8::1');
  expect(mailAddress(mail(7, Buffer.from('203.0.113.24').toString('base64')))).toBe('203.0.113.24');
  expect(mailAddress(mail(7, Buffer.from('2001:db8::1').toString('base64')))).toBe('2001:db8::1');
  expect(mailAddress(mail(7, Buffer.from('not an address').toString('base64')))).toBeUndefined();
  expect(mailAddress(mail(7, '%%%'))).toBeUndefined();
  expect(mailAddress(mail(7, 'A'.repeat(500)))).toBeUndefined();
  expect(mailAddress(mail(7))).toBeUndefined();
});

test('whose act it is', () => {
  expect(isOwnMailAct(mail(7))).toBe(true);
  expect(isOwnMailAct(mail(2))).toBe(false);
  expect(isOwnMailAct(parameterReader(undefined))).toBe(false);
});

test('how far a message was deleted, how it was sent on, and for whom', () => {
  expect(mailDetails('session_use', mail(27), 'a@fjord.example')).toEqual({ deleted: 'hard' });
  expect(mailDetails('mail_send', mail(11), 'a@fjord.example')).toEqual({ change: 'auto_forward' });
  expect(mailDetails('mail_access', mail(31, undefined, 'b@fjord.example'), 'a@fjord.example')).toEqual({
    mail_access_type: 'bind',
    mailbox: 'a@fjord.example',
    logon_type: 'delegate',
  });
  expect(mailDetails('mailbox_delegation', mail(34, undefined, 'b@fjord.example'), 'a@fjord.example')).toEqual({
    delegate: 'b@fjord.example',
  });
  expect(mailDetails('other', mail(2), 'a@fjord.example')).toBeUndefined();
});
