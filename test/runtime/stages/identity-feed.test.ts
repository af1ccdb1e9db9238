import { HeardAccounts } from '../../../src/core/detect/heard.js';
import { createIdentityTable } from '../../../src/core/identity/table.js';
import { DriftMeter } from '../../../src/core/normalize/drift/meter.js';
import type { OutRecord, Transport } from '../../../src/runtime/kafka/transport.js';
import { IdentityFeed } from '../../../src/runtime/stages/identity-feed.js';
import { SourceIds } from '../../../src/runtime/stages/source-ids.js';
import { until } from '../../cli/until.js';
import { MemoryKafka } from '../../helpers/memory-kafka.js';
import { say } from '../../helpers/world.js';

const link = (key: string, value: string): OutRecord => ({ topic: 'identities', partition: 0, key, value: Buffer.from(value) });

function kafkaWith(...links: OutRecord[]): MemoryKafka {
  const kafka = new MemoryKafka();
  kafka.topic('identities', 2);
  kafka.write(links);
  return kafka;
}

async function feedOn(
  transport: Transport,
  now = 0,
  meter = new DriftMeter(),
  accounts = new HeardAccounts(),
  topics = new SourceIds(() => undefined),
) {
  const adopted: string[] = [];
  let feed: IdentityFeed | undefined;
  const table = createIdentityTable([], undefined, (key, value) => feed?.told(key, value));
  const failures: unknown[] = [];
  feed = new IdentityFeed({
    topic: 'identities',
    group_id: `mine-${Math.random()}`,
    transport,
    admin: await transport.admin(),
    table: () => table,
    adopted: (key) => void adopted.push(key),
    now: () => now,
    fields: meter,
    accounts,
    topics,
    failed: (error) => void failures.push(error),
  });
  await feed.start();
  return { feed, table, failures, adopted };
}

/** As a table says what it has learned. */
function learned(): OutRecord[] {
  const links: OutRecord[] = [];
  const table = createIdentityTable([], undefined, (key, value) => void links.push(link(key, value)));
  for (let n = 0; n < 20; n++)
    table.learn('default', {
      vendor: 'okta',
      account: 'acme',
      links: [],
      principal: { type: 'human', uid: `00u${n}`, email: `p${n}@x.example` },
    } as never);
  return links;
}

test('what nobody answers for any more is told, however much of it was read', async () => {
  const kafka = kafkaWith(...learned());
  const { feed } = await feedOn(kafka.client());
  expect(feed.unreadyReason).toBe('who is who is being read');
  await until(() => feed.isRead, 'it is read');
  expect(feed.unreadyReason).toBeUndefined();
  kafka.unanswered.set('identities/1', { ms: 10_000, is_outdated: false });
  expect(feed.unreadyReason).toBe('who is who: identities/1 is not read for 10 s, its leader does not answer');
  await feed.stop();
});

test('it is read when everything is there that was there at the start', async () => {
  const links = learned();
  expect(links.length).toBeGreaterThan(7);
  const kafka = kafkaWith(...links);
  const { feed, table, failures } = await feedOn(kafka.client());
  expect(feed.isRead).toBe(false);
  await until(() => feed.isRead, 'it is read');
  expect(table.links).toBe(links.length);
  // what another process has told is told by nobody else
  expect(feed.takeLinks()).toEqual([]);
  await feed.stop();
  expect(failures).toEqual([]);
});

test('what cannot be read of it ends the process, as of every topic of our own', async () => {
  const links = learned();
  const client = kafkaWith(...links).client();
  const undecodable = {
    reason: 'checksum',
    detail: 'not what was written',
    first_offset: 2,
    last_offset: 2,
    records: 1,
    bytes: 99,
  } as const;
  const group: Transport['group'] = ({ events, ...options }) => {
    const batch: typeof events.batch = (at, records, ...rest) => {
      const [damaged] = records.filter(({ offset }) => offset === 2);
      const seen = records.map((record) => (record === damaged ? { ...record, key: null, value: null, undecodable } : record));
      events.batch(at, seen, ...rest);
    };
    return client.group({ ...options, events: { ...events, batch } });
  };
  const { feed, failures } = await feedOn({ ...client, group });
  await until(() => failures.length > 0, 'it fails');
  expect(failures[0]).toMatchObject({ code: 'SV_STATE_DAMAGED', message: expect.stringContaining('identities/0, offsets 2 to 2') });
  await feed.stop();
});

