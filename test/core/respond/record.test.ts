import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadReach } from '../../../src/config/reach.js';
import type { Finding } from '../../../src/core/event/index.js';
import type { DurableRespond, RespondChange } from '../../../src/core/pipeline.js';
import { createRespond, type RespondOptions } from '../../../src/core/respond/respond.js';
import { createRespondCodec } from '../../../src/runtime/store/respond-codec.js';
import { runs } from '../../helpers/runs.js';
import { finding, MINUTE, oktaFinding, T0 } from './findings.js';
import { DENSE, lives, steps } from './steps.js';

const reach = loadReach();
const HOUR = 60 * MINUTE;
const schema = (name: string): unknown => JSON.parse(readFileSync(join(__dirname, '../../../schemas', name), 'utf8'));
const codec = createRespondCodec(schema('revocation_command.avsc'), schema('respond_state.avsc'));

const create = (options: Partial<RespondOptions> = {}) => createRespond(reach, { keeps_changes: true, ...options });

/** A changelog as compaction leaves it: the last record of each key, and with what it may still hold of older ones. */
class Changelog {
  readonly records = new Map<string, Uint8Array>();
  private readonly older: [string, Uint8Array | undefined][] = [];

  write(changes: Iterable<RespondChange>): string[] {
    return [...changes].map(({ key, record }) => {
      this.older.push([key, this.records.get(key)]);
      if (record === undefined) this.records.delete(key);
      else this.records.set(key, codec.encode(record));
      return key;
    });
  }

  /** @param seed in which order it is read */
  readBy(respond: DurableRespond, seed = 0): DurableRespond {
    for (const [key, bytes] of this.older.slice(-10)) respond.restore(key, bytes === undefined ? undefined : codec.decode(key, bytes));
    const order = (key: string) => [...key].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 65_521, seed);
    for (const [key] of this.older) if (!this.records.has(key)) respond.restore(key, undefined);
    for (const [key, bytes] of [...this.records].sort(([a], [b]) => order(a) - order(b))) respond.restore(key, codec.decode(key, bytes));
    respond.restored();
    return respond;
  }
}

/** What it remembers, as far as it can be seen at once. */
function full(respond: DurableRespond) {
  const { incidents, seats, open, bytes } = respond.stats();
  return { incidents, seats, open, bytes };
}

/** Of somebody else each, on a session of their own. */
function theft(name: string, over: Partial<Finding> = {}): Finding {
  const email = `${name}@fjordlight.example`;
  return finding({ uid: name, incident_uid: name, principal: { key: `default/${email}`, type: 'human', email }, ...over });
}

describe('a process that takes over', () => {
  const options: Partial<RespondOptions>[] = [
    {},
    { memory_ms: 10 * HOUR },
    { max_bytes: 12_000 },
    { memory_ms: 5 * HOUR, max_bytes: 9_000 },
  ];
  test.each([
    ['one person', steps(3)],
    ['several people', lives()],
    ['one person, many findings', lives({ people: 1, findings: 9 })],
    ['one person, much that overlaps', lives(DENSE)],
  ])('says what one would have that never stopped, wherever it is cut: %s', (_, findings) => {
    fc.assert(
      fc.property(findings, fc.constantFrom(...options), fc.infiniteStream(fc.nat(5)), (all, options, choices) => {
        const whole = create(options);
        let other = create(options);
        const log = new Changelog();
        for (const one of all) {
          const choice = choices.next().value as number;
          // the passing of time between findings, as data
          if (choice === 5) for (const each of [whole, other]) each.advance(one.last_seen_time + 3 * HOUR);
          expect(JSON.stringify(other.accept(one))).toBe(JSON.stringify(whole.accept(one)));
          expect(full(other)).toEqual(full(whole));
          const changes = [...other.takeChanged()];
          expect(JSON.stringify(changes)).toBe(JSON.stringify([...whole.takeChanged()]));
          log.write(changes);
          if (choice < 3) other = log.readBy(create(options), choice);
          expect(full(other)).toEqual(full(whole));
        }
      }),
      runs(400),
    );
  });

  test('what is written of several findings at once is enough, also when what is absent was left out', () => {
    fc.assert(
      fc.property(lives(), fc.constantFrom(...options), fc.nat(40), (all, options, cut) => {
        const whole = create(options);
        for (const one of all.slice(0, cut)) whole.accept(one);
        const changes = [...whole.takeChanged()];
        expect(new Set(changes.map(({ key }) => key)).size).toBe(changes.length);
        const other = create(options);
        for (const { key, record } of changes) other.restore(key, record && JSON.parse(JSON.stringify(record)));
        other.restored();
        expect(full(other)).toEqual(full(whole));
        for (const one of all.slice(cut)) expect(other.accept(one)).toEqual(whole.accept(one));
      }),
      runs(300),
    );
  });
  test('does not ask again for what a forgotten command stood for', () => {
    const respond = create({ memory_ms: HOUR });
    const log = new Changelog();
    const stepUp = { principal: theft('a').principal, proposed: { action: 'step_up', scope: 'user' } } as const;
    respond.accept(theft('wide', { principal: stepUp.principal }));
    expect(respond.accept(theft('b', { ...stepUp, lateness_ms: 2 * MINUTE }))).toEqual([]);
    respond.accept(theft('b', { ...stepUp, lateness_ms: HOUR, revision: 2 }));
    log.write(respond.takeChanged());
    respond.advance(T0 + HOUR + 30 * MINUTE);
    expect(log.write(respond.takeChanged()).map((key) => (key === 'clock' ? key : JSON.parse(key)[2]))).toEqual(['b', 'wide', 'clock']);
    const tell = theft('c', { ...stepUp, proposed: { action: 'notify_user', scope: 'user' }, last_seen_time: T0 + HOUR + 30 * MINUTE });
    const said = log.readBy(create({ memory_ms: HOUR })).accept(tell);
    expect(said).toEqual(respond.accept(tell));
    expect(said.map(({ action }) => action)).toEqual(['notify_user']);
  });
});

