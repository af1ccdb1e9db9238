import fc from 'fast-check';
import { compileConditions, isLike, OPERATORS } from '../../../src/core/detect/conditions.js';
import { ACTIVITY, type SessionEvent } from '../../../src/core/event/index.js';

const EVENT = {
  activity: 'mail_forwarding',
  action: 'New-InboxRule',
  status: 'success',
  is_presence: false,
  source: { vendor: 'm365', product: 'exchange', account: 'a' },
  principal: { key: 'default/a@example.com', type: 'human', tags: ['VIP', 'finance'] },
  src_endpoint: { class: 'public', ip: '203.0.113.77', asn: 64500, as_class: 'hosting', country: 'NO' },
  device: { os: 'windows' },
  user_agent: undefined,
  details: { forward_to: 'Thief@Evil.example' },
  risk: { level: 'high', reasons: ['anomalousToken', 'unfamiliarFeatures'] },
} as unknown as SessionEvent;

function holds(conditions: unknown): boolean {
  const { test, problems } = compileConditions(conditions);
  expect(problems).toEqual([]);
  return test(EVENT);
}

describe('what is asked of a field', () => {
  test.each<[unknown, boolean]>([
    [{ activity: 'mail_forwarding' }, true],
    [{ activity: 'inbox_rule' }, false],
    [{ activity: ['inbox_rule', 'mail_forwarding'] }, true],
    [{ activity: { is: ['inbox_rule'] } }, false],
    [{ action: 'new-inboxrule' }, true],
    [{ is_presence: false }, true],
    [{ is_presence: true }, false],
    [{ 'src_endpoint.asn': 64500 }, true],
    [{ 'src_endpoint.asn': [1, 64500] }, true],
    [{ 'principal.tags': 'vip' }, true],
    [{ 'principal.tags': { not: 'vip' } }, false],
    [{ 'principal.tags': { contains: 'nan' } }, true],
    [{ 'details.forward_to': { ends_with: '@evil.example' } }, true],
    [{ 'details.forward_to': { not: { ends_with: ['@example.com', '@example.org'] } } }, true],
    [{ 'details.forward_to': { starts_with: ['x', 'thief'] } }, true],
    [{ 'details.forward_to': { like: '*@evil.*' } }, true],
    [{ 'details.forward_to': { like: '*@evil.' } }, false],
    [{ 'details.role': { like: '*' } }, false],
    [{ 'details.role': { not: 'x' } }, true],
    [{ 'details.role': { exists: false } }, true],
    [{ 'details.forward_to': { exists: true } }, true],
    [{ 'user_agent.kind': { exists: true } }, false],
    [{ 'user_agent.kind': 'library' }, false],
    [{ 'src_endpoint.ip': { cidr: '203.0.113.0/24' } }, true],
    [{ 'src_endpoint.ip': { cidr: ['2001:db8::/32', '203.0.113.128/25'] } }, false],
    [{ 'src_endpoint.asn': { above: 64499, below: 64501 } }, true],
    [{ 'src_endpoint.asn': { above: 64500 } }, false],
    [{ 'src_endpoint.asn': { below: 64500 } }, false],
    [{ 'src_endpoint.asn': { at_least: 64500, at_most: 64500 } }, true],
    [{ 'src_endpoint.lat': { at_least: 0 } }, false],
    [{ 'risk.reasons': ['anomalousToken'] }, true],
    [{ 'risk.reasons': 'other' }, false],
    [{ activity: 'Mail_Forwarding' }, true],
    [{ activity: { not: 'MAIL_FORWARDING' } }, false],
    [{ 'src_endpoint.as_class': ['Tor', 'Hosting'] }, true],
    [{ 'source.vendor': 'M365' }, true],
    [{ 'source.vendor': 'Entra' }, false],
    [{ 'src_endpoint.country': 'no' }, true],
    [{ 'device.os': 'Windows' }, true],
    [{ 'device.os': 'linux' }, false],
    [{ 'src_endpoint.asn': { above: 64499.5, at_most: 64500 } }, true],
  ])('%j: %s', (conditions, expected) => {
    expect(holds(conditions)).toBe(expected);
  });

  test('all of what is asked must hold', () => {
    expect(holds({ activity: 'mail_forwarding', status: 'success' })).toBe(true);
    expect(holds({ activity: 'mail_forwarding', status: 'failure' })).toBe(false);
  });

  test.each<[string, boolean[], boolean]>([
    ['all', [true, true], true],
    ['all', [true, false], false],
    ['any', [false, true], true],
    ['any', [false, false], false],
    ['none', [false, false], true],
    ['none', [false, true], false],
  ])('%s of %j', (group, parts, expected) => {
    const one = (isTrue: boolean) => ({ status: isTrue ? 'success' : 'failure' });
    expect(holds({ [group]: parts.map(one) })).toBe(expected);
    expect(holds({ activity: 'mail_forwarding', [group]: parts.map(one) })).toBe(expected);
    expect(holds({ all: [{ [group]: parts.map(one) }] })).toBe(expected);
  });
});