test('an empty one is read at once', async () => {
  const { feed } = await feedOn(kafkaWith().client());
  expect(feed.isRead).toBe(true);
  await feed.stop();
});

test('what others learn later is learned too', async () => {
  const kafka = kafkaWith();
  const { feed, table } = await feedOn(kafka.client());
  kafka.write(learned());
  await until(() => table.links === learned().length, 'it is learned');
  await feed.stop();
});

test('links are given out once', async () => {
  const { feed } = await feedOn(kafkaWith().client());
  feed.told('k', 'v');
  expect(feed.takeLinks()).toEqual([link('k', 'v')]);
  expect(feed.takeLinks()).toEqual([]);
  await feed.stop();
});

test('what was told a moment ago is told on, not what everybody has heard of', async () => {
  const kafka = kafkaWith(
    { ...link('default\nokta:acme:1', 'p1@x.example'), timestamp: 1_000 },
    { ...link('default\nokta:acme:2', 'p2@x.example'), timestamp: 1_000_000 },
    { ...link('default\nokta:acme:2', 'p2@x.example'), timestamp: 1_000_001 },
  );
  const { feed, adopted } = await feedOn(kafka.client(), 1_000_000);
  await until(() => feed.isRead, 'it is read');
  expect(adopted).toEqual(['default\nokta:acme:2']);
  await feed.stop();
});

test('what was told last before all were gone for long is told on: they may have died before they had heard of it', async () => {
  const kafka = kafkaWith(
    { ...link('default\nokta:acme:1', 'p1@x.example'), timestamp: 1_000 },
    { ...link('default\nokta:acme:2', 'p2@x.example'), timestamp: 1_000_000 },
    { ...link('default\nokta:acme:3', 'p3@x.example'), timestamp: 1_500_000, partition: 1 },
  );
  const { feed, adopted } = await feedOn(kafka.client(), 1_000_000_000);
  await until(() => feed.isRead, 'it is read');
  expect(adopted.sort()).toEqual(['default\nokta:acme:2', 'default\nokta:acme:3']);
  kafka.write([{ ...link('default\nokta:acme:4', 'p4@x.example'), timestamp: 1_000_000_000 }]);
  await until(() => adopted.length > 2, 'another one is told of');
  expect(adopted.slice(2)).toEqual(['default\nokta:acme:4']);
  await feed.stop();
});

test('what others know of the fields of logs goes to the meter, and is no link', async () => {
  const seen = new DriftMeter();
  for (let hour = 1; hour <= 60; hour++)
    seen.see({ a: hour }, { vendor: 'okta', product: 'system_log', action: 'user.session.start' }, hour * 3_600_000);
  const [kind] = seen.take(1);
  const kafka = kafkaWith(link(kind!.key, kind!.value!), { ...link(kind!.key, ''), value: null });
  const meter = new DriftMeter();
  const { feed, table, adopted } = await feedOn(kafka.client(), 0, meter);
  await until(() => feed.isRead, 'it is read');
  expect(meter.known()).toEqual([{ vendor: 'okta', product: 'system_log', fields: 1 }]);
  expect(table.links + table.conflicts).toBe(0);
  expect(adopted).toEqual([]);
  feed.told(kind!.key, undefined);
  expect(feed.takeLinks()).toEqual([{ topic: 'identities', partition: 0, key: kind!.key, value: null }]);
  await feed.stop();
});

test('what others know of the accounts that came goes where it is asked for, and is no link', async () => {
  const other = new HeardAccounts();
  other.see(say({ at: 0, n: 0 }));
  const kafka = kafkaWith(...other.take(10).map(({ key, value }) => link(key, value)));
  const heard = new HeardAccounts();
  const { feed, table, adopted } = await feedOn(kafka.client(), 0, new DriftMeter(), heard);
  await until(() => feed.isRead, 'it is read');
  expect([heard.clock, table.links, adopted]).toEqual([other.clock, 0, []]);
  expect(heard.take(10)).toEqual([]);
  await feed.stop();
});
