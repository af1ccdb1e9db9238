import { addressesOf, flagOf, parameterReader } from '../../../../../src/core/normalize/sources/microsoft/m365-parameters.js';

test('parameters as a list, as text of a list, and as typed', () => {
  const pairs = [{ Name: 'Name', Value: 'x y' }, null, { Name: 'Force', Value: true }, { Name: 'Empty', Value: '' }];
  for (const Parameters of [pairs, JSON.stringify(pairs), '-Name "x y" -Force:true -Empty ""']) {
    const parameter = parameterReader({ Parameters });
    expect([parameter('Name'), parameter('Force'), parameter('Empty'), parameter('Missing')]).toEqual([
      'x y',
      'true',
      undefined,
      undefined,
    ]);
  }
  expect(parameterReader({ Parameters: '-Types ("Bulk","Spam") -Page "1"' })('Types')).toBe('Bulk,Spam');
  expect(parameterReader({})('Name')).toBeUndefined();
});

test.each([
  ['smtp:a@b.example', 'a@b.example'],
  ['"Kim Lee" [SMTP:kim@b.example]', 'kim@b.example'],
  ['a@b.example;c@d.example, a@b.example', 'a@b.example c@d.example'],
  ['Kim Lee', 'Kim Lee'],
  [undefined, undefined],
])('addresses in %p', (written, addresses) => {
  expect(addressesOf(written)).toBe(addresses);
});

test('flags of the shell', () => {
  expect(['True', '$false', 'maybe', undefined].map(flagOf)).toEqual(['true', 'false', 'maybe', undefined]);
});
