// @ts-check
/**
 * Was each thing said exactly once? Everything is read from the topics, and worked out again in one process without partitions' tasks, queues or
 * transactions: a fresh engine over the events of a partition, in their order; whatever stands elsewhere has to be the same.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { allCommitted } from '../servers/jvm-client.mjs';
import { QUIET } from './plant.mjs';

/** A tick or an event further ahead than this is refused by detect, ms. */
const AHEAD_MS = 10 * 60_000;
/** So many of one kind of mistake are told. */
const MOST_TOLD = 8;

/** @typedef {import('../../../src/runtime/kafka/transport.js').InRecord} InRecord */
/** @typedef {{ count: number; told: string[] }} Mistakes */

/**
 * @param {import('./plant.mjs').Plant} plant whose processes have ended cleanly
 * @returns {Promise<{ figures: Record<string, number>; mismatches: number; told: string[] }>}
 */
export async function judge(plant) {
  const court = new Court(plant);
  await court.read();
  await court.accountForRaw();
  court.replayDetect();
  court.compareFindings();
  court.restoreDetect();
  court.replayRespond();
  await court.askJava();
  return { figures: court.figures, mismatches: court.mismatches, told: court.told };
}

class Court {
  #plant;
  /** @type {any} */
  #dist;
  /** @type {any} */
  #judgement;
  /** @type {any} */
  #names;
  /** @type {any} */
  #people;
  /** @type {Map<string, InRecord[][]>} topic -> of each partition */
  #topics = new Map();
  /** partition -> findings that a replay gives, in order, as they are written @type {{ key: string; value: string }[][]} */
  #expected = [];
  /** partition -> key -> a person's bytes @type {Map<string, string>[]} */
  #replayed = [];
  /** partition -> offset up to which detect has gone @type {number[]} */
  #ends = [];
  /** offset of what detect puts aside, by partition @type {Map<string, string>} */
  #aside = new Map();
  /** @type {Record<string, number>} */
  figures = {};
  mismatches = 0;
  /** @type {string[]} */
  told = [];
  /** @type {Map<string, number>} */
  #kinds = new Map();

