// @ts-check
/**
 * A real Kafka for tests and benches: brokers from Maven Central's jars (KRaft), on free ports of 127.0.0.1, ended with the process that started them.
 *
 *   const kafka = await startKafka();                        // one broker; { brokers: 3 } makes three and a controller of its own
 *   new Kafka({ brokers: kafka.bootstrap.split(',') });
 *   await kafka.kill(); await kafka.restart();                // SIGKILL, and again on the same ports and data; restart alone ends it cleanly first
 *   kafka.pause(); kafka.resume();                           // SIGSTOP, SIGCONT; kafka.nodes[1].kill() and so on for one of several
 *   await kafka.stop();                                      // in afterAll: ends everything and removes the data
 *
 * Behind a proxy: `const port = await freePort(); const kafka = await startKafka({ advertised: [port] });`, then a proxy that listens on `port` and
 * passes on to `kafka.targets[0]`; clients that begin at the proxy are told of the proxy only, and `kafka.bootstrap` stays the way around it.
 * `{ secure: true }` adds listeners: `kafka.secure.tls`, `.mutual_tls`, `.sasl`, `.sasl_tls` are bootstrap addresses, `.user`, `.password` and the PEM
 * files `.ca_file`, `.client.cert_file`, `.client.key_file` go with them. SASL takes PLAIN, SCRAM-SHA-256 and -512, and OAUTHBEARER with unsigned tokens.
 * Topics are never made by themselves. Default broker settings are below; `properties` overrides and adds.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formattedLog, kafkaClassPath } from './artefacts.mjs';
import { joinPem, makeAuthority } from './certificates.mjs';
import { ask, freePort, until } from './ports.mjs';
import { Den } from './process.mjs';

/**
 * @typedef {object} KafkaOptions
 * @property {number} [brokers] 1: broker and controller in one process; more: a controller beside them. Default 1
 * @property {Readonly<Record<string, string | number | boolean>>} [properties] of all brokers, over the defaults
 * @property {readonly number[]} [advertised] ports of proxies, each with a listener of its own behind it; one broker only
 * @property {boolean} [secure] listeners with TLS and SASL beside the plain one
 * @property {string} [heap] of each process; default 512m
 * @property {readonly string[]} [jvm] options of each process. Default in jest: compile quickly, which starts with 40 % less CPU time; elsewhere none, so that
 *   a bench has a broker that compiles well
 * @property {number} [deadline_ms] until ready; default 60 s
 */

/**
 * @typedef {object} Secure
 * @property {string} tls bootstrap address
 * @property {string} mutual_tls bootstrap address; asks for a client's certificate of the same authority
 * @property {string} sasl bootstrap address
 * @property {string} sasl_tls bootstrap address
 * @property {string} user
 * @property {string} password
 * @property {string} ca_file
 * @property {import('./certificates.mjs').Issued} client
 * @property {import('./certificates.mjs').Authority} authority issues more
 */

/**
 * @typedef {object} KafkaNode
 * @property {number} id node id
 * @property {number} port
 * @property {number | undefined} pid
 * @property {boolean} isRunning
 * @property {string} log_file what it warns of
 * @property {() => Promise<void>} kill SIGKILL
 * @property {() => Promise<void>} terminate a clean end; the data stay
 * @property {() => void} pause
 * @property {() => void} resume
 * @property {() => Promise<void>} restart after `kill` or `terminate`, or out of its run; resolves when all brokers that run answer
 */

/** Small and quick: few internal partitions, no waiting for a group's first members, a cleaner that looks often. */
const DEFAULTS = {
  'num.partitions': 4,
  'auto.create.topics.enable': false,
  'offsets.topic.num.partitions': 4,
  'transaction.state.log.num.partitions': 4,
  'group.initial.rebalance.delay.ms': 0,
  'log.cleaner.backoff.ms': 1000,
  'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  // after a SIGKILL the next one is let in only when this session has run out
  'broker.session.timeout.ms': 3000,
  'broker.heartbeat.interval.ms': 500,
};

const QUICK_START = ['-XX:TieredStopAtLevel=1'];

const USER = 'alice';
const PASSWORD = 'alice-secret';

const SECURE_LISTENERS = Object.freeze({ tls: 'SSL', mutual_tls: 'SSL', sasl: 'SASL_PLAINTEXT', sasl_tls: 'SASL_SSL' });
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'];

/** @param {KafkaOptions} [options] */
export async function startKafka(options = {}) {
  const class_path = await kafkaClassPath();
  // a port may be taken between the look and the start: another worker starts servers as well
  for (let tries = 1; ; tries++) {
    const kafka = new KafkaServers(class_path, options);
    try {
      await kafka.start();
      return kafka;
    } catch (error) {
      const isPortTaken = /Address already in use/.test(String(error));
      await kafka.stop();
      if (!isPortTaken || tries === 3) throw error;
    }
  }
}

export class KafkaServers {
  #class_path;
  #options;
  #den = new Den('kafka');
  /** @type {Secure | undefined} */
  #secured;
  /** @type {Set<number>} */
  #paused = new Set();
  /** @type {(KafkaNode & { program: import('./process.mjs').Program; isBroker: boolean })[]} */
  #all = [];

