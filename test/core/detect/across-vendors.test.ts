import { loadLists } from '../../../src/config/data.js';
import { readRules } from '../../../src/config/rules.js';
import { createDetect, DETECTORS } from '../../../src/core/detect/index.js';
import type { StoryPlace, StoryStep } from '../../../src/core/detect/story.js';
import { eventsOf } from '../../../src/core/detect/story-event.js';
import { parseUserAgent } from '../../../src/core/enrich/client.js';
import type { Finding } from '../../../src/core/event/index.js';
import { bareRule } from '../../helpers/rules.js';
import { alive, OPTIONS, type Step as SignOnStep, step, tell } from '../../helpers/sign-on.js';

const { clients } = loadLists();
const rules = readRules(['rules'], DETECTORS).rules.map(({ rule }) => rule);
const laneOfClient = (uid: string) => clients.get(uid)?.lane;

const place = (
  ip: string,
  country: string,
  city: string,
  lat: number,
  long: number,
  asn: number,
  as_org: string,
  as_class: 'access' | 'hosting',
) => ({ ip, country, city, lat, long, radius_km: 20, asn, as_org, as_class }) satisfies StoryPlace;
const PLACES = {
  oslo: place('84.208.20.110', 'NO', 'Oslo', 59.91, 10.75, 2119, 'Telenor Norge', 'access'),
  singapore: place('116.14.9.9', 'SG', 'Singapore', 1.35, 103.82, 3758, 'Singtel', 'access'),
  rented: place('178.62.10.20', 'NL', 'Amsterdam', 52.37, 4.9, 14061, 'DigitalOcean', 'hosting'),
};
const CLIENTS = {
  edge: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
};

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

type Step = Omit<StoryStep, 'at'> & { at: number };

/** What all shipped rules together say in the end. @param steps their times in minutes */
function standing(steps: readonly Step[]): Finding[] {
  const suite = { places: PLACES, clients: CLIENTS, with: { place: 'oslo', client: 'edge' }, stories: [] };
  const told = steps.map((step) => ({ ...step, at: step.at * MINUTE }));
  const detect = createDetect(rules, { config_digest: 'test', laneOfClient });
  const latest = new Map<string, Finding>();
  for (const { event } of eventsOf(suite, { name: '', outcome: 'fires', steps: told }, parseUserAgent))
    for (const finding of detect.accept(event)) latest.set(finding.uid, finding);
  return [...latest.values()].filter(({ status }) => status !== 'retracted');
}

const types = (findings: readonly Finding[]) => [...new Set(findings.map(({ type }) => type))].sort();
const incidents = (findings: readonly Finding[]) => new Set(findings.map(({ incident_uid }) => incident_uid));

/** Twenty days of a person at home: the provider in the morning, then the apps behind it, all from one place. */
const WORK: Step[] = [
  { at: 0, every: DAY, times: 20, activity: 'sign_in', source: 'okta/system_log', session: 'o{n}' },
  { at: 5, every: DAY, times: 20, activity: 'session_use', source: 'slack/audit', session: 'k{n}' },
  {
    at: 10,
    every: DAY,
    times: 20,
    activity: 'session_use',
    source: 'google_workspace/drive',
    session: '1002:pc',
    confidence: 'surrogate',
    client: 'none',
  },
  { at: 15, every: DAY, times: 20, activity: 'session_use', source: 'salesforce/event_monitoring', session: 'f{n}' },
  {
    at: 20,
    every: DAY,
    times: 20,
    activity: 'data_export',
    source: 'slack/audit',
    action: 'file_downloaded',
    session: 'k{n}',
    details: { kind: 'file' },
  },
];
const NEXT = 20 * 1440;

test('Okta in Oslo and Slack in Singapore ten minutes later is one finding, of the session at Slack', () => {
  const said = standing([
    ...WORK,
    { at: NEXT, activity: 'sign_in', source: 'okta/system_log', session: 'o' },
    { at: NEXT + 10, activity: 'session_use', source: 'slack/audit', session: 'k', place: 'singapore' },
  ]);
  expect(incidents(said).size).toBe(1);
  const travel = said.filter(({ type }) => type === 'impossible_travel');
  expect(travel).toHaveLength(1);
  expect(travel[0]).toMatchObject({ session: { uid: 'k', issuer: 'slack:story' }, travel: { from: 'Oslo NO', to: 'Singapore SG' } });
});