  /** @param {import('./plant.mjs').Plant} plant */
  constructor(plant) {
    this.#plant = plant;
    const require = createRequire(join(plant.root, 'package.json'));
    const from = (/** @type {string} */ path) => require(`./dist/${path}.js`);
    this.#dist = {
      ...from('app'),
      ...from('config/config'),
      ...from('config/reach'),
      ...from('core/detect/index'),
      ...from('core/respond/respond'),
      ...from('runtime/service'),
      ...from('runtime/kafka/names'),
      ...from('runtime/kafka/read-topic'),
      ...from('runtime/kafka/dead-letter'),
      ...from('runtime/kafka/murmur2'),
      ...from('runtime/kafka/registry/connect'),
      ...from('runtime/kafka/registry/decoder'),
      ...from('runtime/kafka/registry/registry'),
      ...from('runtime/stages/detect-work'),
      ...from('runtime/stages/position'),
      ...from('runtime/store/open-codecs'),
      ...from('runtime/store/people-store'),
      ...from('runtime/wire/stream-record'),
    };
    const { loadConfig, createJudgement, namesOf, openPersonCodec, inForceOf } = this.#dist;
    const loaded = loadConfig(plant.configFile('judge'), {});
    this.#judgement = createJudgement(loaded, { source: 'auto', now: Date.now(), clock: Date.now, log: QUIET });
    this.#names = namesOf(loaded.config.kafka).topics;
    // of which the same person always has the same bytes
    this.#people = openPersonCodec(inForceOf(this.#judgement), 1);
  }

  async read() {
    const { readTopic } = this.#dist;
    const { transport, sources } = this.#plant;
    const admin = await transport.admin();
    for (const topic of [...sources.map((one) => one.topic), ...Object.values(this.#names)]) {
      const marks = await admin.watermarks(topic);
      /** @type {InRecord[][]} */
      const partitions = marks.map(() => []);
      const ranges = marks.map((/** @type {any} */ { partition, low, high }) => ({ partition, from: low, to: high }));
      const signal = new AbortController().signal;
      await readTopic(transport, { topic, ranges, group_prefix: 'judge', signal }, (/** @type {InRecord[]} */ records) => {
        for (const record of records) partitions[record.partition]?.push(record);
      });
      this.#topics.set(topic, partitions);
    }
    await admin.close();
  }

  /** Every raw record has its events, all of them, or a dead letter, or is one that rightly makes none. */
  async accountForRaw() {
    const { createStreamCodec, parseDeadLetter, connectRegistry, Registry, createAvroDecoder } = this.#dist;
    const codec = createStreamCodec();
    /** raw record -> index of an event -> where it is @type {Map<string, Map<number, string>>} */
    const made = new Map();
    let doubled = 0;
    let elsewhere = 0;
    for (const record of this.#all(this.#names.events)) {
      const { provenance, body } = codec.decode(record.value);
      // what detect sends on to itself is no raw record's
      if (body.kind === 'tick' || body.kind === 'absorb' || provenance?.topic === this.#names.events) continue;
      if (body.kind !== 'event' || provenance === undefined) {
        this.#wrong('events', `${record.partition}/${record.offset} is ${body.kind}`);
        continue;
      }
      const source = `${provenance.topic}/${provenance.partition}/${provenance.offset}`;
      const known = made.get(source) ?? new Map();
      made.set(source, known);
      const before = known.get(provenance.index);
      const key = `${record.partition} ${body.event.principal.key}`;
      if (before === undefined) known.set(provenance.index, key);
      else {
        doubled++;
        if (before !== key) {
          elsewhere++;
          this.#wrong('event under two keys', `${source}#${provenance.index}: ${before} and ${key}`);
        }
      }
      if (record.partition !== this.#dist.partitionOf(body.event.principal.key, this.#topics.get(this.#names.events)?.length))
        this.#wrong('partition', `${source}: ${key}`);
    }
    /** @type {Map<string, number>} */
    const letters = new Map();
    for (const record of this.#all(this.#names.dead_letters)) {
      const letter = parseDeadLetter(record);
      if (letter === undefined) this.#wrong('dead letters', `${record.partition}/${record.offset} cannot be read`);
      else if (letter.stage === 'normalize') {
        const source = `${letter.topic}/${letter.partition}/${letter.offset}`;
        letters.set(source, (letters.get(source) ?? 0) + 1);
      } else this.#aside.set(`${letter.topic}/${letter.partition}/${letter.offset}`, `${letter.stage} ${letter.reason}`);
    }
    let [raw, dropped, dead, avro] = [0, 0, 0, 0];
    const connect = (/** @type {AbortSignal} */ signal) =>
      connectRegistry({ urls: [this.#plant.registry.url], tls: { insecure_skip_verify: false } }, signal);
    const registry = new Registry({ connect, watch: { asked: nothing, trouble: nothing } });
    const { decodeToJson } = createAvroDecoder({ registry, elapsed: () => performance.now() });
    for (const source of this.#plant.sources) {
      const normalize = this.#judgement.normalizeStream({ vendor: 'auto', ...source });
      for (const { topic, partition, offset, value, headers } of this.#all(source.topic)) {
        raw++;
        if (source.format === 'avro') avro++;
        const name = `${topic}/${partition}/${offset}`;
        const isEmpty = value === null || value.length === 0;
        const read = isEmpty ? { ok: false } : source.format === 'avro' ? await decodeToJson(value, headers) : { ok: true, record: value };
        const answer = read.ok ? normalize(read.record) : { outcome: 'rejected', events: [] };
        const events = made.get(name)?.size ?? 0;
        made.delete(name);
        if (events !== answer.events.length) this.#wrong('raw records', `${name}: ${events} events, ${answer.events.length} are right`);
        const hasLetter = letters.delete(name);
        if (hasLetter !== (answer.outcome === 'rejected')) this.#wrong('raw records', `${name}: ${answer.outcome}, letter: ${hasLetter}`);
        if (answer.outcome === 'dropped') dropped++;
        if (answer.outcome === 'rejected') dead++;
      }
    }
    registry.close();
    for (const name of [...made.keys(), ...letters.keys()]) this.#wrong('raw records', `${name} was never produced`);
    Object.assign(this.figures, { raw, in_avro: avro, dropped, dead, resent_events: doubled, resent_under_another_key: elsewhere });
    if (raw < this.#plant.produced) this.#wrong('raw records', `${raw} are there, ${this.#plant.produced} were acknowledged`);
  }

  /** What a process that never fails says of the events as they stand. */
  replayDetect() {
    const { createDetect, createStreamCodec, createPeopleStore } = this.#dist;
    const { rules, detecting, suppress, joinOwners } = this.#judgement;
    const codec = createStreamCodec();
    let [events, ticks, resent, absorbed] = [0, 0, 0, 0];
    for (const [partition, records] of this.#of(this.#names.events).entries()) {
      this.#ends[partition] = this.#position(this.#names.detect_changelog, partition)?.position ?? 0;
      const store = createPeopleStore({ codec: this.#ownCodec(), thawed_bytes: () => 1e12 });
      const detect = createDetect(rules, detecting, store);
      const seen = new Set();
      /** key -> the one that stands for it @type {Map<string, string>} */
      const moved = new Map();
      /** @type {{ key: string; value: string }[]} */
      const said = [];
      const say = (/** @type {any[]} */ findings) => {
        for (const one of findings) said.push({ key: one.principal.key, value: JSON.stringify(joinOwners(suppress(one))) });
      };
      for (const { topic, offset, value, timestamp } of records) {
        const { provenance, body } = codec.decode(value);
        if (offset >= (this.#ends[partition] ?? 0)) {
          if (body.kind !== 'tick' && body.kind !== 'absorb') this.#wrong('not worked off', `${topic}/${partition}/${offset}`);
          continue;
        }
        const put_aside = (/** @type {string} */ reason) => {
          if (!this.#aside.delete(`${topic}/${partition}/${offset}`))
            this.#wrong('detect', `${reason} without a letter at ${partition}/${offset}`);
        };
        if (body.kind === 'tick') {
          ticks++;
          if (timestamp > 0 && body.time - timestamp > AHEAD_MS) put_aside('tick_ahead');
          else say(detect.tick(body.time));
          continue;
        }
        if (body.kind === 'absorb') {
          const { from, into } = body;
          if (into === undefined) moved.delete(from);
          else if (detect.release(from) !== undefined || moved.has(from)) moved.set(from, into);
          continue;
        }
        const once = JSON.stringify(provenance);
        if (seen.has(once)) {
          resent++;
          continue;
        }
        seen.add(once);
        if (body.kind === 'inherit') {
          const next = moved.get(body.into);
          if (next !== undefined && !body.path.includes(next)) continue;
          moved.delete(body.into);
          absorbed++;
          say(detect.inherit(body.into, store.unpack(body.person)));
          continue;
        }
        const isMoved = moved.has(body.event.principal.key);
        if (isMoved) {
          detect.passed(body.event.arrival_time);
          continue;
        }
        events++;
        if (body.event.time - body.event.arrival_time > AHEAD_MS) put_aside('event_ahead_of_arrival');
        else say(detect.accept(body.event));
      }
      this.#expected.push(said);
      this.#replayed.push(this.#peopleOf(store));
    }
    for (const [at, what] of this.#aside) this.#wrong('dead letters', `${what} at ${at}`);
    const people = this.#replayed.reduce((sum, one) => sum + one.size, 0);
    Object.assign(this.figures, { events, ticks, resent, absorbed, people });
  }

  /** What was said is what should have been, once and in its order. */
  compareFindings() {
    const { partitionOf } = this.#dist;
    let findings = 0;
    /** @type {Map<string, number>} */
    const candidates = new Map();
    for (const [partition, records] of this.#of(this.#names.findings).entries()) {
      const found = records.map(textOf);
      findings += found.length;
      this.#compare(`findings/${partition}`, this.#expected[partition] ?? [], found);
      for (const { value } of found) {
        // who is to be asked is said to people only
        const { owner: _, rule_owners: __, rule_tags: ___, ...bare } = JSON.parse(value);
        const candidate = JSON.stringify(bare);
        candidates.set(candidate, (candidates.get(candidate) ?? 0) + 1);
      }
    }
    for (const record of this.#all(this.#names.candidates)) {
      const { key, value } = textOf(record);
      const left = candidates.get(value) ?? 0;
      if (left === 0) this.#wrong('candidates', `one too many: ${value.slice(0, 200)}`);
      else if (left === 1) candidates.delete(value);
      else candidates.set(value, left - 1);
      if (record.partition !== partitionOf(key, this.#of(this.#names.candidates).length))
        this.#wrong('candidates', `${key} in ${record.partition}`);
    }
    for (const value of candidates.keys()) this.#wrong('candidates', `missing: ${value.slice(0, 200)}`);
    this.figures['findings'] = findings;
  }

  /** The next owner would find the people as a process that never fails has them, and say nothing that was said. */
  restoreDetect() {
    const { DetectWork, createDetect, createPeopleStore, createStreamCodec } = this.#dist;
    const { rules, detecting, suppress } = this.#judgement;
    let replayed = 0;
    for (const [partition, records] of this.#of(this.#names.detect_changelog).entries()) {
      const store = createPeopleStore({ codec: this.#ownCodec(), thawed_bytes: () => 1e12 });
      const work = new DetectWork({
        partition,
        topics: { ...this.#names, changelog: this.#names.detect_changelog },
        partitions: this.#of(this.#names.candidates).length,
        keep_moved: Number.POSITIVE_INFINITY,
        codec: createStreamCodec(),
        store,
        detect: createDetect(rules, detecting, store),
        judging: { rules, detecting },
        suppress: () => suppress,
        encodeFinding: (/** @type {unknown} */ one) => Buffer.from(JSON.stringify(one)),
        poison: new Set(),
        flush: { events: 1e9, interval: 1e9 },
        elapsed: () => 0,
        now: () => 0,
        said: SAYS_NOTHING,
      });
      for (const { key, value } of records) if (key !== null && key.toString() !== '\u0000marker') work.restore(key, value);
      const { position, replay_from } = work.restored();
      for (const record of this.#of(this.#names.events)[partition] ?? []) {
        if (record.offset < replay_from || record.offset >= position) continue;
        replayed++;
        work.accept(record);
      }
      if (work.has_news) this.#wrong('restore', `partition ${partition} says something again`);
      const restored = this.#peopleOf(store);
      const expected = this.#replayed[partition] ?? new Map();
      for (const [key, bytes] of expected) {
        const found = restored.get(key);
        if (found !== bytes) this.#wrong('state', `${partition}: ${key} ${found === undefined ? 'is missing' : 'is another'}`);
      }
      for (const key of restored.keys()) if (!expected.has(key)) this.#wrong('state', `${partition}: ${key} should not be there`);
    }
    this.figures['replayed_at_restore'] = replayed;
  }

  /** The same for respond: commands, and what it remembers. */
  replayRespond() {
    const { createRespond, loadReach, openRespondCodec, partitionOf } = this.#dist;
    const codec = openRespondCodec();
    const partitions = this.#of(this.#names.revocations).length;
    /** @type {Map<string, { key: string; value: string }[]>} person -> commands */
    const expected = new Map();
    let incidents = 0;
    for (const [partition, records] of this.#of(this.#names.candidates).entries()) {
      const respond = createRespond(loadReach(), { keeps_changes: true });
      const { position = 0 } = this.#position(this.#names.respond_changelog, partition) ?? {};
      /** @type {Map<string, string>} */
      const states = new Map();
      for (const { offset, value } of records) {
        if (offset >= position) this.#wrong('not worked off', `candidates/${partition}/${offset}`);
        const finding = JSON.parse(String(value));
        const { key } = finding.principal;
        for (const command of respond.accept(finding)) {
          const list = expected.get(key) ?? [];
          list.push({ key, value: JSON.stringify(command) });
          expected.set(key, list);
        }
        for (const { key: of, record } of respond.takeChanged()) {
          if (record === undefined) states.delete(of);
          else states.set(of, Buffer.from(codec.encode(record)).toString('base64'));
        }
      }
      incidents += states.size;
      /** @type {Map<string, string>} */
      const written = new Map();
      for (const { key, value } of this.#of(this.#names.respond_changelog)[partition] ?? []) {
        if (key === null || key[0] === 0) continue;
        if (value === null) written.delete(key.toString());
        else written.set(key.toString(), value.toString('base64'));
      }
      for (const [key, bytes] of states) if (written.get(key) !== bytes) this.#wrong('incidents', `${partition}: ${key}`);
      for (const key of written.keys()) if (!states.has(key)) this.#wrong('incidents', `${partition}: ${key} should not be there`);
    }
    /** @type {Map<string, { key: string; value: string }[]>} */
    const found = new Map();
    const uids = new Set();
    let commands = 0;
    for (const record of this.#all(this.#names.revocations)) {
      const text = textOf(record);
      commands++;
      if (uids.has(text.value)) this.#wrong('revocations', `twice the same: ${text.value.slice(0, 200)}`);
      uids.add(text.value);
      found.set(text.key, [...(found.get(text.key) ?? []), text]);
      if (record.partition !== partitionOf(text.key, partitions)) this.#wrong('revocations', `${text.key} in ${record.partition}`);
    }
    for (const key of new Set([...expected.keys(), ...found.keys()]))
      this.#compare(`revocations of ${key}`, expected.get(key) ?? [], found.get(key) ?? []);
    Object.assign(this.figures, { commands, incidents });
  }

  /** Kafka's own client sees the same records at the same offsets. */
  async askJava() {
    for (const topic of [this.#names.findings, this.#names.revocations]) {
      const theirs = (await allCommitted(this.#plant.kafka.bootstrap, [topic])).map(placed).sort();
      const ours = [...this.#all(topic)].map(placed).sort();
      if (theirs.length !== ours.length) this.#wrong('java', `${topic}: ${theirs.length} records, and ${ours.length} by our own client`);
      for (let i = 0; i < Math.min(theirs.length, ours.length); i++)
        if (theirs[i] !== ours[i])
          this.#wrong('java', `${topic}: ${theirs[i]?.slice(0, 120)}, and ${ours[i]?.slice(0, 120)} by our own client`);
    }
  }

  /**
   * Lists are to be the same; what is missing, too much or in another order is told.
   * @param {string} what @param {readonly { key: string; value: string }[]} expected @param {readonly { key: string; value: string }[]} found
   */
  #compare(what, expected, found) {
    /** @type {Map<string, string[]>} */
    const left = new Map();
    for (const { key, value } of expected) left.set(key, [...(left.get(key) ?? []), value]);
    for (const { key, value } of found) {
      const list = left.get(key) ?? [];
      const at = list.indexOf(value);
      if (at < 0) this.#wrong(what, `one too many: ${value.slice(0, 300)}`);
      else {
        if (at > 0) this.#wrong(what, `out of order: ${value.slice(0, 300)}`);
        list.splice(at, 1);
      }
    }
    for (const list of left.values()) for (const value of list) this.#wrong(what, `missing: ${value.slice(0, 300)}`);
  }

  /** @param {any} store @returns {Map<string, string>} key -> bytes */
  #peopleOf(store) {
    const people = new Map();
    for (const person of store.values()) people.set(person.key, Buffer.from(this.#people.encode(person)).toString('base64'));
    return people;
  }

  /** A partition has words of its own. */
  #ownCodec() {
    const { openPersonCodec, inForceOf } = this.#dist;
    return openPersonCodec(inForceOf(this.#judgement));
  }

  /** The last that a changelog says of where its owner stands. @param {string} topic @param {number} partition */
  #position(topic, partition) {
    const { POSITION_KEY, readPosition } = this.#dist;
    const last = this.#of(topic)[partition]?.findLast(({ key, value }) => value !== null && key?.equals(POSITION_KEY));
    return last === undefined ? undefined : readPosition(last.value, topic);
  }

  /** @param {string} topic */
  #of(topic) {
    return this.#topics.get(topic) ?? [];
  }

  /** @param {string} topic */
  #all(topic) {
    return this.#of(topic).flat();
  }

  /** @param {string} kind @param {string} what */
  #wrong(kind, what) {
    this.mismatches++;
    const family = kind.replace(/[/ ].*/, '');
    const told = (this.#kinds.get(family) ?? 0) + 1;
    this.#kinds.set(family, told);
    if (told <= MOST_TOLD) this.told.push(`${kind}: ${what}`);
  }
}

/** @param {Pick<InRecord, 'key' | 'value'>} record */
function textOf({ key, value }) {
  return { key: String(key), value: String(value) };
}

/** @param {{ partition: number; offset: number; key: Buffer | null; value: Buffer | null }} record */
function placed({ partition, offset, key, value }) {
  return `${partition}/${String(offset).padStart(12, '0')} ${key} ${value}`;
}

const nothing = () => undefined;
const SAYS_NOTHING = {
  event: nothing,
  finding: nothing,
  committed: nothing,
  dead: nothing,
  duplicate: nothing,
  tick: nothing,
  absorbed: nothing,
  forwarded: nothing,
};
