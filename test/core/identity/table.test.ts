import fc from 'fast-check';
import { canonicalId } from '../../../src/core/identity/resolve.js';
import { createIdentityTable } from '../../../src/core/identity/table.js';
import type { Mapped, MappedPrincipal } from '../../../src/core/normalize/mapped.js';

function record(principal: MappedPrincipal, targets?: MappedPrincipal[]): Mapped {
  return {
    vendor: 'entra',
    product: 'sign_in',
    account: 'dir',
    id: '1',
    time: 0,
    action: 'x',
    activity: 'sign_in',
    status: 'success',
    is_presence: true,
    principal,
    targets,
  };
}
const person = (uid: string, email: string, aliases?: string[]): MappedPrincipal => ({ type: 'human', uid, email, aliases });

describe('what is learned', () => {
  test('an id reaches the address that stood beside it, in all logs of one directory', () => {
    const table = createIdentityTable();
    table.learn('t', record(person('oid-1', 'Ana@Fjord.example', ['puid:1003'])));
    expect(table.canonical('t', 'entra:oid-1')).toBe('ana@fjord.example');
    expect(table.canonical('t', 'puid:1003')).toBe('ana@fjord.example');
    expect(canonicalId({ type: 'human', uid: 'oid-1' }, 'm365', 'dir', 't', table)).toBe('ana@fjord.example');
    expect(table.links).toBe(2);
  });

  test('an application is known by the id of its service principal, and one that has several by none of them', () => {
    const app = (uid: string): MappedPrincipal => ({ type: 'service', uid, aliases: ['entra:app-1'] });
    const done = { type: 'service', uid: 'app-1' } as const;
    const table = createIdentityTable();
    expect(canonicalId(done, 'entra', 'dir', 't', table)).toBe('entra:app-1');
    table.learn('t', record(app('sp-1')));
    expect(canonicalId(done, 'entra', 'dir', 't', table)).toBe('entra:sp-1');
    expect(canonicalId(done, 'entra', 'dir', 'other', table)).toBe('entra:app-1');
    // before the link of the second is learned it is itself all the same
    expect(canonicalId(app('sp-2'), 'entra', 'dir-2', 't', table)).toBe('entra:sp-2');
    table.learn('t', record(app('sp-2')));
    expect(canonicalId(done, 'entra', 'dir', 't', table)).toBe('entra:app-1');
    expect(table.conflicts).toBe(1);
  });

  test('targets teach too, services and people without two ids do not', () => {
    const table = createIdentityTable();
    table.learn('t', record({ type: 'service', uid: 'sp', email: 'x@y.example' }, [person('oid-2', 'tom@fjord.example')]));
    table.learn('t', record({ type: 'human', uid: 'oid-3' }));
    table.learn('t', record({ type: 'human', email: 'eva@fjord.example' }));
    expect(table.canonical('t', 'entra:oid-2')).toBe('tom@fjord.example');
    expect(table.links).toBe(1);
  });

  test('tenants share nothing', () => {
    const table = createIdentityTable();
    table.learn('a', record(person('oid-1', 'ana@fjord.example')));
    expect(table.canonical('b', 'entra:oid-1')).toBeUndefined();
  });

  test('an id with two addresses resolves to itself and is counted', () => {
    const table = createIdentityTable();
    table.learn('t', record(person('oid-1', 'ana@fjord.example')));
    table.learn('t', record(person('oid-1', 'eva@fjord.example')));
    table.learn('t', record(person('oid-1', 'ana@fjord.example')));
    expect(table.canonical('t', 'entra:oid-1')).toBeUndefined();
    expect(canonicalId({ type: 'human', uid: 'oid-1' }, 'entra', 'dir', 't', table)).toBe('entra:oid-1');
    expect(table.conflicts).toBe(1);
    expect(table.links).toBe(0);
  });

  test('does not depend on the order', () => {
    const link = fc.record({ uid: fc.constantFrom('a', 'b', 'c'), email: fc.constantFrom('x@e.example', 'y@e.example', 'z@e.example') });
    fc.assert(
      fc.property(
        fc
          .array(link, { maxLength: 12 })
          .chain((links) => fc.tuple(fc.constant(links), fc.shuffledSubarray(links, { minLength: links.length }))),
        ([links, shuffled]) => {
          const [one, other] = [links, shuffled].map((list) => {
            const table = createIdentityTable();
            for (const { uid, email } of list) table.learn('t', record(person(uid, email)));
            return table;
          });
          expect(one!.version).toBe(other!.version);
          expect(one!.conflicts).toBe(other!.conflicts);
          expect(one!.entries()).toEqual(other!.entries());
          for (const uid of ['a', 'b', 'c']) expect(one!.canonical('t', `entra:${uid}`)).toBe(other!.canonical('t', `entra:${uid}`));
        },
      ),
    );
  });

  test('the version says when the table changed', () => {
    const table = createIdentityTable();
    const empty = table.version;
    table.learn('t', record(person('oid-1', 'ana@fjord.example')));
    const learned = table.version;
    table.learn('t', record(person('oid-1', 'ana@fjord.example')));
    expect(empty).toBe('none');
    expect(learned).not.toBe(empty);
    expect(table.version).toBe(learned);
  });
});

