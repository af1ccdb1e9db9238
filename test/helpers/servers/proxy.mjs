// @ts-check
/**
 * A TCP proxy between Kafka clients and one broker that does what networks do. It reads the frames of Kafka's protocol, both ways.
 *
 *   const port = await freePort();
 *   const kafka = await startKafka({ advertised: [port] });
 *   const proxy = await startProxy({ port, target: kafka.targets[0] });      // clients use proxy.address
 *   proxy.delay(50); proxy.delay(() => random() * 200);                      // ms each way; a function: frames of one connection stay in order, those of two do not
 *   proxy.limit(100_000);                                                    // bytes a second, each way, of all connections together
 *   proxy.cut('to_client'); proxy.heal();                                    // half-open: one direction (or 'both') stands still, nothing is closed
 *   proxy.drop(); proxy.refuse(); proxy.accept();                            // resets what is open; resets also what comes, until accept
 *   const held = proxy.hold('EndTxn'); await held.reached();                 // the next such request waits in the proxy, and all that follows it on its connection,
 *   held.release();                                                          // ... also after the client has given up and closed; held.discard() loses it
 *   proxy.hold('EndTxn', { side: 'response' });                              // the broker has done it, the client does not hear of it
 *   await proxy.stop();
 *
 * Above 400 lines because what is held, delayed and cut shares one queue per direction, and taking it apart would spread that queue's rules.
 * `parse: false` passes bytes as they come (TLS, other protocols); nothing can be held then.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { until } from './ports.mjs';

/** Kafka's numbers of the requests that tests name. */
export const API = Object.freeze({
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  OffsetCommit: 8,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  LeaveGroup: 13,
  SyncGroup: 14,
  DescribeGroups: 15,
  SaslHandshake: 17,
  ApiVersions: 18,
  CreateTopics: 19,
  InitProducerId: 22,
  AddPartitionsToTxn: 24,
  AddOffsetsToTxn: 25,
  EndTxn: 26,
  TxnOffsetCommit: 28,
  SaslAuthenticate: 36,
});

/** @typedef {keyof typeof API} ApiName */
/** @typedef {'to_broker' | 'to_client'} Direction */

/** Bytes that wait in one direction of one connection before its sender is held up. */
const MOST_WAITING = 16 * 1024 * 1024;

/** Bytes of the smallest frame: an answer that is nothing but its correlation id. */
const SMALLEST = 4;

/** Bytes written at once on a slow link. */
const SLICE = 4 * 1024;

/**
 * @param {{ target: string; port?: number; parse?: boolean }} options target: host:port; port: to listen on, default a free one
 * @returns {Promise<FaultProxy>}
 */
export async function startProxy({ target, port = 0, parse = true }) {
  const [host = '', to = ''] = target.split(':');
  const proxy = new FaultProxy(host, Number(to), parse);
  await proxy.listen(port);
  return proxy;
}

export class FaultProxy {
  #host;
  #port;
  #parse;
  #server;
  /** @type {Set<Connection>} */
  #connections = new Set();
  /** @type {Set<Hold>} */
  #holds = new Set();
  #isRefusing = false;
  /** @type {() => number} */
  #delay = () => 0;
  /** @type {Record<Direction, { isCut: boolean; free_at: number }>} */
  #ways = { to_broker: { isCut: false, free_at: 0 }, to_client: { isCut: false, free_at: 0 } };
  #bytes_per_s = Number.POSITIVE_INFINITY;
  /** @type {Set<() => void>} who waits for a change of what holds it up */
  #waiting = new Set();
  /** @type {Map<number, number>} */
  #requests = new Map();

  /** @param {string} host @param {number} port @param {boolean} parse */
  constructor(host, port, parse) {
    this.#host = host;
    this.#port = port;
    this.#parse = parse;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accepted(client));
    this.port = 0;
    /** what clients are given */
    this.address = '';
  }

