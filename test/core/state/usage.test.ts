import fc from 'fast-check';
import type { Endpoint, SessionEvent } from '../../../src/core/event/index.js';
import { newHabits, PROBATION_MS } from '../../../src/core/state/habits.js';
import { type Observation, observe } from '../../../src/core/state/observation.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import { addToStory, newStory } from '../../../src/core/state/story.js';
import {
  ACT_STEP,
  credentialIn,
  credentialOf,
  factOfUse,
  firstUse,
  isExplained,
  isUnlisted,
  isWide,
  KNOWN_AFTER_MS,
  keepLatest,
  knownOwner,
  knowsCountries,
  LATEST_HELD,
  LATEST_STEP,
  lastingUses,
  learnUse,
  namesOf,
  USE_STEP,
  type Use,
  unlearnUse,
  useIn,
  useOf,
  usesBefore,
} from '../../../src/core/state/usage.js';
import { runs } from '../../helpers/runs.js';
import { AGENTS, PLACES, say, T0 } from '../../helpers/world.js';

const DAY = 86_400_000;
const [HOME, HOSTING] = [PLACES[0]!, PLACES[3]!];

function block(n: number): Endpoint {
  return { ...HOSTING, ip: `178.62.${n}.1`, prefix: `178.62.${n}` };
}

function use(day: number, more: Partial<Use> = {}): Use {
  return {
    credential: 'k',
    isMachine: false,
    time: T0 + day * DAY,
    endpoint: HOSTING,
    client: 'curl',
    isInBrowser: false,
    act: undefined,
    instance: undefined,
    ...more,
  };
}

function event(more: Partial<SessionEvent> = {}): SessionEvent {
  return {
    ...say({ at: 0, n: 1, session: '', place: 3, agent: 4 }),
    source: { vendor: 'aws', product: 'cloudtrail', account: 'a' },
    principal: { key: 'default/ci', type: 'service' },
    token: { uid: 'AKIA1', kind: 'access_key_id' },
    is_presence: false,
    ...more,
  };
}

describe('the credential of an event', () => {
  const human = { key: 'default/alex', type: 'human' as const };
  test.each<[string, Partial<SessionEvent>, string | undefined]>([
    ['a key that lives on', {}, 'AKIA1'],
    ['a key of a role session lives for hours', { token: { uid: 'ASIA1', kind: 'access_key_id' } }, undefined],
    ['the hash of a token', { token: { uid: 'h', kind: 'hashed_token' } }, 'h'],
    [
      'which at Okta is of an hour',
      { token: { uid: 'h', kind: 'hashed_token' }, source: { vendor: 'okta', product: 'l', account: 'a' } },
      undefined,
    ],
    ['an API token of Okta', { token: { uid: 'h', kind: 'api_token' }, source: { vendor: 'okta', product: 'l', account: 'a' } }, 'h'],
    ['an access token', { token: { uid: 'u', kind: 'uti' } }, undefined],
    ['the credential that a service signs in with', { token: { uid: 'u', kind: 'uti' }, details: { credential_uid: 'c' } }, 'c'],
    ['which of a person is something else', { principal: human, token: undefined, details: { credential_uid: 'c' } }, undefined],
    [
      'a grant to a Google app',
      {
        principal: human,
        token: undefined,
        client: { uid: 'app' },
        source: { vendor: 'google_workspace', product: 'token', account: 'a' },
      },
      'app',
    ],
    ['an app in which a person works', { principal: human, token: undefined, client: { uid: 'app' } }, undefined],
  ])('%s', (_, more, uid) => {
    expect(credentialOf(event(more))?.uid).toBe(uid);
  });
});