describe('the operator', () => {
  test('joins addresses of one person, and wins over what is learned', () => {
    const table = createIdentityTable([{ person: 'ana@fjord.example', aliases: ['Ana.Old@Fjord.example', 'entra:oid-9'] }]);
    table.learn('t', record(person('oid-1', 'ana.old@fjord.example')));
    table.learn('t', record(person('oid-9', 'somebody@else.example')));
    expect(table.canonical('t', 'ana.old@fjord.example')).toBe('ana@fjord.example');
    expect(table.canonical('t', 'entra:oid-1')).toBe('ana@fjord.example');
    expect(table.canonical('t', 'entra:oid-9')).toBe('ana@fjord.example');
  });

  test('may speak of one tenant only', () => {
    const table = createIdentityTable([{ person: 'ana@fjord.example', aliases: ['okta:acme:1'], tenant: 'a' }]);
    expect(table.canonical('a', 'okta:acme:1')).toBe('ana@fjord.example');
    expect(table.canonical('b', 'okta:acme:1')).toBeUndefined();
  });

  test('an alias given to two people is nobody`s', () => {
    const table = createIdentityTable([
      { person: 'ana@fjord.example', aliases: ['entra:1'] },
      { person: 'eva@fjord.example', aliases: ['entra:1'] },
    ]);
    expect(table.canonical('t', 'entra:1')).toBeUndefined();
    expect(table.conflicts).toBe(1);
  });

  test('entries read back to the same table', () => {
    const table = createIdentityTable([{ person: 'ana@fjord.example', aliases: ['okta:acme:1'] }]);
    table.learn('t', record(person('oid-2', 'tom@fjord.example', ['puid:7'])));
    const again = createIdentityTable(table.entries());
    for (const id of ['okta:acme:1', 'entra:oid-2', 'puid:7']) expect(again.canonical('t', id)).toBe(table.canonical('t', id));
  });
});

test('a table in the place of another knows what that has learned, conflicts too, and not what it was given', () => {
  const before = createIdentityTable([{ person: 'old@example.com', aliases: ['entra:dir:o'] }]);
  const records = [person('1', 'ana@example.com'), person('2', 'bo@example.com'), person('2', 'other@example.com')].map((who) =>
    record(who),
  );
  for (const one of records) before.learn('t', one);
  const table = createIdentityTable([{ person: 'new@example.com', aliases: ['ana@example.com'] }], before);
  const fresh = createIdentityTable([{ person: 'new@example.com', aliases: ['ana@example.com'] }]);
  for (const one of records) fresh.learn('t', one);
  expect([table.version, table.links, table.conflicts]).toEqual([fresh.version, fresh.links, fresh.conflicts]);
  expect(table.entries()).toEqual(fresh.entries());
  expect(table.canonical('t', 'entra:dir:o')).toBeUndefined();
});

describe('two tables that tell each other', () => {
  const pair = () => {
    const told: [string, string][][] = [[], []];
    const tables = [0, 1].map((i) => createIdentityTable([], undefined, (key, value) => void told[i]!.push([key, value])));
    return { a: tables[0]!, b: tables[1]!, toA: told[1]!, toB: told[0]! };
  };
  const named = (uid: string, email: string) => ({ vendor: 'entra', account: 'dir', principal: { type: 'human', uid, email } }) as Mapped;

  test('know the same, in one version', () => {
    const { a, b, toB } = pair();
    a.learn('t', named('oid-1', 'Ana@oslo.example'));
    for (const [key, value] of toB) b.adopt(key, value);
    expect(b.canonical('t', 'entra:oid-1')).toBe('ana@oslo.example');
    expect(b.version).toBe(a.version);
  });

  test('tell a link once', () => {
    const { a, toB } = pair();
    a.learn('t', named('oid-1', 'ana@oslo.example'));
    a.learn('t', named('oid-1', 'ana@oslo.example'));
    expect(toB).toHaveLength(1);
  });

  test('that learned otherwise agree on a conflict, which whoever sees it tells', () => {
    const { a, b, toA, toB } = pair();
    a.learn('t', named('oid-1', 'ana@oslo.example'));
    b.learn('t', named('oid-1', 'tom@oslo.example'));
    const fromA = toB.splice(0);
    const fromB = toA.splice(0);
    for (const [key, value] of fromA) b.adopt(key, value);
    for (const [key, value] of fromB) a.adopt(key, value);
    expect([a, b].map((table) => table.canonical('t', 'entra:oid-1'))).toEqual([undefined, undefined]);
    expect(a.version).toBe(b.version);
    expect(toB).toEqual([[fromA[0]![0], '']]);
    for (const [key, value] of toB) b.adopt(key, value);
    expect(b.conflicts).toBe(1);
  });
});

describe('what the operator says of a person', () => {
  test('holds for the person, however they are named, in the tenant or in all', () => {
    const table = createIdentityTable([
      { person: 'Svc@fjord.example', aliases: ['okta:acme:1'], tier: 'service', owner: 'Storage' },
      { person: 'svc@fjord.example', aliases: [], tenant: 'blue', tier: 'break_glass' },
      { person: 'ana@fjord.example', aliases: [] },
    ]);
    expect(table.profile('t', 'svc@fjord.example')).toEqual({ tier: 'service', owner: 'Storage' });
    // an entry of the tenant stands over one of all, in what it says
    expect(table.profile('blue', 'svc@fjord.example')).toEqual({ tier: 'break_glass', owner: 'Storage' });
    expect(table.profile('t', 'ana@fjord.example')).toBeUndefined();
  });

  test('another tier is another version of the table', () => {
    const version = (tier?: 'vip' | 'admin') => createIdentityTable([{ person: 'ana@fjord.example', aliases: [], tier }]).version;
    expect(new Set([version(), version('vip'), version('admin')]).size).toBe(3);
  });
});
