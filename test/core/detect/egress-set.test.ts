import { createDetect } from '../../../src/core/detect/index.js';
import type { Endpoint } from '../../../src/core/event/index.js';
import { peopleOf } from '../../helpers/codec.js';
import { bareRule } from '../../helpers/rules.js';
import { DAY, findingsOf, silenceOf, tenDays, useAt } from '../../helpers/uses.js';

const LATER = 10 * DAY;
const factorsOf = (...events: Parameters<typeof findingsOf>[1]) =>
  findingsOf('nhi_egress', [...tenDays(), ...events])
    .at(-1)
    ?.factors.map(({ name, before, after }) => [name, before, after]);

test('both sides of every comparison are told', () => {
  expect(factorsOf(useAt(50, LATER, { place: 0 }))).toEqual([
    ['egress_new', 'AS14061', 'Telenor (AS2119), Oslo NO'],
    ['egress_of_people', 'hosting', 'access'],
  ]);
  expect(factorsOf(useAt(50, LATER, { place: 101, agent: 5 }))).toEqual([
    ['egress_new', 'AS14061', 'DigitalOcean (AS16509), hosting, Amsterdam NL'],
    ['client_new', 'python-requests', 'outlook 16 on windows'],
  ]);
  expect(factorsOf(useAt(50, LATER, { place: 102 }))).toEqual([['egress_prefix_new', '178.62.10', '178.62.2']]);
});

test('of a network in no list it is said, how far the credential lives in data centres, and in which countries', () => {
  expect(factorsOf(useAt(50, LATER, { place: 110 }))).toEqual([
    ['egress_new', 'AS14061', 'Small Net (AS64500), in no list, Amsterdam NL'],
    ['egress_unlisted', 'hosting', 'Small Net (AS64500), in no list, Amsterdam NL'],
  ]);
  expect(factorsOf(useAt(50, LATER, { place: 112 }))?.at(-1)).toEqual(['egress_country_new', 'NL', 'NO']);
  const blocks = Array.from({ length: 12 }, (_, n) => useAt(100 + n, (n % 2) * DAY + n, { place: 120 + n }));
  const wide = [...blocks, ...tenDays()].sort((a, b) => a.time - b.time);
  const said = findingsOf('nhi_egress', [...wide, useAt(200, LATER, { place: 110 })]).at(-1);
  expect(said?.factors.map(({ name }) => name)).toEqual(['egress_new', 'egress_unlisted_wide']);
  // its countries are learned from when on they are: before that none is new
  const nowhere = tenDays().map((event) => ({ ...event, src_endpoint: { ...event.src_endpoint!, country: undefined } }));
  const last = findingsOf('nhi_egress', [...nowhere, useAt(50, LATER, { place: 112 })]).at(-1);
  expect(last?.factors.map(({ name }) => name)).toEqual(['egress_new', 'egress_unlisted']);
});

const INSTANCE = { key: 'ASIA3', instance: 'i-0abc12345def67890', age: 60, place: 103 };
const namesOf = (...events: Parameters<typeof findingsOf>[1]) =>
  findingsOf('nhi_egress', events)
    .at(-1)
    ?.factors.map(({ name }) => name);

test('an instance of Amazon`s is nowhere else, from the first day on', () => {
  const away = { ...INSTANCE, place: 3 };
  expect(namesOf(useAt(1, 0, INSTANCE), useAt(2, 60, away))).toEqual(['egress_new', 'instance_elsewhere']);
  expect(namesOf(...tenDays(INSTANCE), useAt(50, LATER, away))).toEqual(['egress_new', 'instance_elsewhere']);
  expect(namesOf(...tenDays(INSTANCE), useAt(50, LATER, { ...INSTANCE, place: 110 }))).toContain('instance_unlisted');
  // nor is it a person's laptop, whoever else takes the role at home
  const home = tenDays({ ...INSTANCE, place: 0, instance: undefined }).map((event) => ({
    ...event,
    uid: `${event.uid}-home`,
    time: event.time + 1,
  }));
  const both = [...home, ...tenDays(INSTANCE)].sort((a, b) => a.time - b.time);
  expect(namesOf(...both, useAt(50, LATER, { ...INSTANCE, place: 4 }))).toEqual(['egress_new', 'instance_elsewhere']);
});

test('an instance that was not in Amazon`s networks before, or is no instance, is compared like all that works', () => {
  const away = { ...INSTANCE, place: 3 };
  expect(namesOf(useAt(1, 0, away), useAt(2, 60, { ...away, place: 110 }))).toBeUndefined();
  expect(namesOf(useAt(1, 0, away), useAt(2, 60, INSTANCE), useAt(3, 120, away))).toBeUndefined();
  expect(namesOf(...tenDays(INSTANCE), useAt(50, LATER, { ...away, instance: undefined }))).toEqual(['egress_new']);
});

test('who is used to a VPN, or to a browser where the machine is, may use it', () => {
  const habit = (more: object) => Array.from({ length: 10 }, (_, day) => useAt(100 + day, day * DAY + 9 * 60, more));
  const inOrder = (events: ReturnType<typeof tenDays>) => events.sort((a, b) => a.time - b.time);
  const vpn = inOrder([...tenDays(), ...habit({ place: 5 })]);
  expect(findingsOf('nhi_egress', [...vpn, useAt(200, LATER, { place: 5 })])).toEqual([]);
  const browser = inOrder([...tenDays(), ...habit({ agent: 0 })]);
  const last = useAt(200, LATER, { agent: 0 });
  const said = findingsOf('nhi_egress', [...browser, last]);
  expect(said.length).toBeGreaterThan(0);
  expect(said.every(({ last_seen_time }) => last_seen_time < last.time)).toBe(true);
});