describe('how bad it is when the person is not seen in Oslo again', () => {
  const slack = { at: NEXT + 10, activity: 'session_use', source: 'slack/audit', session: 'k', place: 'singapore' } as const;
  const install = {
    activity: 'oauth_consent',
    source: 'slack/audit',
    action: 'app_installed',
    session: 'k',
    place: 'singapore',
    details: { kind: 'app', app: 'Tide Board', app_uid: 'A0TIDE0001', scopes: 'channels:history' },
  } as const;
  test.each<[string, Finding['level'], Step[]]>([
    ['low by the place alone', 'low', [slack]],
    ['also when Slack logs a sign-in there', 'low', [{ ...slack, activity: 'sign_in' }]],
    ['also on a rented server, which has no place', 'low', [{ ...slack, place: 'rented' }]],
    ['medium with a program that is not theirs', 'medium', [{ ...slack, client: 'firefox' }]],
    ['medium on a rented server with such a program', 'medium', [{ ...slack, place: 'rented', client: 'firefox' }]],
    ['medium when an app is let in there', 'medium', [slack, { at: NEXT + 15, ...install }]],
    [
      'critical when somebody with such a program does',
      'critical',
      [
        { ...slack, client: 'firefox' },
        { at: NEXT + 12, activity: 'session_use', source: 'okta/system_log', session: 'o' },
        { at: NEXT + 15, ...install, client: 'firefox' },
      ],
    ],
  ])('%s', (_, level, steps) => {
    const said = standing([...WORK, { at: NEXT, activity: 'sign_in', source: 'okta/system_log', session: 'o' }, ...steps]);
    expect(incidents(said).size).toBe(1);
    expect(new Set(said.map(({ incident_level }) => incident_level))).toEqual(new Set([level]));
  });
});

describe('where nobody gets into Slack but through Okta, which logs every step to an app', () => {
  const enforced = [bareRule('impossible_travel', { report_from: 36 }), bareRule('no_sign_on', { within: 10 * MINUTE })];
  const oslo: SignOnStep = { at: 30, what: 'okta', session: 'o' };
  const slack: SignOnStep = { at: 41, what: 'slack', session: 'k', place: 4 };
  const told = (...steps: SignOnStep[]) => {
    const all = [...alive(0, 200, 10), ...steps].map(step);
    return [...new Map(tell(createDetect(enforced, OPTIONS), all, 240).map((one) => [one.uid, one])).values()];
  };

  test('a session that begins there and that Okta does not know is medium, and one incident with the journey', () => {
    const said = told(oslo, slack);
    expect(said.map(({ type, level }) => `${type} ${level}`).sort()).toEqual(['impossible_travel low', 'no_sign_on medium']);
    expect(incidents(said).size).toBe(1);
  });

  test('and high of somebody who is known', () => {
    const days = Array.from({ length: 10 }, (_, day): SignOnStep => ({ at: -(10 - day) * 1440, what: 'okta', session: `d${day}` }));
    const detect = createDetect([bareRule('no_sign_on', { within: 10 * MINUTE, learning_sign_ins: 3 })], OPTIONS);
    const said = tell(detect, [...days, ...alive(0, 200, 10), oslo, slack].map(step), 240);
    expect(said).toMatchObject([{ level: 'high', score: 75 }]);
    expect(said[0]!.factors.map(({ name }) => name)).toEqual(['no_sign_on', 'network_new', 'country_new']);
  });

  test('whoever switched a VPN on that nobody listed goes through Okta from there, too: that is a journey and no more', () => {
    const said = told(oslo, { at: 40, what: 'sso', session: 'o2', place: 4 }, slack);
    expect(types(said)).toEqual(['impossible_travel']);
    expect(said.every(({ level }) => level === 'low')).toBe(true);
  });
});

test('and of somebody of whom nothing is known', () => {
  const said = standing([
    { at: 0, activity: 'sign_in', source: 'okta/system_log', session: 'o' },
    { at: 10, activity: 'session_use', source: 'slack/audit', session: 'k', place: 'singapore' },
  ]);
  expect(types(said)).toEqual(['impossible_travel']);
  expect(said).toHaveLength(1);
  expect(said[0]?.session?.uid).toBe('k');
});