describe('a use', () => {
  test.each<[string, Partial<SessionEvent>, boolean]>([
    ['of a key', {}, true],
    ['of a service that names no key', { token: undefined }, true],
    ['of a session of a person', { principal: { key: 'p', type: 'human' }, token: { uid: 'u', kind: 'uti' } }, false],
    ['of a key of a person', { principal: { key: 'p', type: 'human' } }, true],
    ['by the vendor itself', { principal: { key: 'p', type: 'system' } }, false],
    ['from the vendor`s own address', { src_endpoint: { ...HOSTING, class: 'vendor_service' } }, false],
    ['from nowhere', { src_endpoint: undefined }, false],
    ['in vain', { status: 'failure' }, false],
    ['done to it', { subject_role: 'target' }, false],
  ])('%s', (_, more, isUse) => {
    expect(useOf(event(more)) !== undefined).toBe(isUse);
  });

  test('is of an instance where AWS says so, as long as it is held', () => {
    const used = event({
      principal: { key: 'p', type: 'workload' },
      token: { uid: 'ASIA1', kind: 'access_key_id' },
      session: { uid: 'AROA1:i-0abc12345def67890/2026-10-05T06:00:00Z', issuer: 'aws:a', confidence: 'medium' },
    });
    const own = useOf(used)!;
    const fact = factOfUse(0, USE_STEP, used, own);
    const held = observe(used, newPrint('cli', traitsOf(used)), undefined, undefined, [fact]);
    expect(own.instance).toBe('i-0abc12345def67890');
    expect(useIn(held, fact)).toEqual(own);
    expect(credentialIn(fact)).toMatchObject({ kind: 'access_key_id', uid: 'ASIA1' });
    const job = event({ principal: used.principal });
    expect(useIn(held, factOfUse(0, USE_STEP, job, useOf(job)!))).toMatchObject({ isMachine: true, instance: undefined });
  });

  test('is in a browser only where no browser has the credential', () => {
    const agent = AGENTS[0];
    expect(useOf(event({ user_agent: agent }))?.isInBrowser).toBe(true);
    expect(useOf(event({ user_agent: agent, principal: { key: 'p', type: 'human' } }))?.isInBrowser).toBe(true);
    expect(
      useOf(event({ user_agent: agent, principal: { key: 'p', type: 'human' }, token: { uid: 'h', kind: 'token_id' } }))?.isInBrowser,
    ).toBe(false);
    expect(useOf(event({ user_agent: AGENTS[4] }))?.isInBrowser).toBe(false);
  });

  test.each<[string, string, boolean]>([
    ['access_key_id', 'AKIA1', true],
    ['service_account_key', '0a1b', true],
    ['api_token', '00T1fxzubpq2epw11d38', true],
    ['api_token', '7c9e6679f7425c40de944be07fc1f90a', true],
    ['api_token', 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE', false],
    ['api_key', 'key_1', false],
    ['hashed_token', 'h', false],
    ['personal_access_token', '42', false],
  ])('of a person in a browser, by its kind: %s %s', (kind, uid, isInBrowser) => {
    const used = event({ user_agent: AGENTS[0], principal: { key: 'p', type: 'human' }, token: { uid, kind } });
    expect(useOf(used)?.isInBrowser).toBe(isInBrowser);
  });

  test('is none where an app runs in a person`s browser, and Okta names the app', () => {
    const source = { vendor: 'okta', product: 'l', account: 'a' };
    const page = { source, user_agent: AGENTS[0], activity: 'token_issue' as const, token: undefined };
    expect(useOf(event(page))).toBeUndefined();
    expect(useOf(event({ ...page, auth: { protocol: 'client_credentials' } }))?.isInBrowser).toBe(true);
    expect(useOf(event({ ...page, user_agent: AGENTS[4] }))?.isInBrowser).toBe(false);
    expect(useOf(event({ ...page, source: { ...source, vendor: 'entra' } }))?.isInBrowser).toBe(true);
  });

  test('is the same when it is read back from what is held', () => {
    for (const more of [{}, { token: undefined }, { principal: { key: 'p', type: 'human' as const } }, { user_agent: AGENTS[0] }]) {
      const one = event(more);
      const told = useOf(one)!;
      const fact = factOfUse(3, USE_STEP, one, told);
      expect(useIn(observe(one, newPrint('cli', traitsOf(one)), undefined, undefined, [fact]), fact)).toEqual(told);
    }
    const deed = event();
    const fact = factOfUse(3, ACT_STEP, deed, { ...useOf(deed)!, act: 'secret_read' });
    const held = observe(deed, newPrint('cli', traitsOf(deed)), undefined, undefined, [fact]);
    expect(useIn(held, fact)).toEqual({ ...useOf(deed)!, act: 'secret_read' });
  });

  test('names its credential, which may have a blank in its id or be none', () => {
    const fact = factOfUse(3, USE_STEP, event({ token: { uid: 'a b', kind: 'token_id' } }), use(0));
    expect(credentialIn(fact)).toEqual({ uid: 'a b', kind: 'token_id', account: 'a' });
    expect(credentialIn(factOfUse(3, USE_STEP, event({ token: undefined }), use(0)))).toBeUndefined();
  });

  test.each(['k\n\n\naudit_switched_off', '50%25', 'a%0Ab\n%'])(
    'comes back with whatever its names hold, and no part is another: %j',
    (text) => {
      const shown = {
        token: { uid: text, kind: 'hashed_token' },
        details: { token_uid: text },
        source: { ...event().source, account: text },
      };
      const one = event(shown);
      const held = observe(one, newPrint('cli', traitsOf(one)));
      for (const act of [undefined, 'secret_read']) {
        const fact = factOfUse(3, USE_STEP, one, use(0, { act }));
        expect(credentialIn(fact)).toEqual({ uid: text, kind: 'hashed_token', account: text, other_uid: text });
        expect(useIn(held, fact)?.act).toBe(act);
      }
    },
  );

  test('what an end may name it by comes back, too; a key that is the same everywhere is told by its id alone', () => {
    const shown = event({ token: { uid: 'h=', kind: 'hashed_token' }, details: { token_uid: '42' } });
    expect(credentialIn(factOfUse(3, USE_STEP, shown, use(0)))).toEqual({ ...namesOf(shown), uid: 'h=', account: 'a', other_uid: '42' });
    expect(factOfUse(3, USE_STEP, event(), use(0)).value).toBe('person access_key_id AKIA1');
    const act = factOfUse(3, USE_STEP, event(), use(0, { act: 'secret_read' }));
    expect(credentialIn(act)).toEqual({ uid: 'AKIA1', kind: 'access_key_id', account: undefined, other_uid: undefined });
    expect(namesOf(event({ token: { uid: '7', kind: 'api_token' } })).account).toBe('a');
    // as it was written before there was anything behind it
    const before = { rule: 3, step: USE_STEP, by: 'k', value: 'person hashed_token h=' };
    expect(credentialIn(before)).toEqual({ uid: 'h=', kind: 'hashed_token', account: undefined, other_uid: undefined });
  });

  test('of a token that a record is about none is made', () => {
    const about = { source: { vendor: 'github', product: 'audit', account: 'a' }, token: { uid: 'h=', kind: 'hashed_token' } };
    expect(useOf(event(about))).toBeDefined();
    expect(useOf(event({ ...about, details: { key_uid: 'h=' } }))).toBeUndefined();
    // a key that deletes itself was shown
    expect(useOf(event({ details: { key_uid: 'AKIA1' } }))).toBeDefined();
  });
});

test.each<[string, Partial<Endpoint>, boolean]>([
  ['whose class nobody knows is in no list', { as_class: 'unknown' }, true],
  ['of people is in one', { as_class: 'access' }, false],
  ['of which nobody was asked may be in one', { as_class: undefined }, false],
  ['that is not known itself tells that data are missing', { as_class: 'unknown', asn: undefined }, false],
])('a network %s', (_, more, isIn) => {
  expect(isUnlisted({ ...HOSTING, ...more })).toBe(isIn);
});

describe('what is learned', () => {
  test('is a habit on two days, more than three days later', () => {
    const habits = newHabits();
    learnUse(habits, use(0));
    learnUse(habits, use(1));
    expect(lastingUses(habits, 'k', 'network', T0 + DAY + PROBATION_MS - 1)).toEqual([]);
    expect(lastingUses(habits, 'k', 'network', T0 + DAY + PROBATION_MS)).toEqual([String(HOSTING.asn)]);
    expect(lastingUses(habits, 'k', 'client', T0 + DAY + PROBATION_MS)).toEqual(['curl']);
    expect(lastingUses(habits, 'k', 'country', T0 + DAY + PROBATION_MS)).toEqual(['NL']);
    expect(lastingUses(habits, 'other', 'client', T0 + DAY + PROBATION_MS)).toEqual([]);
  });

  test('a credential is known after a week, by what it is used from then', () => {
    const habits = newHabits();
    for (let day = 0; day < 10; day++) learnUse(habits, use(day));
    expect(knownOwner(habits, use(0, { time: T0 + KNOWN_AFTER_MS - 1 }))).toBeUndefined();
    expect(knownOwner(habits, use(0, { time: T0 + KNOWN_AFTER_MS }))).toBe('k');
    expect(knownOwner(undefined, use(9))).toBeUndefined();
  });

  test('of a machine counts for its new credentials, of a person`s key for that alone', () => {
    const machine = newHabits();
    const person = newHabits();
    for (let day = 0; day < 10; day++) {
      learnUse(machine, use(day, { isMachine: true }));
      learnUse(person, use(day));
    }
    expect(knownOwner(machine, use(9, { isMachine: true }))).toBe('k');
    expect(knownOwner(machine, use(9, { isMachine: true, credential: 'new' }))).toBe('');
    expect(knownOwner(person, use(9, { credential: 'new' }))).toBeUndefined();
  });

  test('is forgotten when it is not seen for 60 days', () => {
    const habits = newHabits();
    for (let day = 0; day < 10; day++) learnUse(habits, use(day));
    expect(isExplained(habits, use(60))).toBe(true);
    expect(isExplained(habits, use(80, { endpoint: HOME }))).toBe(false);
    expect(knownOwner(habits, use(80))).toBeUndefined();
  });

  test('the first address blocks stay, whatever the order; a credential with so many has none that is new', () => {
    const habits = newHabits();
    for (let n = 20; n >= 0; n--) learnUse(habits, use(n / 100, { endpoint: block(n) }));
    expect(usesBefore(habits, 'k', 'prefix', T0 + DAY).sort()).toEqual(Array.from({ length: 12 }, (_, n) => `178.62.${n}`).sort());
    expect(isWide(habits, 'k', T0 + DAY)).toBe(false);
    expect(isWide(habits, 'k', T0 + DAY + PROBATION_MS)).toBe(true);
  });

  test('countries are known until twelve were met, of which none can be re-ordered any more', () => {
    const habits = newHabits();
    const meet = (n: number, day: number) => learnUse(habits, use(day, { endpoint: { ...HOSTING, country: `C${n}` } }));
    for (let day = 0; day < 12; day++) for (let n = 0; n < 11; n++) meet(n, day);
    meet(11, 12);
    expect(knowsCountries(habits, 'k', T0 + 12 * DAY + PROBATION_MS)).toBe(true);
    expect(knowsCountries(habits, 'k', T0 + 12 * DAY + PROBATION_MS + 1)).toBe(false);
  });

  test('of credentials that come and go by the thousand the lasting ones stay', () => {
    const habits = newHabits();
    for (let n = 0; n < 300; n++) {
      learnUse(habits, use(n / 10, { credential: 'k' }));
      learnUse(habits, use(n / 10, { credential: `job${n}` }));
    }
    expect(knownOwner(habits, use(29))).toBe('k');
    // of each its network, address block, kind of network, program and country
    expect(habits.use.length).toBeLessThanOrEqual(12 * 5);
    expect(firstUse(habits, 'k')).toBe(T0);
    expect(firstUse(habits, 'job299')).toBe(use(29.9).time);
    expect(firstUse(habits, 'job1')).toBeUndefined();
  });

  test('is unlearned when a stranger is found out, as far as it is young and no habit', () => {
    const habits = newHabits();
    for (let day = 0; day < 10; day++) learnUse(habits, use(day));
    for (const day of [8, 9]) learnUse(habits, use(day, { endpoint: HOME }));
    unlearnUse(habits, use(10, { endpoint: HOME }));
    expect(lastingUses(habits, 'k', 'network', T0 + 20 * DAY)).toEqual([String(HOSTING.asn)]);
    expect(lastingUses(habits, 'k', 'client', T0 + 20 * DAY)).toEqual(['curl']);
  });

  test('after the stranger`s own use is not theirs', () => {
    const habits = newHabits();
    learnUse(habits, use(1, { endpoint: block(1) }));
    unlearnUse(habits, use(0, { endpoint: block(1) }));
    for (const day of [1.5, 5]) expect(usesBefore(habits, 'k', 'prefix', T0 + day * DAY)).toEqual(['178.62.1']);
  });

  test('and is taken back counts no longer after three days, in which what comes is taken for theirs, too; then it begins anew', () => {
    const habits = newHabits();
    for (const day of [0, 1]) learnUse(habits, use(day));
    unlearnUse(habits, use(2));
    for (const day of [2.5, 4.9, 5, 6]) learnUse(habits, use(day));
    const prefixes = (day: number) => usesBefore(habits, 'k', 'prefix', T0 + day * DAY);
    expect([4.9, 5, 5.1].map((day) => prefixes(day).length)).toEqual([1, 0, 1]);
    expect(lastingUses(habits, 'k', 'prefix', T0 + 8.9 * DAY)).toEqual([]);
    expect(lastingUses(habits, 'k', 'prefix', T0 + 9 * DAY)).toHaveLength(1);
  });

  test('and is taken back is the same whether uses of the days after come before or after the stranger is found out', () => {
    const tenths = (max: number) => fc.integer({ min: 0, max: 10 * max }).map((n) => n / 10);
    const LATE = 2;
    const told = (uses: readonly { day: number; delay: number }[], strangers: readonly number[]) => {
      const habits = newHabits();
      const acts = [
        ...strangers.map((day) => ({ at: day + LATE, by: day, act: unlearnUse })),
        ...uses.map(({ day, delay }) => ({ at: day + delay, by: day, act: learnUse })),
      ];
      // whatever is settled is settled before what comes later
      acts.sort((a, b) => a.at - b.at || Number(a.act === unlearnUse) - Number(b.act === unlearnUse) || a.by - b.by);
      for (const { by, act } of acts) act(habits, use(by));
      return habits.use.map((habit) => JSON.stringify(habit)).sort();
    };
    fc.assert(
      fc.property(
        fc.array(fc.record({ day: tenths(12), delay: tenths(LATE) }), { maxLength: 10 }),
        fc.array(tenths(12), { minLength: 1, maxLength: 3 }),
        (uses, strangers) =>
          expect(told(uses, strangers)).toEqual(
            told(
              uses.map(({ day }) => ({ day, delay: 0 })),
              strangers,
            ),
          ),
      ),
      runs(500),
    );
  });

  test('is the same in whatever order uses are told', () => {
    const uses = fc.array(
      fc.record({
        day: fc.integer({ min: 0, max: 400 }).map((n) => n / 10),
        credential: fc.constantFrom('a', 'b', ''),
        place: fc.integer({ min: 0, max: 8 }),
        client: fc.constantFrom('curl', 'git', undefined),
      }),
      { minLength: 1, maxLength: 30 },
    );
    const told = (all: readonly Use[]) => {
      const habits = newHabits();
      for (const one of all) learnUse(habits, one);
      return habits.use.map((habit) => JSON.stringify(habit)).sort();
    };
    fc.assert(
      fc.property(
        uses.chain((list) => {
          const all = list.map(({ day, credential, place, client }) =>
            use(day, { credential, endpoint: PLACES[place]!, client, isMachine: true }),
          );
          return fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }));
        }),
        ([all, shuffled]) => expect(told(shuffled)).toEqual(told(all)),
      ),
      runs(300),
    );
  });
});

