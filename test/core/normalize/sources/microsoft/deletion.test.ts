import { withDeletion } from '../../../../../src/core/normalize/sources/microsoft/deletion.js';

const items = (...subjects: (string | undefined)[]) => subjects.map((Subject) => ({ Subject, ParentFolder: { Path: '\\Inbox' } }));

test.each([
  ['HardDelete', 'hard'],
  ['SoftDelete', 'soft'],
  ['MoveToDeletedItems', 'to_bin'],
])('%s is %s', (action, deleted) => {
  expect(withDeletion(undefined, action, {}, items('Lunch'))).toEqual({ deleted, target: '\\Inbox' });
});

test.each([
  'New sign-in to your account',
  'Your verification code',
  'Security alert',
  'Undeliverable: Invoice 7',
  'Your password was changed',
  'Neue Anmeldung bei Ihrem Konto',
  'Nouvelle connexion',
  'Alerta de seguridad',
])('"%s" is a notice', (subject) => {
  expect(withDeletion(undefined, 'HardDelete', {}, items('Lunch', undefined, subject))?.['is_notice']).toBe('true');
});

test.each(['Lunch on Friday', 'Re: minutes', 'Designing the new office'])('"%s" is none', (subject) => {
  expect(withDeletion(undefined, 'HardDelete', {}, items(subject))?.['is_notice']).toBeUndefined();
});

test('the folder of the operation serves where the messages name none; no subject gets into the details', () => {
  const details = withDeletion({ file_count: '1' }, 'HardDelete', { Folder: { Path: '\\Sent' } }, [{ Subject: 'Your code is 123' }]);
  expect(details).toEqual({ file_count: '1', deleted: 'hard', target: '\\Sent' });
  expect(withDeletion(undefined, 'HardDelete', {}, [])).toEqual({ deleted: 'hard' });
  expect(withDeletion(undefined, 'Update', {}, items('Security alert'))).toBeUndefined();
});
