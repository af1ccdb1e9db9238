import { googleShapeOf, readActivity } from '../../../../../src/core/normalize/sources/google/google-shapes.js';

const ID = { applicationName: 'login', time: '2026-03-02T08:15:30Z', uniqueQualifier: '-7', customerId: 'C04fjord7' };

test.each<[string, Record<string, unknown>, string | undefined]>([
  ['the API', { id: ID, events: [] }, 'api'],
  ['one event apart', { id: ID, events: {} }, 'api'],
  ['hoisted', { id: ID, name: 'logout' }, 'hoisted'],
  ['hoisted beside an empty list', { id: ID, name: 'logout', events: null }, 'hoisted'],
  ['columns', { id: ID, event_name: 'logout' }, 'columns'],
  ['a table', { id_applicationName_s: 'login', event_name_s: 'logout' }, 'table'],
  ['an activity of BigQuery', { record_type: 'login', time_usec: 1, event_name: 'logout' }, 'activity_row'],
  ['a mail of BigQuery', { event_info: { timestamp_usec: 1 }, message_info: {} }, 'mail_row'],
  ['Chrome`s connector', { event: 'passwordReuseEvent', time: '1772439330', client_type: 'CHROME_BROWSER' }, 'browser'],
  ['an id that is a text', { id: 'login', events: [] }, undefined],
  ['an id of somebody else', { id: { name: 'x' }, events: [] }, undefined],
  ['another client', { event: 'x', time: '1', client_type: 'WEB' }, undefined],
  ['other records', { eventType: 'user.session.start', actor: {} }, undefined],
])('%s', (_name, record, shape) => {
  expect(googleShapeOf(record)).toBe(shape);
});

test('events of a list are told apart by their place, split ones by their content', () => {
  const event = (name: string, value: string) => ({ name, type: 'acl_change', parameters: [{ name: 'target_user', value }] });
  const listed = readActivity({ id: ID, events: [event('change_user_access', 'a'), event('change_user_access', 'b')] }, 'api');
  expect(listed.events.map(({ part }) => part)).toEqual([undefined, undefined]);
  const parts = ['a', 'b', 'a'].map((user) => readActivity({ id: ID, events: event('change_user_access', user) }, 'api').events[0]?.part);
  expect(parts[0]).toBe(parts[2]);
  expect(parts[0]).not.toBe(parts[1]);
});

test('events as text, and none', () => {
  expect(readActivity({ id: ID, events: '[{"name":"logout"}]' }, 'api').events.map(({ name }) => name)).toEqual(['logout']);
  expect(readActivity({ id: ID, events: [] }, 'api').events).toEqual([]);
  expect(readActivity({ id: ID, events: [null, 'x'] }, 'api').events).toEqual([]);
});

test('whoever sent a mail that was sent, else whose mailbox it is in', () => {
  const row = (type: number) => ({
    event_info: { timestamp_usec: 1772439330250000, mail_event_type: type },
    message_info: { source: { address: 'from@harbour.example' }, destination: [{ address: 'to@fjord.example' }] },
  });
  expect(readActivity(row(1), 'mail_row').actor['email']).toBe('from@harbour.example');
  expect(readActivity(row(7), 'mail_row').actor['email']).toBe('to@fjord.example');
  expect(readActivity(row(7), 'mail_row').time).toBe(1772439330250);
});
