import type { StoryStep, StorySuite } from '../../../src/core/detect/story.js';
import { eventsOf, STORY_START } from '../../../src/core/detect/story-event.js';
import { parseUserAgent } from '../../../src/core/enrich/client.js';

const MINUTE = 60_000;
const SUITE: StorySuite = {
  places: { home: { ip: '84.208.20.110', country: 'NO' }, desk: { ip: '195.204.10.20', country: 'NO', as_class: 'access' } },
  clients: { curl: 'curl/8.5.0' },
  with: { place: 'home', client: 'curl' },
  stories: [],
};

const told = (...steps: StoryStep[]) => eventsOf(SUITE, { name: 'a story', outcome: 'quiet', steps }, parseUserAgent);
const eventOf = (step: Partial<StoryStep>) => told({ at: 0, activity: 'sign_in', ...step })[0]!.event;

test('stories begin on a Monday morning', () => {
  expect(new Date(STORY_START).toISOString()).toBe('2026-03-02T08:00:00.000Z');
  expect(eventOf({}).time).toBe(STORY_START);
});

describe('a step that repeats', () => {
  const steps = told(
    { at: 10 * MINUTE, arrives: 15 * MINUTE, token_issued: -MINUTE, every: 60 * MINUTE, times: 3, activity: 'sign_in', token: 't' },
    { at: 80 * MINUTE, activity: 'sign_out' },
  );

  test('happens so often and so far apart, in order of arrival among the others', () => {
    expect(steps.map(({ name, event }) => [name, event.activity, (event.time - STORY_START) / MINUTE])).toEqual([
      ['1.1', 'sign_in', 10],
      ['1.2', 'sign_in', 70],
      ['2', 'sign_out', 80],
      ['1.3', 'sign_in', 130],
    ]);
  });

  test('is told by events of their own, with everything that has a time moved along', () => {
    expect(steps.map(({ event }) => event.uid)).toEqual(['entra:story:1.1', 'entra:story:1.2', 'entra:story:2', 'entra:story:1.3']);
    const third = steps[3]!.event;
    expect(third.arrival_time).toBe(STORY_START + 135 * MINUTE);
    expect(third.token?.issued_time).toBe(STORY_START + 119 * MINUTE);
  });

  test('arrives when it happens, unless it says otherwise', () => {
    expect(told({ at: 0, every: MINUTE, times: 2, activity: 'sign_in' })[1]!.event.arrival_time).toBe(STORY_START + MINUTE);
  });

  test('says which time it is', () => {
    const events = told({
      at: 0,
      every: 1,
      times: 2,
      activity: 'sign_in',
      session: 's{n}',
      details: { file: '{n} of {n}.pdf' },
      is_bound: true,
    });
    expect(events.map(({ event }) => [event.session?.uid, event.details])).toEqual([
      ['s1', { file: '1 of 1.pdf' }],
      ['s2', { file: '2 of 2.pdf' }],
    ]);
  });

  test('does not touch the texts of one that happens once', () => {
    expect(eventOf({ session: 's{n}' }).session?.uid).toBe('s{n}');
  });
});

test('arrival never goes back', () => {
  const [first, second] = told({ at: 5, arrives: 9, activity: 'sign_in' }, { at: 9, activity: 'sign_in' });
  expect([first?.event.arrival_time, second?.event.arrival_time]).toEqual([STORY_START + 9, STORY_START + 9]);
});

test('who did it to another, and from where, on what device and with what', () => {
  const event = eventOf({ role: 'target', by: 'help@example.com', by_place: 'desk', by_device: 'd-desk', by_client: 'curl' });
  expect(event).toMatchObject({
    subject_role: 'target',
    actor: {
      principal: { key: 'default/help@example.com', type: 'human', email: 'help@example.com' },
      src_endpoint: { ip: '195.204.10.20', as_class: 'access' },
      user_agent: { family: 'curl' },
      device: { uid: 'd-desk', evidence: 'observed' },
    },
  });
  expect(eventOf({ role: 'target', by_cookie: 'c-desk' }).actor?.device).toEqual({ evidence: 'observed', cookie_uid: 'c-desk' });
  expect(event.session).toBeUndefined();
  expect(event.src_endpoint).toBeUndefined();
  expect(event.user_agent).toBeUndefined();
  expect(eventOf({ role: 'target', by_place: 'none' }).actor).toEqual({
    principal: { key: 'default/admin@example.com', type: 'human', email: 'admin@example.com' },
  });
  expect(eventOf({}).actor).toBeUndefined();
});

test('what a step says of the principal, the device, the vendor and the data', () => {
  expect(
    eventOf({
      type: 'service',
      tags: ['shared'],
      device: 'd1',
      device_os: 'windows',
      is_managed: true,
      is_compliant: false,
      status_detail: '50140',
      app_name: 'Payroll',
      resource: 'Microsoft Graph',
      risk: { level: 'high', reasons: ['anonymizedIPAddress'] },
      geo: '2018',
    }),
  ).toMatchObject({
    principal: { type: 'service', tags: ['shared'] },
    device: { uid: 'd1', evidence: 'observed', os: 'windows', is_managed: true, is_compliant: false },
    status_detail: '50140',
    app: { name: 'Payroll' },
    resource: { name: 'Microsoft Graph' },
    risk: { level: 'high', reasons: ['anonymizedIPAddress'] },
    enrichment: { geo: '2018' },
  });
  expect(eventOf({})).toMatchObject({ principal: { type: 'human' }, device: undefined, risk: undefined, enrichment: { geo: 'story' } });
  expect(eventOf({ risk: { level: 'low' } }).risk).toEqual({ level: 'low', reasons: [] });
});

test.each<Partial<StoryStep>>([{ is_managed: false }, { is_compliant: true }, { device_os: 'ios' }, { cookie: 'c' }])(
  'a device without an id: %j',
  (step) => {
    expect(eventOf(step).device?.evidence).toBe('observed');
  },
);
