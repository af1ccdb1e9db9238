import { DAY, findingsOf, silenceOf, tenDays, useAt } from '../../helpers/uses.js';

const LATER = 10 * DAY;
/** From so many blocks of a cloud that is new to the key, a minute apart. */
const spread = (count: number, every = 1) =>
  Array.from({ length: count }, (_, n) => useAt(100 + n, LATER + n * every, { place: 101 + 2 * n }));

test('it names the first use from each place, and the credential', () => {
  const [finding] = findingsOf('token_reuse', [...tenDays(), ...spread(10)]);
  expect(finding).toMatchObject({ level: 'medium', token: { uid: 'AKIA1', kind: 'access_key_id' } });
  expect(finding!.evidence.filter(({ role }) => role === 'context')).toHaveLength(8);
  expect(finding!.message).toMatch(/from 10 address blocks within an hour/);
});

test('each hour has its own finding, and one grows within it', () => {
  const said = findingsOf('token_reuse', [...tenDays(), ...spread(12)]);
  expect(new Set(said.map(({ uid }) => uid)).size).toBe(1);
  const later = spread(10).map((event) => ({
    ...event,
    uid: `${event.uid}b`,
    time: event.time + 3_600_000,
    arrival_time: event.time + 3_600_000,
  }));
  expect(new Set(findingsOf('token_reuse', [...tenDays(), ...spread(10), ...later]).map(({ uid }) => uid)).size).toBe(2);
});

test('two credentials are not one', () => {
  const mixed = spread(10).map((event, n) => (n % 2 === 0 ? event : { ...event, token: { uid: 'AKIA2', kind: 'access_key_id' } }));
  expect(findingsOf('token_reuse', [...tenDays(), ...mixed])).toEqual([]);
});

test('is silent for a reason', () => {
  expect(silenceOf('token_reuse', [...tenDays(), ...spread(3)])).toMatch(/from 3 address blocks .* too few/);
  expect(silenceOf('token_reuse', [useAt(1, 0, { place: 0 })])).toMatch(/^it is no use of a credential/);
});
