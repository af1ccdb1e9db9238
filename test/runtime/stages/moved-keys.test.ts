import { isMovedKey, MOVED_MOST, MovedKeys } from '../../../src/runtime/stages/moved-keys.js';

/** What another owner reads back. */
function restored(records: ReturnType<MovedKeys['takeRecords']>): MovedKeys {
  const next = new MovedKeys();
  for (const { key, value } of records) {
    expect(isMovedKey(Buffer.from(key!))).toBe(true);
    next.load(Buffer.from(key!), value, 'changelog');
  }
  return next;
}

test('is known after a restore, until it stands for itself again', () => {
  const moved = new MovedKeys();
  moved.set('t/a', 't/b', 1);
  const first = moved.takeRecords('changelog', 3);
  expect(first).toMatchObject([{ topic: 'changelog', partition: 3 }]);
  expect(restored(first).get('t/a')).toBe('t/b');
  moved.delete('t/a');
  moved.delete('t/never');
  expect(moved.takeLifted()).toEqual(['t/a']);
  expect(moved.takeLifted()).toEqual([]);
  expect(restored([...first, ...moved.takeRecords('changelog', 3)]).size).toBe(0);
  expect(moved.takeRecords('changelog', 3)).toEqual([]);
});

test('is forgotten when it is old, by when it was told last', () => {
  const moved = new MovedKeys();
  moved.set('t/a', 't/b', 1);
  moved.set('t/c', 't/d', 2);
  moved.set('t/a', 't/e', 5);
  moved.expire(5);
  expect([moved.get('t/a'), moved.get('t/c')]).toEqual(['t/e', undefined]);
  expect(moved.takeLifted()).toEqual(['t/c']);
});

test('there are no more than so many', () => {
  const moved = new MovedKeys();
  for (let n = 0; n <= MOVED_MOST; n++) moved.set(`t/${n}`, 't/b', n);
  expect(moved.size).toBe(MOVED_MOST);
  expect(moved.get('t/0')).toBeUndefined();
});

test('a format of a later version stops whoever reads it', () => {
  const key = Buffer.from('\u0000moved/t/a');
  expect(() => new MovedKeys().load(key, Buffer.from('{"format":2}'), 'changelog')).toThrow('format 2');
});
