import fc from 'fast-check';
import { Feeds } from '../../../src/core/state/feeds.js';
import { runs } from '../../helpers/runs.js';
import { MINUTE } from '../../helpers/world.js';

const at = (minute: number, feed = 'default/okta') => ({ feed, first_time: minute * MINUTE, last_time: minute * MINUTE });
const heard = (...minutes: number[]): Feeds => {
  const feeds = new Feeds();
  for (const minute of minutes) feeds.hear(at(minute));
  return feeds;
};

test('a log is silent where nobody has heard it for longer than is allowed', () => {
  const feeds = heard(0, 50, 120);
  const silence = (from: number, to: number) => feeds.silence('default/okta', from * MINUTE, to * MINUTE, 60 * MINUTE);
  expect(silence(0, 50)).toBeUndefined();
  expect(silence(10, 120)).toEqual({ first_time: 50 * MINUTE, last_time: 120 * MINUTE });
  expect(feeds.latest('default/okta')).toBe(120 * MINUTE);
});

test('logs of two tenants are two', () => {
  const feeds = heard(0, 10, 20);
  expect(feeds.silence('other/okta', 0, 20 * MINUTE, 60 * MINUTE)).toBeDefined();
  expect(feeds.latest('other/okta')).toBeUndefined();
});

test('it is heard to the minute: what is said of one is no news in it', () => {
  const feeds = heard(3);
  const later = { feed: 'default/okta', first_time: 3.9 * MINUTE, last_time: 3.9 * MINUTE };
  expect(feeds.hear(later)).toBe(false);
  expect(feeds.hear(at(4))).toBe(true);
  expect(feeds.latest('default/okta')).toBe(4 * MINUTE);
});

test('what is old is forgotten, and what reaches into now is not', () => {
  const feeds = heard(0, 5, 100, 105, 110);
  feeds.forget(104 * MINUTE);
  expect(feeds.standing()).toEqual({ 'default/okta': [[100, 110]] });
  feeds.forget(1000 * MINUTE);
  expect(feeds.standing()).toBeUndefined();
});

test('who goes on from what was written knows the same', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a/okta', 'b/entra'), fc.nat({ max: 2000 }))), (all) => {
      const feeds = new Feeds();
      for (const [feed, minute] of all) feeds.hear(at(minute, feed));
      const next = new Feeds();
      next.hear(at(1, 'c/okta'));
      next.resume(JSON.parse(JSON.stringify(feeds.standing() ?? null)) ?? undefined);
      expect(next.standing()).toEqual(feeds.standing());
    }),
    runs(200),
  );
});