test('what is done in that session belongs to the same incident, also when the owner works on', () => {
  const said = standing([
    ...WORK,
    { at: NEXT, activity: 'sign_in', source: 'okta/system_log', session: 'o' },
    { at: NEXT + 10, activity: 'session_use', source: 'slack/audit', session: 'k', place: 'singapore', client: 'firefox' },
    {
      at: NEXT + 12,
      activity: 'session_use',
      source: 'google_workspace/drive',
      session: '1002:pc',
      confidence: 'surrogate',
      client: 'none',
    },
    {
      at: NEXT + 15,
      activity: 'oauth_consent',
      source: 'slack/audit',
      action: 'app_installed',
      session: 'k',
      place: 'singapore',
      client: 'firefox',
      details: { kind: 'app', app: 'Tide Board', app_uid: 'A0TIDE0001', scopes: 'channels:history' },
    },
  ]);
  expect(types(said)).toEqual(expect.arrayContaining(['impossible_travel', 'post_compromise']));
  expect(incidents(said).size).toBe(1);
  expect(said.every(({ incident_level }) => incident_level === 'critical')).toBe(true);
});

test('a stolen Slack session that installs an app is one incident', () => {
  const said = standing([
    ...WORK,
    { at: NEXT, activity: 'session_use', source: 'slack/audit', session: 'k' },
    { at: NEXT + 10, activity: 'session_use', source: 'slack/audit', session: 'k', place: 'rented', client: 'firefox' },
    {
      at: NEXT + 15,
      activity: 'oauth_consent',
      source: 'slack/audit',
      action: 'app_installed',
      session: 'k',
      place: 'rented',
      client: 'firefox',
      details: { kind: 'app', app: 'Tide Board', app_uid: 'A0TIDE0001', scopes: 'channels:history' },
    },
  ]);
  expect(types(said)).toEqual(expect.arrayContaining(['post_compromise', 'session_reuse']));
  expect(incidents(said).size).toBe(1);
});

test('a thief who goes from the provider through three apps is one incident', () => {
  const thief = { place: 'rented', client: 'firefox' };
  const said = standing([
    ...WORK,
    { at: NEXT, activity: 'sign_in', source: 'okta/system_log', session: 'o' },
    { at: NEXT + 10, activity: 'session_use', source: 'okta/system_log', session: 'o', ...thief },
    { at: NEXT + 12, activity: 'session_use', source: 'slack/audit', session: 'k', ...thief },
    {
      at: NEXT + 15,
      activity: 'oauth_consent',
      source: 'google_workspace/token',
      action: 'authorize',
      session: '1002:AS14061:NL',
      confidence: 'low',
      details: { kind: 'delegated', scopes: 'https://mail.google.com/' },
      ...thief,
      client: 'none',
    },
    {
      at: NEXT + 20,
      activity: 'api_key',
      source: 'github/audit',
      action: 'public_key.create',
      session: 'none',
      details: { kind: 'ssh_key', effect: 'created' },
      ...thief,
    },
    {
      at: NEXT + 25,
      activity: 'data_export',
      source: 'salesforce/event_monitoring',
      action: 'ReportEvent',
      session: 'f',
      details: { kind: 'report', file_count: '5400' },
      ...thief,
    },
  ]);
  expect(types(said)).toEqual(expect.arrayContaining(['post_compromise', 'session_reuse']));
  // one of Salesforce's session, and one of what names none
  expect(
    said
      .filter(({ type }) => type === 'post_compromise')
      .map(({ session }) => session?.uid)
      .sort(),
  ).toEqual(['f', undefined]);
  expect(incidents(said).size).toBe(1);
});

describe('what somebody whose theft at the provider is known does at an app whose log names no session', () => {
  const thief = { place: 'rented', client: 'firefox' };
  const known: Step[] = [
    ...WORK,
    { at: NEXT, activity: 'sign_in', source: 'okta/system_log', session: 'o' },
    { at: NEXT + 10, activity: 'session_use', source: 'okta/system_log', session: 'o', ...thief },
  ];
  const google = { place: 'rented', client: 'none', session: 'none', is_presence: true };
  const forwarding: Step = {
    ...google,
    at: NEXT + 30,
    activity: 'mail_forwarding',
    source: 'google_workspace/user_accounts',
    action: 'email_forwarding_out_of_domain',
    details: { kind: 'mailbox', is_external: 'true' },
  };
  const download: Step = {
    ...google,
    at: NEXT + 30,
    activity: 'data_export',
    source: 'google_workspace/drive',
    action: 'download',
    details: { kind: 'file' },
  };

  test.each([
    ['mail is sent on', forwarding],
    ['a file is taken, which is nothing by itself', download],
  ])('is of that incident, with what is low of the same event: %s', (_, act) => {
    const said = standing([...known, act]);
    expect(types(said)).toEqual(['new_country', 'post_compromise', 'session_reuse']);
    expect(incidents(said).size).toBe(1);
  });

  test('also when the provider’s log comes an hour late: what was low before anybody knew came from the same place', () => {
    const [own, stolen] = known.slice(-2).map((step) => ({ ...step, arrives: (NEXT + 60) * MINUTE }));
    const said = standing([...WORK, download, own!, stolen!]);
    const of = (type: string) => said.find((one) => one.type === type)?.incident_uid;
    expect(of('post_compromise')).toBe(of('session_reuse'));
    expect(of('new_country')).toBe(of('session_reuse'));
  });
});