describe('mistakes', () => {
  test.each<[unknown, (string | number)[], string]>([
    [undefined, [], 'write field paths'],
    [[], [], 'write field paths'],
    [{}, [], 'at least one field'],
    [{ src_ip: '1.2.3.4' }, ['src_ip'], 'no field `src_ip`'],
    [{ 'details.forwardto': 'x' }, ['details.forwardto'], 'no field `details.forwardto`'],
    [{ asn: 1 }, ['asn'], 'perhaps src_endpoint.asn'],
    [{ activity: 'inbox_rules' }, ['activity'], 'one of sign_in'],
    [{ 'src_endpoint.asn': 'AS1' }, ['src_endpoint.asn'], 'is not a number'],
    [{ is_presence: 'yes' }, ['is_presence'], 'is not true or false'],
    [{ details: 'x' }, ['details'], 'details.role'],
    [{ action: [] }, ['action'], 'a list of values'],
    [{ action: {} }, ['action'], 'ask something'],
    [{ action: { matches: '.*' } }, ['action', 'matches'], 'no question `matches`'],
    [{ action: { contains: '' } }, ['action', 'contains'], 'none of them empty'],
    [{ action: { contains: [] } }, ['action', 'contains'], 'none of them empty'],
    [{ 'src_endpoint.asn': { contains: '1' } }, ['src_endpoint.asn', 'contains'], 'asked of texts'],
    [{ action: { above: 1 } }, ['action', 'above'], 'asked of numbers'],
    [{ 'src_endpoint.asn': { above: '1' } }, ['src_endpoint.asn', 'above'], 'takes a number'],
    [{ 'src_endpoint.ip': { cidr: '10.0.0.1/8' } }, ['src_endpoint.ip', 'cidr'], 'takes networks'],
    [{ 'src_endpoint.asn': { cidr: '10.0.0.0/8' } }, ['src_endpoint.asn', 'cidr'], 'asked of an address'],
    [{ action: { exists: 'yes' } }, ['action', 'exists'], 'true or false'],
    [{ 'source.vendor': 'oktaa' }, ['source.vendor'], '"oktaa" is never there; it is one of '],
    [{ 'source.vendor': { not: ['okta', 'Entr'] } }, ['source.vendor', 'not', 1], '"Entr" is never there'],
    [{ 'source.vendor': 'auto' }, ['source.vendor'], 'is never there'],
    [{ 'src_endpoint.country': 'XX' }, ['src_endpoint.country'], 'it is no country code of ISO 3166'],
    [{ 'src_endpoint.country': ['NO', ' se'] }, ['src_endpoint.country', 1], 'did you mean "SE"?'],
    [{ 'user_agent.os': 'win' }, ['user_agent.os'], 'one of windows, macos, linux, ios, android, chromeos; did you mean "windows"?'],
    [{ 'actor.device.os': ['ios', 'Mac OS X'] }, ['actor.device.os', 1], 'did you mean "macos"?'],
    [{ 'device.os': 'beos' }, ['device.os'], 'it is one of windows'],
    [{ 'src_endpoint.asn': -5 }, ['src_endpoint.asn'], '-5 is never there; the field holds whole numbers from 0 to 4294967295'],
    [{ 'src_endpoint.asn': 2 ** 32 }, ['src_endpoint.asn'], 'is never there'],
    [{ 'src_endpoint.asn': [1, 1.5] }, ['src_endpoint.asn', 1], '1.5 is never there'],
    [{ 'user_agent.major': -1 }, ['user_agent.major'], 'whole numbers from 0 on'],
    [{ 'actor.src_endpoint.lat': 91 }, ['actor.src_endpoint.lat'], 'numbers from -90 to 90'],
    [{ 'src_endpoint.asn': { above: 5, below: 3 } }, ['src_endpoint.asn'], 'no value of this field is above 5 and below 3'],
    [{ 'src_endpoint.asn': { above: 5, below: 6 } }, ['src_endpoint.asn'], 'above 5 and below 6'],
    [{ 'src_endpoint.asn': { at_least: 5.5, at_most: 5.9 } }, ['src_endpoint.asn'], 'at least 5.5 and at most 5.9'],
    [
      { 'src_endpoint.asn': { not: { below: 0 } } },
      ['src_endpoint.asn', 'not'],
      'no value of this field is below 0; it holds whole numbers',
    ],
    [{ 'src_endpoint.long': { above: 3, at_most: 3 } }, ['src_endpoint.long'], 'no value of this field is above 3 and at most 3'],
    [{ 'src_endpoint.long': { at_least: 3, below: 3 } }, ['src_endpoint.long'], 'at least 3 and below 3'],
    [{ 'src_endpoint.long': { above: 180 } }, ['src_endpoint.long'], 'above 180'],
    [{ 'session.uid': '' }, ['session.uid'], '"" is never there: what is empty is absent; ask `exists: false`'],
    [{ 'session.uid': { exists: false, is: 'abc' } }, ['session.uid'], 'a field that is absent answers nothing to `is`'],
    [{ 'src_endpoint.asn': { exists: false, above: 3 } }, ['src_endpoint.asn'], 'answers nothing to `above`'],
    [{ 'actor.src_endpoint.country': 'UK' }, ['actor.src_endpoint.country'], 'did you mean "GB"?'],
    [{ activity: { contains: ['mail', 'email'] } }, ['activity', 'contains', 1], 'no value of this field fits "email"; it is one of'],
    [{ activity: { like: 'mail' } }, ['activity', 'like'], 'no value of this field fits "mail"'],
    [{ 'src_endpoint.country': { starts_with: 'Q1' } }, ['src_endpoint.country', 'starts_with'], 'one of 250 such as AD'],
    [{ 'src_endpoint.ip': '192.0.2' }, ['src_endpoint.ip'], 'it is no address; of a network ask `cidr`'],
    [{ 'src_endpoint.ip': '192.0.2.0/24' }, ['src_endpoint.ip'], 'of a network ask `cidr`'],
    [{ 'src_endpoint.ip': '2001:db8:0:0::1' }, ['src_endpoint.ip'], 'in their shortest form, here "2001:db8::1"'],
    [{ action: { cidr: '10.0.0.0/8' } }, ['action', 'cidr'], 'asked of an address'],
    [{ any: { action: 'x' } }, ['any'], 'takes a list'],
    [{ any: [] }, ['any'], 'takes a list'],
    [{ any: [{ action: 'x' }, { nope: 1 }] }, ['any', 1, 'nope'], 'no field `nope`'],
    [{ action: { not: { not: { like: 1 } } } }, ['action', 'not', 'not', 'like'], 'takes a text'],
  ])('%j at %j: %s', (conditions, path, message) => {
    const { problems } = compileConditions(conditions);
    expect(problems).toMatchObject([{ path, of: expect.stringMatching(/^(key|value)$/), message: expect.stringContaining(message) }]);
  });

  test('all of them are told at once', () => {
    const { problems } = compileConditions({ nope: 1, activity: 'x', any: [{ status: 'y' }] });
    expect(problems.map(({ path }) => path)).toEqual([['nope'], ['activity'], ['any', 0, 'status']]);
  });

  test('every value of a list that is never there, each with what may have been meant', () => {
    const { problems } = compileConditions({ activity: ['sign_inn', 'sign_in', 'api_keys'], 'source.vendor': ['okta', 'azure'] });
    expect(problems.map(({ path, meant }) => [path, meant?.word])).toEqual([
      [['activity', 0], 'sign_inn'],
      [['activity', 2], 'api_keys'],
      [['source.vendor', 1], 'azure'],
    ]);
    expect(problems[0]?.meant?.known).toBe(ACTIVITY);
  });

  test('what is there is no mistake', () => {
    for (const fine of [
      { 'source.vendor': ['okta', 'entra', 'm365'] },
      { 'src_endpoint.country': ['NO', 'XK'] },
      { 'src_endpoint.ip': ['192.0.2.1', '2001:DB8::1'] },
      { 'source.vendor': { not: { like: 'm3*' } } },
      { 'session.uid': { exists: false, not: 'abc' } },
      { 'session.uid': { exists: true, is: 'abc' } },
      { 'src_endpoint.asn': { above: 5, below: 7 } },
      { 'src_endpoint.asn': [0, 2 ** 32 - 1] },
      { 'src_endpoint.asn': { at_least: 5, at_most: 5 } },
      { 'src_endpoint.long': { above: 2, at_least: 3, at_most: 3 } },
      { 'src_endpoint.lat': [-90, 90, 1.5] },
      { 'user_agent.os': ['Windows', 'chromeos'] },
    ])
      expect(compileConditions(fine).problems).toEqual([]);
  });

  test('nesting has an end', () => {
    let conditions: object = { action: 'x' };
    for (let i = 0; i < 50; i++) conditions = { any: [conditions] };
    expect(compileConditions(conditions).problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining('at most 8 deep') }),
    ]);
  });

  test('no key reaches what every object has', () => {
    expect(compileConditions({ constructor: 'x', 'principal.toString': 'y', 'details.__proto__': 'z' }).problems).toHaveLength(3);
  });
});