describe('what is to be expected', () => {
  test('in the first days is all that is not odd in a machine', () => {
    expect(isExplained(undefined, use(0))).toBe(true);
    expect(isExplained(undefined, use(0, { endpoint: HOME }))).toBe(false);
    expect(isExplained(undefined, use(0, { endpoint: { ...HOSTING, as_class: 'unknown' } }))).toBe(false);
    expect(isExplained(undefined, use(0, { endpoint: PLACES[8]! }))).toBe(false);
    expect(isExplained(undefined, use(0, { isInBrowser: true }))).toBe(false);
  });

  test('then is what it always is', () => {
    const habits = newHabits();
    for (let day = 0; day < 10; day++) learnUse(habits, use(day));
    expect(isExplained(habits, use(9))).toBe(true);
    expect(isExplained(habits, use(9, { client: undefined }))).toBe(true);
    expect(isExplained(habits, use(9, { client: 'git' }))).toBe(false);
    expect(isExplained(habits, use(9, { endpoint: block(99) }))).toBe(false);
    expect(isExplained(habits, use(9, { endpoint: { ...HOSTING, asn: 1 } }))).toBe(false);
    expect(isExplained(habits, use(9, { endpoint: { ...HOSTING, as_class: 'vpn' } }))).toBe(false);
  });
});

