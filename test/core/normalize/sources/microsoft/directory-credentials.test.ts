import {
  addedCredential,
  addsCredential,
  removedCredentials,
} from '../../../../../src/core/normalize/sources/microsoft/directory-credentials.js';
import { changed } from '../../changed.js';

const A = '59EAEEBC-8A6B-44A6-9F24-7D55E64420C9';
const B = '11b49e19-2326-4be6-93cb-7f37439bbd81';
const C = '2a3b4c5d-6e7f-4081-92a3-b4c5d6e7f809';
const list = (...uids: string[]) =>
  uids.map((uid) => `[KeyIdentifier=${uid},KeyType=Password,KeyUsage=Verify,DisplayName=n-${uid[0]}]`).join(' ');
const keys = (before: string | undefined, after: string | undefined) => changed({ KeyDescription: [after, before] });

test('what is there no more was taken away, whatever came in its place', () => {
  expect(removedCredentials(keys(list(A, B), list(B)))).toEqual({ kind: 'secret', uids: A.toLowerCase(), name: 'n-5' });
  expect(removedCredentials(keys(list(A, B), list(C)))?.uids).toBe(`${A.toLowerCase()} ${B}`);
  // the vendor writes an empty list, which is nothing
  expect(removedCredentials(keys(list(B), undefined))?.uids).toBe(B);
});

test('what was there before in another spelling, or is new, was not', () => {
  expect(removedCredentials(keys(list(A), list(A.toLowerCase())))).toBeUndefined();
  expect(removedCredentials(keys(undefined, list(B)))).toBeUndefined();
  expect(removedCredentials(keys(undefined, undefined))).toBeUndefined();
});

test('the id of one that was added is the one of its uses', () => {
  expect(addedCredential('Update application', keys(list(B), list(A, B)))).toEqual({ kind: 'secret', uid: A.toLowerCase(), name: 'n-5' });
  expect(addsCredential(keys(list(A, B), list(B)))).toBe(false);
  expect(addsCredential(keys(list(A), list(B)))).toBe(true);
});