describe('which activities can fulfil them', () => {
  const of = (conditions: unknown): string[] | undefined => {
    const { activities } = compileConditions(conditions);
    return activities === undefined ? undefined : [...activities];
  };

  test.each<[unknown, string[]]>([
    [{ activity: 'api_key' }, ['api_key']],
    [{ activity: ['mfa_change', 'api_key'], status: 'success' }, ['mfa_change', 'api_key']],
    [{ activity: { is: 'api_key' } }, ['api_key']],
    [{ activity: ['MFA_change', 'Api_Key'] }, ['mfa_change', 'api_key']],
    [{ activity: { starts_with: 'mail' } }, ['mail_forwarding', 'mailbox_delegation', 'mail_access', 'mail_send']],
    [{ activity: { like: '*_export' } }, ['data_export']],
  ])('%j: %j', (conditions, expected) => expect(of(conditions)).toEqual(expected));

  test('all but those that are excluded', () => {
    expect(of({ activity: { not: 'session_use' } })).toHaveLength(ACTIVITY.length - 1);
  });

  test.each<[unknown]>([[{ status: 'failure' }], [{ any: [{ activity: 'api_key' }] }], [{ activity: 'no_such' }]])(
    '%j: any may',
    (conditions) => expect(of(conditions)).toBeUndefined(),
  );
});

test('a mistake of the key stands at the key', () => {
  const { problems } = compileConditions({ nope: 1, action: { above: 3, matches: 'x', contains: '' } });
  expect(problems.map(({ path, of }) => [path.at(-1), of])).toEqual([
    ['nope', 'key'],
    ['above', 'key'],
    ['matches', 'key'],
    ['contains', 'value'],
  ]);
});

test('every question has its words', () => {
  for (const operator of Object.keys(OPERATORS)) {
    const { problems } = compileConditions({ action: { [operator]: null } });
    expect(problems.map(({ message }) => message).join()).not.toContain('no question');
  }
});

test('wildcards agree with a regular expression', () => {
  const letters = fc.constantFrom('a', 'b', '*', '?');
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }), fc.array(letters, { maxLength: 8 }), (text, pattern) => {
      const source = pattern.map((c) => (c === '*' ? '.*' : c === '?' ? '.' : c)).join('');
      expect(isLike(text.join(''), pattern.join(''))).toBe(new RegExp(`^${source}$`).test(text.join('')));
    }),
    { numRuns: 2000 },
  );
});
