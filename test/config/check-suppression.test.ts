import { checkEntries, type Known, type SuppressionDocument, toEntry, withLists } from '../../src/config/check-suppression.js';

const KNOWN: Known = {
  rules: ['session-reuse', 'my-rule'],
  types: ['session_reuse', 'new_country'],
  isOfRule: false,
  clients: () => ['Backup Tool', 'Mail Reader'],
};
const GOOD = { id: 'a', owner: 'o', reason: 'r', from: '2026-03-01', expires: '2026-09-01', types: ['session_reuse'], countries: ['NO'] };

/** Mistakes as `path: message` of one entry. */
function mistakes(over: Record<string, unknown>, known: Known = KNOWN): string[] {
  const entry = Object.fromEntries(Object.entries({ ...GOOD, ...over }).filter(([, value]) => value !== undefined));
  const problems = checkEntries([entry], (path) => ({ file: 'f', path: path.join('.') }), new Map(), known);
  return problems.map(({ path, message }) => `${path}: ${message}`);
}

test('an entry that holds has no mistake', () => {
  expect(mistakes({})).toEqual([]);
});

describe('how wide', () => {
  test('it has to say what it hides', () => {
    expect(mistakes({ types: undefined })).toEqual([expect.stringMatching(/^0: it names neither `rules` nor `types`; expected/)]);
    expect(mistakes({ types: undefined, rules: ['my-rule'] })).toEqual([]);
    expect(mistakes({ types: undefined }, { ...KNOWN, isOfRule: true })).toEqual([]);
  });

  test('and whose, through what or where', () => {
    expect(mistakes({ countries: undefined })).toEqual([
      expect.stringMatching(/^0: it would hide everything .*expected one of principal, app, cidr/),
    ]);
    expect(mistakes({ countries: undefined, tenant: 't' })).toHaveLength(1);
    for (const one of [{ principal: ['*@a.org'] }, { app: ['c1'] }, { cidr: ['10.0.0.0/8'] }, { asn: [1] }, { network: ['x'] }]) {
      expect(mistakes({ countries: undefined, ...one })).toEqual([]);
    }
  });

  test('a class of networks is not enough', () => {
    expect(mistakes({ countries: undefined, network_class: ['vpn'] })).toEqual([
      expect.stringMatching(/^0\.network_class: .*another condition/),
    ]);
    expect(mistakes({ network_class: ['vpn'] })).toEqual([]);
  });

  test('ends are those of a place', () => {
    expect(mistakes({ countries: undefined, principal: ['*@a.org'], ends: 'one' })).toEqual([
      expect.stringMatching(/^0\.ends: .*expected one of cidr, asn, network, network_class, countries/),
    ]);
    expect(mistakes({ ends: 'one' })).toEqual([]);
  });

  test('of an entry with a slip of the pen only that is told', () => {
    expect(mistakes({ countries: undefined, country: ['NO'] })).toEqual([]);
    expect(checkEntries([{}, 5, null], () => ({ file: 'f' }), new Map(), KNOWN)).toEqual([]);
  });
});

describe('how long', () => {
  test.each([
    ['a day that there is not', { from: '2026-02-30' }, /^0\.from: "2026-02-30" is no day of the calendar$/],
    ['an end that there is not', { expires: '2027-02-29' }, /^0\.expires: "2027-02-29" is no day/],
    ['an end before its beginning', { expires: '2026-02-28' }, /^0\.expires: it expires before it begins/],
    ['an end at its beginning', { expires: '2026-03-01T00:00Z' }, /^0\.expires: it expires before it begins/],
    ['more than a year', { expires: '2027-03-03' }, /^0\.expires: more than a year after `from`; expected 2027-03-02 at the latest/],
  ])('%s', (_, over, message) => {
    expect(mistakes(over)).toEqual([expect.stringMatching(message)]);
  });

  test('a year is all right, a leap year too', () => {
    expect(mistakes({ expires: '2027-03-01' })).toEqual([]);
    expect(mistakes({ from: '2027-03-01', expires: '2028-03-01' })).toEqual([]);
  });

  test('what has the wrong shape is for the schema to tell', () => {
    expect(mistakes({ from: 5, expires: 'soon' })).toEqual([]);
  });
});