describe('what changed', () => {
  const incidentKey = (name: string) => JSON.stringify(['default', `default/${name}@fjordlight.example`, name]);
  const keysOf = (respond: DurableRespond) => [...respond.takeChanged()].map(({ key }) => key);

  test('is the incident and the clock, once; then nothing', () => {
    const respond = create();
    respond.accept(theft('a'));
    respond.accept(theft('a', { revision: 2 }));
    respond.accept(theft('b'));
    expect(keysOf(respond)).toEqual([incidentKey('a'), incidentKey('b'), 'clock']);
    expect(keysOf(respond)).toEqual([]);
  });
  test('is the clock alone after a finding that asks for nothing', () => {
    const respond = create();
    respond.accept(theft('a', { level: 'low' }));
    expect([...respond.takeChanged()]).toEqual([
      { key: 'clock', record: { schema_version: 1, clock: { time: T0 + 2 * MINUTE, serial: 0 } } },
    ]);
    respond.accept(theft('a', { level: 'low', revision: 2 }));
    expect(keysOf(respond)).toEqual([]);
  });
  test('is a tombstone for what was forgotten, for age or for room', () => {
    const respond = create({ memory_ms: HOUR });
    respond.accept(theft('a'));
    respond.takeChanged();
    respond.advance(T0 + 3 * HOUR);
    expect([...respond.takeChanged()]).toMatchObject([{ key: incidentKey('a'), record: undefined }, { key: 'clock' }]);
    const one = create();
    one.accept(theft('a'));
    const small = create({ max_bytes: 1.5 * one.stats().bytes });
    small.accept(theft('a'));
    small.takeChanged();
    small.accept(theft('b', { last_seen_time: T0 + 3 * HOUR }));
    expect([...small.takeChanged()]).toMatchObject([
      { key: incidentKey('b'), record: {} },
      { key: incidentKey('a'), record: undefined },
      {},
    ]);
  });
  test('are also incidents of the person whose command was withdrawn by it', () => {
    const respond = create();
    const one = oktaFinding({ uid: 'a', incident_uid: 'i1', proposed: { action: 'revoke_session', scope: 'session' } });
    respond.accept(one);
    respond.takeChanged();
    const wide = oktaFinding({ uid: 'b', incident_uid: 'i2', proposed: { action: 'revoke_user_sessions', scope: 'user' } });
    expect(respond.accept(wide)).toMatchObject([{ action: 'revoke_user_sessions', incident_uid: 'i2' }]);
    expect(keysOf(respond).map((key) => (key === 'clock' ? key : JSON.parse(key)[2]))).toEqual(['i2', 'i1', 'clock']);
  });
  test('do not grow with how many thefts of the person there were before', () => {
    const respond = create();
    // at Entra each takes the place of the one before it
    for (let i = 0; i < 50; i++) {
      respond.accept(finding({ uid: `f${i}`, incident_uid: `i${i}`, last_seen_time: T0 + i * HOUR }));
      expect(keysOf(respond).length).toBeLessThanOrEqual(3);
    }
  });
  test('is not kept for whoever does not ask', () => {
    const respond = createRespond(reach);
    respond.accept(theft('a'));
    expect(keysOf(respond)).toEqual(['clock']);
  });
  test('is not what was read', () => {
    const respond = create();
    respond.accept(theft('a'));
    const log = new Changelog();
    log.write(respond.takeChanged());
    expect(keysOf(log.readBy(create()))).toEqual([]);
  });
});

describe('what was written', () => {
  test('stays as it was when the incident goes on', () => {
    const respond = create();
    respond.accept(theft('a'));
    const changes = [...respond.takeChanged()];
    const before = JSON.stringify(changes);
    respond.accept(theft('a', { revision: 2, last_seen_time: T0 + 2 * HOUR }));
    respond.accept(theft('a', { revision: 3, status: 'retracted', last_seen_time: T0 + 2 * HOUR }));
    expect(JSON.stringify(changes)).toBe(before);
  });
  test('cannot be taken up by one that was told something', () => {
    const respond = create();
    respond.accept(theft('a'));
    expect(() => respond.restored()).toThrow('only an empty memory');
  });
  test('may be nothing', () => {
    const respond = create();
    respond.restored();
    expect(respond.accept(theft('a'))).toHaveLength(1);
  });
  test('brings back the counts that a cancel and a second attempt need', () => {
    const respond = create();
    const [first] = respond.accept(theft('a'));
    const log = new Changelog();
    log.write(respond.takeChanged());
    const other = log.readBy(create());
    expect(other.accept(theft('a', { revision: 2, status: 'retracted' }))).toMatchObject([{ action: 'cancel', supersedes: first!.uid }]);
    log.write(other.takeChanged());
    expect(log.readBy(create()).accept(theft('a', { revision: 3 }))).toMatchObject([{ attempt: 2 }]);
  });
});