test('a person`s own key may be used wherever the person is used to be', () => {
  const signIns = Array.from({ length: 12 }, (_, day) => ({
    ...useAt(300 + day, day * DAY, { who: 'person', place: 4 }),
    activity: 'sign_in' as const,
    is_presence: true,
    token: undefined,
    source: { vendor: 'okta', product: 'system_log', account: 't' },
  }));
  const key = tenDays({ who: 'person' });
  const events = [...key, ...signIns].sort((a, b) => a.time - b.time);
  const home = useAt(400, 13 * DAY, { who: 'person', place: 4 });
  expect(findingsOf('nhi_egress', [...key, home])).toMatchObject([{ level: 'high' }]);
  expect(findingsOf('nhi_egress', [...events, home])).toEqual([]);
  expect(silenceOf('nhi_egress', [...events, home])).toMatch(/the person is used to/);
});

test('what programs do with a key of a person is no habit of the person', () => {
  const detect = createDetect([bareRule('nhi_egress')], { config_digest: 'test' });
  const odd = [50, 51, 52].map((n) => useAt(n, (n - 40) * DAY, { who: 'person', place: 101 }));
  for (const event of [...tenDays({ who: 'person' }), ...odd, useAt(60, 20 * DAY, { who: 'person' })]) detect.accept(event);
  const [person] = peopleOf(detect).values();
  const { use, ...own } = person!.habits!;
  expect(use.length).toBeGreaterThan(4);
  expect(Object.values(own).flat()).toEqual([]);
});

test('in the first days a stranger who comes again was not met before', () => {
  const blocks = Array.from({ length: 8 }, (_, n) => useAt(n, n, { place: 101 + n }));
  expect(silenceOf('nhi_egress', [...blocks, useAt(20, 60, { place: 0 }), useAt(21, 130, { place: 0 })])).toBeUndefined();
  expect(silenceOf('nhi_egress', [useAt(19, 0, { place: 1 }), ...blocks, useAt(20, 60, { place: 0 })])).toMatch(/first days/);
});

test('in the first days what is held to be judged counts as it will when it is settled', () => {
  const blocks = Array.from({ length: 7 }, (_, n) => useAt(n, n, { place: 101 + n }));
  const held = useAt(18, 30, { place: 108, agent: 0 });
  const home = useAt(20, 60, { place: 0 });
  expect(silenceOf('nhi_egress', [...blocks, home])).toMatch(/first days/);
  expect(silenceOf('nhi_egress', [...blocks, held, home])).toBeUndefined();
  // a key that was met by itself is not compared with its machine
  const others = { ...useAt(19, 40, { place: 108, agent: 0, key: 'AKIA2' }) };
  const another = useAt(21, 61, { place: 0, key: 'AKIA2' });
  expect(silenceOf('nhi_egress', [...blocks, held, another])).toBeUndefined();
  expect(silenceOf('nhi_egress', [...blocks, held, others, another])).toMatch(/first days/);
});

test('the findings of first days are the same when something late has them judged again after a day', () => {
  const blocks = Array.from({ length: 7 }, (_, n) => useAt(n, n, { place: 101 + n }));
  const told = (delay: number) => {
    const events = [
      ...blocks,
      useAt(18, 30, { place: 108, agent: 0 }),
      useAt(19, DAY, { agent: 0, delay }),
      useAt(20, DAY + 60, { place: 0 }),
    ];
    const last = useAt(21, DAY + 9 * 60);
    const all = findingsOf(
      'nhi_egress',
      [...events, last].sort((a, b) => a.arrival_time - b.arrival_time),
    );
    return [...new Map(all.map((one) => [one.uid, `${one.uid} ${one.score}`])).values()].sort();
  };
  expect(told(8 * 60)).toEqual(told(0));
});

test('whether a country is new is the same when something late has it judged again after a day', () => {
  const inCountry = (n: number, at: number, country: string, more: Partial<Endpoint> = {}, delay = 0) => {
    const one = useAt(n, at, { delay });
    return { ...one, src_endpoint: { ...one.src_endpoint!, country, ...more } };
  };
  const days = Array.from({ length: 12 * 11 }, (_, n) => inCountry(n, Math.floor(n / 11) * DAY + (n % 11) * 30, `C${n % 11}`));
  const other = { ip: '52.95.10.20', prefix: '52.95.10', asn: 16509 };
  const at = 20 * DAY;
  const told = (delay: number) => {
    const events = [
      ...days,
      // the twelfth country is known for good when the late one comes
      inCountry(200, at, 'C11', other),
      inCountry(201, at + 100, 'C0', { ...other, asn: 8075 }, delay),
      inCountry(202, at + 120, 'CH', { ...other, asn: 64501, as_class: 'unknown' }),
      inCountry(203, at + DAY + 60, 'C0'),
      inCountry(204, at + 3 * DAY, 'C0'),
    ];
    const limits = { allowed_lateness: DAY * 60_000 };
    const detect = createDetect([bareRule('nhi_egress', { report_from: 1 })], { config_digest: 'test', limits });
    const all = events.sort((a, b) => a.arrival_time - b.arrival_time).flatMap((event) => detect.accept(event));
    return all
      .filter((one) => one.trigger_event_uid === 'aws:t:0202')
      .at(-1)!
      .factors.map(({ name }) => name);
  };
  expect(told(0)).toContain('egress_country_new');
  expect(told(DAY - 39)).toEqual(told(0));
});

test('is silent for a reason', () => {
  expect(silenceOf('nhi_egress', [...tenDays(), useAt(50, LATER, { place: 0 })], { isOperatorEgress: () => true })).toMatch(
    /organisation's/,
  );
  expect(silenceOf('nhi_egress', [useAt(1, 0, { place: 0 })])).toMatch(/first days/);
});