describe('of the uses of a credential the story holds', () => {
  const held = (n: number, steps: readonly number[], more: Partial<Observation> = {}): Observation => {
    const one = { ...event(), uid: `u${n}`, time: T0 + n };
    const facts = steps.map((step) => factOfUse(0, step, one, useOf(one)!));
    return { ...observe(one, newPrint('cli', traitsOf(one)), undefined, undefined, facts), ...more };
  };
  test.each<[string, Observation, boolean]>([
    ['the latest alone', held(1, [LATEST_STEP]), false],
    ['and what has to be judged', held(1, [LATEST_STEP, USE_STEP]), true],
    ['and what a person did themselves', held(1, [LATEST_STEP], { is_presence: true }), true],
    ['and acts of consequence', held(1, [LATEST_STEP], { is_sensitive: true }), true],
  ])('%s', (_, before, isKept) => {
    const story = newStory();
    const seen = held(2, [LATEST_STEP]);
    story.tail = [before, seen];
    keepLatest(story, seen);
    expect(story.tail).toEqual(isKept ? [before, seen] : [seen]);
  });

  test('the latest of those credentials that were used last', () => {
    const story = newStory();
    for (const n of [3, 1, 2, ...Array.from({ length: 30 }, (_, i) => 40 - i)]) {
      const one = { ...event({ token: { uid: `AKIA${n}`, kind: 'access_key_id' } }), uid: `u${n}`, time: T0 + n };
      const seen = observe(one, newPrint('cli', traitsOf(one)), undefined, undefined, [factOfUse(0, LATEST_STEP, one, useOf(one)!)]);
      addToStory(story, seen);
      keepLatest(story, seen);
    }
    expect(story.tail.map(({ time }) => time - T0)).toEqual(Array.from({ length: LATEST_HELD }, (_, i) => 25 + i));
  });

  test('all when the new one is not the latest of anything', () => {
    const story = newStory();
    const seen = held(2, [USE_STEP]);
    story.tail = [held(1, [LATEST_STEP]), seen];
    keepLatest(story, seen);
    expect(story.tail).toHaveLength(2);
  });
});