describe('each word', () => {
  test.each([
    [{ cidr: ['10.0.0.0/8', '10.0.0.1/8'] }, /^0\.cidr\.1: "10.0.0.1\/8" is no address range; expected/],
    [{ cidr: ['8.0.0.0/7'] }, /^0\.cidr\.0: "8.0.0.0\/7" is wider .* expected \/8 or longer/],
    [{ cidr: ['2000::/3'] }, /expected \/19 or longer/],
    [{ principal: ['ana'] }, /^0\.principal\.0: "ana" is no key and no address; expected a key such as/],
    [{ principal: ['ana @b.org'] }, /is no key and no address/],
    [{ principal: ['x@a.org', '*'] }, /^0\.principal\.1: "\*" does not fit/],
    [{ principal: ['*@org'] }, /"\*@org" does not fit/],
    [{ principal: ['*@*.org'] }, /does not fit/],
    [{ principal: ['a*@a.org'] }, /does not fit/],
    [{ app: ['c1', 'Bakup Tool'] }, /^0\.app\.1: "Bakup Tool" is no published name .*did you mean "Backup Tool"\?; expected its OAuth/],
    [
      { rules: ['my-rule', 'session-resue'] },
      /^0\.rules\.1: there is no rule "session-resue"; did you mean "session-reuse"\? \(rules: session-reuse, my-rule\)/,
    ],
    [{ types: ['new_contry'] }, /^0\.types\.0: there is no finding type "new_contry"; did you mean "new_country"\?/],
  ])('%j', (over, message) => {
    expect(mistakes(over)).toEqual([expect.stringMatching(message)]);
  });

  test.each([
    { cidr: ['203.0.113.7', '2001:db8::/32'] },
    { principal: ['default/okta:acme:0oa1', 'ana@b.org', '*@sub.b.org'] },
    { app: ['backup tool', '04b07795-8ddb-461a-bbee-02f9e1bf7b46'] },
    { rules: ['my-rule'] },
  ])('%j holds', (over) => {
    expect(mistakes(over)).toEqual([]);
  });

  test('what is not known is not held against it, nor what has the wrong shape', () => {
    expect(mistakes({ rules: ['x'], types: ['y'] }, { ...KNOWN, rules: undefined, types: undefined })).toEqual([]);
    expect(mistakes({ rules: [5, ''], types: [null], cidr: [1], principal: [2, ''], app: [3] })).toEqual([]);
  });
});

test('an id stands once', () => {
  const seen = new Map<string, string>();
  const check = (file: string, ...ids: unknown[]) =>
    checkEntries(
      ids.map((id) => ({ ...GOOD, id })),
      (path) => ({ file, path: path.join('.') }),
      seen,
      KNOWN,
    ).map(({ path, message }) => [path, message]);
  expect(check('one', 'a', 'b', 'a', 5, 5)).toEqual([['2.id', 'the id is taken by another entry; give each its own']]);
  expect(check('two', 'b')).toEqual([['0.id', 'the id is taken by another entry in one; give each its own']]);
});

describe('lists', () => {
  test('stand wherever one or several can be written', () => {
    expect(withLists([{ id: 'a', cidr: '10.0.0.0/8', asn: 5, countries: ['NO'], ends: 'one' }])).toEqual([
      { id: 'a', cidr: ['10.0.0.0/8'], asn: [5], countries: ['NO'], ends: 'one' },
    ]);
  });

  test('what is no entry is left for the schema', () => {
    for (const value of [undefined, null, 'x', { a: 1 }, [5, null, ['a']], [{ cidr: { a: 1 } }, { cidr: null }]])
      expect(withLists(value)).toEqual(value);
  });
});

describe('an entry as the core takes it', () => {
  const document = GOOD as unknown as SuppressionDocument;

  test('has its times in milliseconds and what stands when nothing is said', () => {
    expect(toEntry(document)).toEqual({
      ...GOOD,
      from: Date.UTC(2026, 2, 1),
      expires: Date.UTC(2026, 8, 1),
      max_level: 'medium',
      ends: 'both',
    });
    expect(toEntry({ ...document, max_level: 'high', ends: 'one', from: '2026-03-01T12:30Z' })).toMatchObject({
      max_level: 'high',
      ends: 'one',
      from: Date.UTC(2026, 2, 1, 12, 30),
    });
  });

  test('speaks of the rule that it stands in', () => {
    expect(toEntry(document, 'my-rule')).toMatchObject({ id: 'my-rule/a', rules: ['my-rule'] });
  });
});
