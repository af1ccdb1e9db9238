import { m365Principal, puidOf } from '../../../../../src/core/normalize/sources/microsoft/m365-principal.js';

const OID = 'c1a5e0d4-2f63-4b8e-9d2a-6a3f90b1c701';
const APP = '2a3b4c5d-6e7f-4081-92a3-b4c5d6e7f809';

test.each([
  [
    { UserId: 'ana@fjord.example', UserKey: OID, UserType: 0 },
    { type: 'human', uid: OID, email: 'ana@fjord.example' },
  ],
  [
    { UserId: 'ana@fjord.example', UserKey: '10032000AbCdEf12', UserType: 2 },
    { type: 'human', aliases: ['puid:10032000abcdef12'] },
  ],
  [
    { UserId: 'ana@fjord.example', UserType: 'Regular' },
    { type: 'human', email: 'ana@fjord.example' },
  ],
  [
    { UserId: 'kim_x.example#EXT#@fjord.example', UserType: 10 },
    { type: 'human', email: 'kim@x.example', tags: ['guest'] },
  ],
  [
    { UserId: 'tech@partner.example', UserType: 9 },
    { type: 'human', tags: ['partner'] },
  ],
  [{ UserId: 'NT AUTHORITY\\SYSTEM (w3wp)', UserType: 2 }, { type: 'system' }],
  [{ UserId: 'Provision@EURPR05A002.prod.outlook.com', UserType: 0 }, { type: 'system' }],
  [{ UserId: 'ana@outlook.com', UserType: 0 }, { type: 'human' }],
  [{ UserId: 'S-1-5-18', UserType: 2 }, { type: 'system' }],
  [
    { UserId: 'S-1-5-21-1-2-3-4', UserType: 2 },
    { type: 'unknown', uid: 'S-1-5-21-1-2-3-4' },
  ],
  [
    { UserId: 'app@sharepoint', UserType: 0 },
    { type: 'system', name: 'app@sharepoint' },
  ],
  [
    { UserId: 'DlpAgent', UserType: 4 },
    { type: 'system', name: 'DlpAgent' },
  ],
  [
    { UserId: 'Application', UserType: 5, UserKey: '' },
    { type: 'service', name: 'Application', uid: undefined },
  ],
  [
    { UserId: 'x', UserType: 6, AppAccessContext: { ClientAppId: APP } },
    { type: 'service', uid: APP },
  ],
  [
    { UserId: `ServicePrincipal_${APP.toUpperCase()}`, UserType: 4 },
    { type: 'service', uid: APP },
  ],
  [
    { UserId: `User_${OID}`, UserType: 0 },
    { type: 'human', uid: OID },
  ],
  [
    { UserId: 'urn:spo:anon#0f', UserType: 0 },
    { type: 'unknown', tags: ['anonymous'] },
  ],
  [
    { UserId: 'urn:spo:guest#kim@x.example', UserType: 0 },
    { type: 'human', email: 'kim@x.example', tags: ['guest'] },
  ],
  [
    { UserId: 'anonymous', UserType: 0 },
    { type: 'unknown', tags: ['anonymous'] },
  ],
  [
    { UserId: OID, UserType: 0 },
    { type: 'human', uid: OID },
  ],
  [
    { UserId: 'ana', UserKey: 'ana', UserType: 0 },
    { type: 'human', uid: 'ana', name: 'ana' },
  ],
  [
    { UserId: 'Not Available', UserKey: '10032000AbCdEf12' },
    { type: 'human', aliases: ['puid:10032000abcdef12'] },
  ],
  [
    {
      UserId: '',
      UserKey: '',
      Actor: [
        { ID: 'Backup service', Type: 1 },
        { ID: `ServicePrincipal_${APP}`, Type: 2 },
      ],
    },
    { type: 'service', uid: APP, name: 'Backup service' },
  ],
  [
    {
      UserId: '',
      Actor: [
        { ID: OID, Type: 0 },
        { ID: 'ana@fjord.example', Type: 5 },
      ],
    },
    { type: 'human', uid: OID, email: 'ana@fjord.example' },
  ],
  [{}, { type: 'unknown', uid: undefined }],
])('%j', (record, expected) => {
  expect(m365Principal(record)).toMatchObject(expected);
});

test('an app that names a person acts on that person`s behalf', () => {
  const principal = m365Principal({ UserId: 'ana@fjord.example', UserType: 5, UserKey: APP });
  expect(principal).toMatchObject({ type: 'service', uid: APP, on_behalf_of: { type: 'human', email: 'ana@fjord.example' } });
  expect(principal.email).toBeUndefined();
});

test.each([
  ['10032000C757D25F', '10032000c757d25f'],
  ['1003200096971F55@fjord.onmicrosoft.com', '1003200096971f55'],
  ['i:0h.f|membership|1003200096971f55@live.com', '1003200096971f55'],
  ['1153801116545789462', undefined],
  [OID, undefined],
  ['x', undefined],
  [undefined, undefined],
])('the passport id in %s', (key, puid) => {
  expect(puidOf(key)).toBe(puid);
});