  /** @param {string} class_path @param {KafkaOptions} options */
  constructor(class_path, options) {
    this.#class_path = class_path;
    this.#options = options;
    /** addresses of all brokers, separated by commas */
    this.bootstrap = '';
    /** @type {string[]} where the proxies of `advertised` pass on to, in the same order */
    this.targets = [];
    /** @type {KafkaNode[]} the brokers; with several the controller is not among them */
    this.nodes = [];
    /** folder of data and logs, gone after `stop` */
    this.folder = this.#den.folder;
  }

  /** With the option of the same name. @returns {Secure} */
  get secure() {
    if (this.#secured === undefined) throw new Error('this Kafka was started without { secure: true }');
    return this.#secured;
  }

  /** Called by `startKafka`. */
  async start() {
    const { brokers = 1, advertised = [], properties = {}, secure = false } = this.#options;
    if (brokers > 1 && advertised.length > 0) throw new Error('advertised ports go with one broker only');
    const secured = secure ? await this.#secure() : {};
    const controller_port = await freePort();
    const controller_id = brokers === 1 ? 1 : 100;
    const copies = Math.min(brokers, 3);
    const common = {
      ...DEFAULTS,
      'controller.quorum.voters': `${controller_id}@127.0.0.1:${controller_port}`,
      'controller.listener.names': 'CONTROLLER',
      'default.replication.factor': copies,
      'offsets.topic.replication.factor': copies,
      'transaction.state.log.replication.factor': copies,
      'transaction.state.log.min.isr': Math.min(copies, 2),
    };
    if (brokers > 1)
      this.#add(controller_id, controller_port, false, {
        ...common,
        ...properties,
        'process.roles': 'controller',
        listeners: `CONTROLLER://127.0.0.1:${controller_port}`,
      });
    for (let id = 1; id <= brokers; id++) {
      const port = await freePort();
      const listeners = [{ name: 'PLAINTEXT', port, advertised: port, protocol: 'PLAINTEXT' }];
      for (const [i, at] of advertised.entries()) {
        const target = await freePort();
        listeners.push({ name: `PROXY${i}`, port: target, advertised: at, protocol: 'PLAINTEXT' });
        this.targets.push(`127.0.0.1:${target}`);
      }
      for (const [name, protocol] of secure ? Object.entries(SECURE_LISTENERS) : []) {
        const at = await freePort();
        listeners.push({ name: name.toUpperCase(), port: at, advertised: at, protocol });
        const key = /** @type {keyof typeof SECURE_LISTENERS} */ (name);
        this.secure[key] += `${this.secure[key] === '' ? '' : ','}127.0.0.1:${at}`;
      }
      const own = brokers === 1 ? [`CONTROLLER://127.0.0.1:${controller_port}`] : [];
      this.#add(id, port, true, {
        ...common,
        ...secured,
        ...properties,
        'process.roles': brokers === 1 ? 'broker,controller' : 'broker',
        'inter.broker.listener.name': 'PLAINTEXT',
        listeners: [...listeners.map((one) => `${one.name}://127.0.0.1:${one.port}`), ...own].join(','),
        'advertised.listeners': listeners.map((one) => `${one.name}://127.0.0.1:${one.advertised}`).join(','),
        'listener.security.protocol.map': ['CONTROLLER:PLAINTEXT', ...listeners.map((one) => `${one.name}:${one.protocol}`)].join(','),
      });
    }
    this.bootstrap = this.nodes.map((node) => `127.0.0.1:${node.port}`).join(',');
    await Promise.all(this.#all.map((node) => this.#format(node)));
    for (const node of this.#all) node.program.start();
    await this.ready();
    await until('coordinators', () => hasCoordinators(this.nodes[0]?.port ?? 0), { deadline_ms: this.#options.deadline_ms ?? 60_000 });
  }

  /** Resolves when every broker that runs knows of all that run. */
  async ready() {
    const running = this.#all.filter((node) => node.isRunning);
    const brokers = running.filter((node) => node.isBroker && !this.#paused.has(node.id));
    await Promise.all(
      brokers.map((node) =>
        until(`broker ${node.id} on port ${node.port}`, async () => (await knownBrokers(node.port)) >= brokers.length, {
          deadline_ms: this.#options.deadline_ms ?? 60_000,
          gaveUp: () => {
            const dead = running.find((one) => !one.isRunning);
            return dead === undefined ? undefined : `node ${dead.id} has ended\n${dead.program.lastWords()}`;
          },
        }),
      ),
    );
  }

  /** SIGKILL to all; the data stay. */
  async kill() {
    await Promise.all(this.#all.map((node) => node.kill()));
  }

  /** All again on the same ports and data; those that run are ended cleanly first. */
  async restart() {
    await Promise.all(this.nodes.map((node) => node.terminate()));
    await Promise.all(this.#all.map((node) => node.terminate()));
    for (const node of this.#all) node.program.start();
    await this.ready();
  }

  /** SIGSTOP to all: connections stay open, nobody answers. */
  pause() {
    for (const node of this.#all) node.pause();
  }

  resume() {
    for (const node of this.#all) node.resume();
  }

  /** Ends everything and removes the data. */
  async stop() {
    await this.#den.close();
  }

  /** Arguments of `java` up to the main class, for the tools that come with the broker. */
  get javaArgs() {
    return ['-cp', this.#class_path];
  }

  /** Certificates, a user, and what a broker has to know of both. */
  async #secure() {
    const authority = await makeAuthority(this.folder);
    const server_file = join(this.folder, 'server-both.pem');
    joinPem(await authority.issue('server'), server_file);
    const at = { user: USER, password: PASSWORD, ca_file: authority.ca_file, client: await authority.issue('client'), authority };
    this.#secured = { ...at, tls: '', mutual_tls: '', sasl: '', sasl_tls: '' };
    /** @type {Record<string, string>} */
    const properties = {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': server_file,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': authority.ca_file,
      'listener.name.mutual_tls.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': MECHANISMS.join(','),
    };
    const security = 'org.apache.kafka.common.security';
    for (const listener of ['sasl', 'sasl_tls']) {
      const of = (/** @type {string} */ mechanism) => `listener.name.${listener}.${mechanism}.sasl.jaas.config`;
      properties[of('plain')] = `${security}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`;
      properties[of('scram-sha-256')] = `${security}.scram.ScramLoginModule required;`;
      properties[of('scram-sha-512')] = `${security}.scram.ScramLoginModule required;`;
      properties[of('oauthbearer')] = `${security}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`;
    }
    return properties;
  }

  /** @param {number} id @param {number} port @param {boolean} isBroker @param {Record<string, string | number | boolean>} properties */
  #add(id, port, isBroker, properties) {
    const file = join(this.folder, `${id}.properties`);
    const all = { 'node.id': id, 'log.dirs': join(this.folder, `data-${id}`), ...properties };
    writeFileSync(
      file,
      Object.entries(all)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    const program = this.#den.program(`node-${id}`, 'java', [
      `-Xmx${this.#options.heap ?? '512m'}`,
      ...(this.#options.jvm ?? (process.env['JEST_WORKER_ID'] === undefined ? [] : QUICK_START)),
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      ...this.javaArgs,
      'kafka.Kafka',
      file,
    ]);
    const ready = () => this.ready();
    const paused = this.#paused;
    const node = {
      id,
      port,
      isBroker,
      program,
      get pid() {
        return program.pid;
      },
      get isRunning() {
        return program.isRunning;
      },
      log_file: program.log_file,
      async kill() {
        paused.delete(id);
        await program.kill();
      },
      async terminate() {
        paused.delete(id);
        await program.terminate();
      },
      pause() {
        program.pause();
        paused.add(id);
      },
      resume() {
        program.resume();
        paused.delete(id);
      },
      async restart() {
        await node.terminate();
        program.start();
        await ready();
      },
    };
    this.#all.push(node);
    if (isBroker) this.nodes.push(node);
  }

  /** Gives the node an empty log: as Kafka's own tool made it once, under its own names. @param {{ id: number }} node */
  async #format({ id }) {
    const users =
      this.#secured === undefined
        ? []
        : MECHANISMS.filter((one) => one.startsWith('SCRAM')).map((one) => `${one}=[name=${USER},password=${PASSWORD}]`);
    const data = join(this.folder, `data-${id}`);
    cpSync(await formattedLog(users), data, { recursive: true });
    const file = join(data, 'meta.properties');
    const names = readFileSync(file, 'utf8')
      .replace(/^node.id=.*$/m, `node.id=${id}`)
      .replace(/^directory.id=.*$/m, `directory.id=${randomBytes(16).toString('base64url')}`);
    writeFileSync(file, names);
  }
}

/**
 * One request with the client id "ready" and its answer, both without length and header.
 * @template T
 * @param {number} port @param {number} api @param {number} version @param {string} body hex
 * @param {(answer: Buffer) => T} read
 */
function request(port, api, version, body, read) {
  const header = Buffer.alloc(19);
  const fields = Buffer.from(body, 'hex');
  header.writeInt32BE(header.length - 4 + fields.length, 0);
  header.writeInt16BE(api, 4);
  header.writeInt16BE(version, 6);
  header.writeInt16BE(5, 12);
  header.write('ready', 14);
  return ask(port, Buffer.concat([header, fields]), (answer) =>
    answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0) ? read(answer.subarray(8)) : undefined,
  );
}

/** Brokers that the one on this port tells its clients of: Metadata 1, of no topics. @param {number} port */
function knownBrokers(port) {
  return request(port, 3, 1, '00000000', (answer) => answer.readInt32BE(0));
}

/**
 * Whether groups and transactions have a coordinator: FindCoordinator 1 for the key "a". The first question makes the internal topic.
 * @param {number} port
 */
async function hasCoordinators(port) {
  for (const kind of ['00', '01']) if ((await request(port, 10, 1, `000161${kind}`, (answer) => answer.readInt16BE(4))) !== 0) return false;
  return true;
}