test('a person`s working days at five vendors say nothing', () => {
  expect(standing([...WORK, { at: NEXT, activity: 'sign_in', source: 'okta/system_log', session: 'o' }])).toEqual([]);
});

test('nor does the first day of one who starts', () => {
  expect(standing(WORK.map((step) => ({ ...step, times: 1, every: DAY })))).toEqual([]);
});

test('a journey on which the apps come along says nothing either', () => {
  const said = standing([
    ...WORK,
    { at: NEXT, activity: 'session_use', source: 'slack/audit', session: 'k', place: 'oslo' },
    {
      at: NEXT + 20 * 60,
      activity: 'session_use',
      source: 'google_workspace/drive',
      session: '1002:pc',
      confidence: 'surrogate',
      client: 'none',
      place: 'singapore',
    },
  ]);
  expect(types(said).filter((type) => type !== 'new_country')).toEqual([]);
});

describe('a theft at Google, whose logs name no session of the web', () => {
  const thief = { place: 'rented', client: 'none', session: 'none', is_presence: true };

  test('the sign-in and what is done after it are one incident', () => {
    const said = standing([
      ...WORK,
      { ...thief, at: NEXT + 10, activity: 'sign_in', source: 'google_workspace/login', action: 'login_success' },
      {
        ...thief,
        at: NEXT + 13,
        activity: 'mail_forwarding',
        source: 'google_workspace/user_accounts',
        action: 'email_forwarding_out_of_domain',
        details: { kind: 'mailbox', is_external: 'true' },
      },
    ]);
    expect(types(said)).toEqual(['new_country', 'post_compromise']);
    expect(incidents(said).size).toBe(1);
  });

  test('an app that they let in, in other hands: what is said is of the grant, and of the app', () => {
    const app = { source: 'google_workspace/token', session: '1002:app', confidence: 'surrogate', client: 'none', app: 'a1' } as const;
    const said = standing([
      ...WORK,
      {
        ...app,
        at: 30,
        activity: 'oauth_consent',
        action: 'authorize',
        details: { kind: 'delegated', scopes: 'https://mail.google.com/' },
      },
      { ...app, at: 40, every: DAY, times: 20, activity: 'session_use', is_presence: false, place: 'rented' },
      { ...app, at: NEXT + 10, activity: 'session_use', is_presence: false, place: 'singapore' },
      {
        ...app,
        at: NEXT + 20,
        activity: 'mail_forwarding',
        action: 'email_forwarding_out_of_domain',
        is_presence: false,
        place: 'singapore',
        details: { kind: 'mailbox', is_external: 'true' },
      },
    ]);
    const of = (type: string) => said.find((one) => one.type === type)?.message;
    expect(of('nhi_egress')).toMatch(
      /^alex@example.com's grant to the app a1 is used as never before \(email_forwarding_out_of_domain\), from Singtel /,
    );
    expect(of('session_reuse')).toMatch(/^alex@example.com's grant to the app a1 is used from Singtel /);
    expect(of('post_compromise')).toMatch(/^alex@example.com did what thieves do .*, through the app a1 that they let in, from Singtel /);
  });

  test('a key of their own: of the credential', () => {
    const key = {
      source: 'aws/cloudtrail',
      session: 'none',
      client: 'none',
      token: 'AKIAIOSFODNN7EXAMPLE',
      token_kind: 'access_key_id',
    } as const;
    const said = standing([
      ...WORK,
      { ...key, at: 40, every: DAY, times: 20, activity: 'session_use', is_presence: false, place: 'rented' },
      { ...key, at: NEXT + 10, activity: 'session_use', is_presence: false, place: 'singapore' },
    ]);
    expect(said.find(({ type }) => type === 'nhi_egress')?.message).toMatch(
      /^alex@example.com's credential is used as never before, from Singtel /,
    );
  });
});
