// A steady stream of sessions of which some are stolen, sent by the clock, and the findings that come of them.
import { createRequire } from 'node:module';
import { AGENTS, okta, oktaApp, opaque, PLACES, person, pick } from '../../demo/shapes.mjs';
import { percentile, round } from './bed.mjs';
import { client } from './raw.mjs';

const { EARLIEST } = createRequire(import.meta.url)('../../dist/runtime/kafka/transport.js');

/** One record in so many is the first of a thief: which is far more often than in life, so that there is something to measure. */
const THEFT_EVERY = 50;
/** Records leave together that are due within it, ms. */
const STEP_MS = 5;

/** Whatever led to no finding within it has led to none, ms. */
const FORGET_MS = 120_000;

const HOMES = [PLACES.home_ingrid, PLACES.home_jonas, PLACES.home_tomas, PLACES.office_oslo, PLACES.office_london, PLACES.home_marcus];

/** Somebody at work does so many things one after the other, before somebody else comes. */
const BURST = 20;

/** People who take turns, each at home in one session until it is stolen; then they sign in anew. */
export class Thefts {
  #people;
  #n = 0;
  #next = 0;
  /** who is at work, and for how many events more */
  #seats;

  /** @param people @param name part of everybody's login @param at_work at a time; without it everybody, so that nobody comes twice in a row */
  constructor(people, name = 'p', at_work = 0) {
    this.#people = Array.from({ length: people }, (_, i) => ({
      who: person(`${name}${i}`, `Person ${i}`),
      home: HOMES[i % HOMES.length],
      // thefts are spread evenly over time from the beginning
      step: pick(THEFT_EVERY - 3, name, i),
      session: 0,
      isIn: false,
    }));
    // they did not all come at once
    this.#seats = Array.from({ length: Math.min(at_work, people) }, (_, i) => ({
      one: this.#newcomer(),
      left: 1 + pick(BURST, name, 'left', i),
    }));
  }

  #newcomer() {
    return this.#people[this.#next++ % this.#people.length];
  }

  #turn() {
    if (this.#seats.length === 0) return this.#newcomer();
    const seat = this.#seats[this.#n++ % this.#seats.length];
    if (seat.left-- === 0) Object.assign(seat, { one: this.#newcomer(), left: BURST - 1 });
    return seat.one;
  }

  /** @param time of the event, ms @returns {{ record: object, uid: string }} uid: of the event, as findings name their trigger */
  next(time) {
    const one = this.#turn();
    const { who, home } = one;
    const base = { time, who, session: `102${opaque(22, who.login, one.session)}`, root: `idx${opaque(22, who.login, one.session)}` };
    const at = { ...base, place: home, agent: AGENTS.edge_windows, cookie: `${who.login}-edge` };
    let record;
    if (!one.isIn) record = okta({ ...at, event: 'user.session.start' });
    else if (one.step === THEFT_EVERY - 2)
      record = okta({
        ...base,
        place: PLACES.rented_amsterdam,
        agent: AGENTS.chrome_linux,
        event: 'user.authentication.sso',
        target: oktaApp('Xero'),
      });
    else record = okta({ ...at, event: 'user.authentication.sso', target: oktaApp('Salesforce') });
    one.isIn = true;
    if (++one.step === THEFT_EVERY) {
      one.step = 0;
      one.session++;
      one.isIn = false;
    }
    return record;
  }
}

/** Sends by the clock, whatever is acknowledged: what is late is late for whoever waits for it. */
export class Sender {
  /** event id -> when it was due, on performance.now() */
  due = new Map();
  sent = 0;
  failed = 0;
  #open = new Set();
  #timer;

  /** @param stream next(time) @param rate records per second */
  constructor(bed, topic, partitions, stream, rate) {
    Object.assign(this, { bed, topic, partitions, stream, rate });
  }

  async start() {
    // of its own connection, and without a wait for acknowledgements
    this.producer = client(this.bed, 'sender').producer({ allowAutoTopicCreation: false });
    await this.producer.connect();
    this.began = performance.now();
    this.wall = Date.now();
    this.#timer = setInterval(() => this.#send(), STEP_MS);
  }

  #send() {
    const now = performance.now();
    const until = Math.floor(((now - this.began) / 1000) * this.rate);
    for (const [uuid, due] of this.due) {
      if (now - due < FORGET_MS) break;
      this.due.delete(uuid);
    }
    const messages = [];
    for (; this.sent < until; this.sent++) {
      const after = (this.sent * 1000) / this.rate;
      const record = this.stream.next(Math.floor(this.wall + after));
      this.due.set(record.uuid, this.began + after);
      messages.push({ partition: this.sent % this.partitions, value: JSON.stringify(record) });
    }
    if (messages.length === 0) return;
    const call = this.producer
      .send({ topic: this.topic, acks: -1, messages })
      .catch(() => {
        this.failed += messages.length;
      })
      .finally(() => this.#open.delete(call));
    this.#open.add(call);
  }

  async stop() {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    await this.producer?.disconnect();
  }
}

/** Reads findings as they are committed. */
export class Findings {
  /** each with when it was due, when it was read, and where */
  seen = [];

  constructor(bed, application, due) {
    const group = bed.transport.group({
      group_id: `${application.application_id}.bench.${Math.random()}`,
      topics: [application.topics.findings],
      assignor: everything,
      events: {
        assigned: (partitions) => {
          for (const at of partitions) group.seek({ ...at, offset: EARLIEST });
          group.resume(partitions);
        },
        batch: ({ partition }, records) => {
          const read = performance.now();
          for (const { value } of records) {
            const uuid = JSON.parse(value).trigger_event_uid.split(':').at(-1);
            const at = due.get(uuid);
            // of several revisions by one event the first
            if (at === undefined) continue;
            due.delete(uuid);
            this.seen.push({ partition, due: at, ms: read - at });
          }
        },
        heartbeat() {},
        lost() {},
        failed: (error) => {
          this.failure = error;
        },
        outOfRange() {},
      },
    });
    this.group = group;
  }

  start() {
    return this.group.start();
  }

  stop() {
    return this.group.stop();
  }

  /** @param from @param to when the records were due, on performance.now() */
  latency(from = 0, to = Number.POSITIVE_INFINITY) {
    const ms = this.seen.filter(({ due }) => due >= from && due < to).map((one) => one.ms);
    ms.sort((a, b) => a - b);
    const at = (share) => round(percentile(ms, share), 1);
    return { findings: ms.length, p50_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99), max_ms: at(1) };
  }
}

const everything = {
  name: 'bench',
  userData: () => Buffer.alloc(0),
  assign: ([member], partitions) =>
    new Map([
      [member.id, [...partitions].flatMap(([topic, count]) => Array.from({ length: count }, (_, partition) => ({ topic, partition })))],
    ]),
};
