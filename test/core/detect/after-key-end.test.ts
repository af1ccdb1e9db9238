import { findingsOf, silenceOf, useAt } from '../../helpers/uses.js';

const uses = [useAt(1, 0), useAt(2, 60)];
const end = (n: number, at: number, effect: string, delay = 0) => useAt(n, at, { effect, delay });

test('it says who took it away, when, and which', () => {
  const [finding] = findingsOf('use_after_key_end', [...uses, end(3, 90, 'deleted'), useAt(4, 120)]);
  expect(finding).toMatchObject({ score: 65, token: { uid: 'AKIA1' } });
  expect(finding!.evidence.map(({ event_uid, role }) => [event_uid.slice(-4), role])).toEqual([
    ['0003', 'baseline'],
    ['0004', 'trigger'],
  ]);
});

test('of several ends in a row the first is broken: who deletes again ends nothing anew', () => {
  const said = findingsOf('use_after_key_end', [...uses, end(3, 90, 'disabled'), end(4, 118, 'deleted'), useAt(5, 120)]);
  expect(said[0]!.evidence[0]!.event_uid).toMatch(/0003$/);
});

test('an end that is told late finds the latest use, and takes nothing of the one before', () => {
  expect(findingsOf('use_after_key_end', [...uses, useAt(4, 120), end(3, 90, 'deleted', 100)])).toMatchObject([
    { trigger_event_uid: 'aws:t:0004' },
  ]);
  expect(findingsOf('use_after_key_end', [...uses, end(3, 90, 'deleted', 100)])).toEqual([]);
});

test('an end that is told late finds odd uses before the latest, as it would have in time', () => {
  const said = (delay: number) => {
    const events = [...uses, end(3, 90, 'deleted', delay), useAt(4, 120, { agent: 0, delay: delay / 2 }), useAt(5, 130)];
    events.sort((a, b) => a.arrival_time - b.arrival_time);
    const last = findingsOf('use_after_key_end', events).at(-1);
    return [last?.score, last?.trigger_event_uid, last?.token?.uid];
  };
  expect(said(0)).toEqual([100, 'aws:t:0004', 'AKIA1']);
  expect(said(100)).toEqual(said(0));
});

test('a use that comes late is not the latest', () => {
  const events = [useAt(1, 0), useAt(4, 120), useAt(2, 60, { delay: 70 }), end(3, 90, 'deleted', 100)];
  expect(findingsOf('use_after_key_end', events)).toMatchObject([{ trigger_event_uid: 'aws:t:0004' }]);
});

test('that it was switched on again, told late, takes it back', () => {
  const said = findingsOf('use_after_key_end', [...uses, end(3, 70, 'disabled'), useAt(5, 120), end(4, 100, 'enabled', 60)]);
  expect(said.map(({ status }) => status)).toEqual(['new', 'retracted']);
});

test('whoever has signed out a hundred times, before or after it, is found all the same', () => {
  const signOut = (n: number, at: number) => ({
    ...useAt(n, at),
    activity: 'sign_out' as const,
    session: { uid: `s${n}`, issuer: 'aws:t', confidence: 'high' as const },
  });
  const before = Array.from({ length: 100 }, (_, n) => signOut(100 + n, n / 2));
  const after = Array.from({ length: 100 }, (_, n) => signOut(300 + n, 91 + n / 10));
  expect(findingsOf('use_after_key_end', [...before, ...uses, end(3, 90, 'deleted'), ...after, useAt(4, 120)])).toHaveLength(1);
});

test('is silent for a reason', () => {
  expect(silenceOf('use_after_key_end', uses)).toBe('the credential was not taken away before it');
  expect(silenceOf('use_after_key_end', [...uses, end(3, 90, 'deleted'), useAt(4, 91)])).toMatch(/^so soon/);
  expect(silenceOf('use_after_key_end', [...uses, end(3, 70, 'disabled'), end(4, 80, 'enabled'), useAt(5, 120)])).toMatch(
    /switched on again/,
  );
});