  /** Called by `startProxy`. @param {number} port */
  async listen(port) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#server.unref();
    this.port = /** @type {import('node:net').AddressInfo} */ (this.#server.address()).port;
    this.address = `127.0.0.1:${this.port}`;
  }

  /** Open connections of clients. */
  get connections() {
    return [...this.#connections].filter((one) => !one.isOrphan).length;
  }

  /** Requests of this kind that clients have sent. @param {ApiName} api */
  requests(api) {
    return this.#requests.get(API[api]) ?? 0;
  }

  /** Time in ms that each frame spends on the way; asked anew for each when a function. @param {number | (() => number)} ms */
  delay(ms) {
    this.#delay = typeof ms === 'function' ? ms : () => ms;
  }

  /** @param {number} bytes_per_s Infinity: as fast as it goes */
  limit(bytes_per_s) {
    this.#bytes_per_s = bytes_per_s;
    for (const way of Object.values(this.#ways)) way.free_at = 0;
    this.#changed();
  }

  /** Nothing goes this way any more, also no end of a connection. @param {Direction | 'both'} [direction] */
  cut(direction = 'both') {
    if (direction !== 'to_client') this.#ways.to_broker.isCut = true;
    if (direction !== 'to_broker') this.#ways.to_client.isCut = true;
  }

  /** What was cut goes on where it stood, as it does with TCP. */
  heal() {
    this.#ways.to_broker.isCut = false;
    this.#ways.to_client.isCut = false;
    this.#changed();
  }

  /** Resets all connections of clients; what was sent and is still here is lost, but for requests of clients that are gone already. */
  drop() {
    for (const one of this.#connections) if (!one.isOrphan) one.destroy();
  }

  /** Resets all connections and every new one. */
  refuse() {
    this.#isRefusing = true;
    this.drop();
  }

  accept() {
    this.#isRefusing = false;
  }

  /**
   * Holds back the next requests of a kind, or the answers to them.
   * @param {ApiName} api
   * @param {{ count?: number; side?: 'request' | 'response' }} [options] count: so many, default 1
   */
  hold(api, { count = 1, side = 'request' } = {}) {
    if (!this.#parse) throw new Error('a proxy that does not parse cannot hold requests');
    const hold = new Hold(API[api], api, side, count, () => this.#changed());
    this.#holds.add(hold);
    return hold;
  }

  /** Resets everything and ends. */
  async stop() {
    for (const one of this.#connections) one.destroy();
    this.#changed();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #changed() {
    for (const go of [...this.#waiting]) go();
  }

  /** @param {import('node:net').Socket} client */
  #accepted(client) {
    client.on('error', () => {});
    if (this.#isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const broker = connect({ port: this.#port, host: this.#host, allowHalfOpen: true });
    const connection = new Connection(client, broker);
    this.#connections.add(connection);
    connection.whenGone(() => {
      this.#connections.delete(connection);
      this.#changed();
    });
    /** @type {Map<number, number>} correlation id -> kind of request */
    const asked = new Map();
    this.#lane('to_broker', connection, client, broker, (frame) => {
      if (frame.length < 12) return undefined;
      const api = frame.readInt16BE(4);
      asked.set(frame.readInt32BE(8), api);
      this.#requests.set(api, (this.#requests.get(api) ?? 0) + 1);
      return this.#held(api, 'request', connection);
    });
    this.#lane('to_client', connection, broker, client, (frame) => {
      const id = frame.readInt32BE(4);
      const api = asked.get(id);
      asked.delete(id);
      return api === undefined ? undefined : this.#held(api, 'response', connection);
    });
  }

  /** @param {number} api @param {'request' | 'response'} side @param {Connection} connection */
  #held(api, side, connection) {
    for (const hold of this.#holds) if (hold.takes(api, side, connection)) return hold;
    return undefined;
  }

  /**
   * One direction of one connection.
   * @param {Direction} direction
   * @param {Connection} connection
   * @param {import('node:net').Socket} from
   * @param {import('node:net').Socket} to
   * @param {(frame: Buffer) => Hold | undefined} seen
   */
  #lane(direction, connection, from, to, seen) {
    /** @type {{ bytes: Buffer; due: number; hold: Hold | undefined }[]} bytes of length 0: the end */
    const queue = [];
    const frames = new Frames();
    let waiting = 0;
    let isPumping = false;
    let isEnded = false;

    const push = (/** @type {Buffer} */ bytes, /** @type {Hold | undefined} */ hold) => {
      const due = Math.max(queue.at(-1)?.due ?? 0, Date.now() + this.#delay());
      queue.push({ bytes, due, hold });
      waiting += bytes.length;
      if (waiting > MOST_WAITING) from.pause();
      if (!isPumping) pump();
    };
    const pump = async () => {
      isPumping = true;
      for (let next = queue[0]; next !== undefined; next = queue[0]) {
        await this.#pass(direction, connection, next, to);
        if (connection.isGone) return;
        queue.shift();
        waiting -= next.bytes.length;
        if (waiting <= MOST_WAITING) from.resume();
      }
      isPumping = false;
    };
    const end = () => {
      if (isEnded) return;
      isEnded = true;
      push(Buffer.alloc(0), undefined);
    };

    from.on('data', (/** @type {Buffer} */ bytes) => {
      if (!this.#parse) push(bytes, undefined);
      else if (!frames.add(bytes, (frame) => push(frame, seen(frame)))) connection.destroy();
    });
    from.on('end', end);
    from.on('error', end);
    from.on('close', end);
  }

  /**
   * Brings one piece to the other side, through all that is in its way.
   * @param {Direction} direction
   * @param {Connection} connection
   * @param {{ bytes: Buffer; due: number; hold: Hold | undefined }} piece
   * @param {import('node:net').Socket} to
   */
  async #pass(direction, connection, { bytes, due, hold }, to) {
    const way = this.#ways[direction];
    const wait = due - Date.now();
    if (wait > 0) await this.#sleep(wait, () => connection.isGone);
    while (!connection.isGone && (way.isCut || hold?.isClosed)) await this.#change();
    if (hold?.isLost && !connection.isGone) connection.destroy();
    if (connection.isGone) return;
    if (bytes.length === 0) {
      connection.ended(direction);
      return;
    }
    for (let at = 0; at < bytes.length && !connection.isGone; ) {
      const isSlow = Number.isFinite(this.#bytes_per_s);
      const slice = isSlow ? bytes.subarray(at, at + SLICE) : bytes.subarray(at);
      at += slice.length;
      if (isSlow) {
        way.free_at = Math.max(way.free_at, Date.now()) + (slice.length / this.#bytes_per_s) * 1000;
        const busy = way.free_at - Date.now();
        if (busy > 0) await this.#sleep(busy, () => connection.isGone || !Number.isFinite(this.#bytes_per_s));
      }
      while (!connection.isGone && way.isCut) await this.#change();
      if (to.destroyed || to.writableEnded) return;
      if (!to.write(slice)) await Promise.race([once(to, 'drain').catch(() => {}), once(to, 'close').catch(() => {})]);
    }
  }

  /** Resolves when something is let go. @returns {Promise<void>} */
  #change() {
    return new Promise((resolve) => {
      const go = () => {
        this.#waiting.delete(go);
        resolve();
      };
      this.#waiting.add(go);
    });
  }

  /** @param {number} ms @param {() => boolean} isOver asked when something changes @returns {Promise<void>} */
  #sleep(ms, isOver) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const look = () => {
        if (isOver()) done();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(look);
    });
  }
}

/** Cuts a stream into Kafka's frames: four bytes of length, then so many. */
class Frames {
  /** @type {Buffer[]} */
  #parts = [];
  #bytes = 0;
  #needed = 4;

  /**
   * @param {Buffer} bytes
   * @param {(frame: Buffer) => void} whole called with each frame, its length before it
   * @returns {boolean} false: this is not Kafka's protocol
   */
  add(bytes, whole) {
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes < this.#needed) return true;
    let rest = this.#parts.length === 1 ? bytes : Buffer.concat(this.#parts);
    this.#needed = 4;
    while (rest.length >= 4) {
      const length = rest.readInt32BE(0);
      if (length < SMALLEST) return false;
      this.#needed = 4 + length;
      if (rest.length < this.#needed) break;
      whole(rest.subarray(0, this.#needed));
      rest = rest.subarray(this.#needed);
      this.#needed = 4;
    }
    this.#parts = [rest];
    this.#bytes = rest.length;
    return true;
  }
}

class Connection {
  #client;
  #broker;
  /** @type {() => void} */
  #gone = () => {};
  #ends = new Set();
  isGone = false;
  /** the client has closed, and something of it is still on the way */
  isOrphan = false;

  /** @param {import('node:net').Socket} client @param {import('node:net').Socket} broker */
  constructor(client, broker) {
    this.#client = client;
    this.#broker = broker;
    client.setNoDelay(true);
    broker.setNoDelay(true);
    broker.on('error', () => {});
    const left = () => {
      this.isOrphan = true;
    };
    client.on('end', left);
    client.on('close', left);
  }

  /** @param {() => void} gone */
  whenGone(gone) {
    this.#gone = gone;
  }

  /** All of one direction has arrived. @param {Direction} direction */
  ended(direction) {
    this.#ends.add(direction);
    if (direction === 'to_broker') this.#broker.end();
    else this.#client.end();
    if (this.#ends.size === 2) this.destroy();
  }

  /** Closes both sides, not gently. */
  destroy() {
    if (this.isGone) return;
    this.isGone = true;
    const isClean = this.#ends.size === 2;
    for (const socket of [this.#client, this.#broker]) {
      if (isClean) socket.destroySoon();
      else socket.resetAndDestroy();
    }
    this.#gone();
  }
}

/** Requests of one kind that wait in the proxy. */
export class Hold {
  #api;
  #name;
  #side;
  #left;
  #changed;
  #isReleased = false;
  /** @type {Set<Connection>} */
  #connections = new Set();

  /** @param {number} api @param {string} name @param {'request' | 'response'} side @param {number} count @param {() => void} changed */
  constructor(api, name, side, count, changed) {
    this.#api = api;
    this.#name = name;
    this.#side = side;
    this.#left = count;
    this.#changed = changed;
    /** so many wait here, or have waited */
    this.held = 0;
    this.isLost = false;
  }

  get isClosed() {
    return !this.#isReleased;
  }

  /** Clients of held requests that are still connected. */
  get clients() {
    return [...this.#connections].filter((one) => !one.isOrphan && !one.isGone).length;
  }

  /** Called by the proxy. @param {number} api @param {'request' | 'response'} side @param {Connection} connection */
  takes(api, side, connection) {
    if (this.#isReleased || this.#left === 0 || api !== this.#api || side !== this.#side) return false;
    this.#left--;
    this.held++;
    this.#connections.add(connection);
    return true;
  }

  /** Resolves when so many are held. @param {number} [count] @param {number} [deadline_ms] @returns {Promise<void>} */
  reached(count = 1, deadline_ms = 30_000) {
    return until(`${count} ${this.#name} ${this.#side} held`, () => this.held >= count, { deadline_ms, every_ms: 5 });
  }

  /** Resolves when the clients of all that is held have closed their connections. @param {number} [deadline_ms] @returns {Promise<void>} */
  abandoned(deadline_ms = 60_000) {
    return until(`${this.#name} given up by its client`, () => this.held > 0 && this.clients === 0, { deadline_ms, every_ms: 20 });
  }

  /** Lets them go on, and holds no more. */
  release() {
    this.#isReleased = true;
    this.#changed();
  }

  /** Resets the connections of those held: what waits is never delivered. Holds no more. */
  discard() {
    this.isLost = true;
    this.release();
  }
}
