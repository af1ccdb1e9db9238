// @ts-check
/**
 * Kafka's own client, from the same jars as the broker: it writes what foreign programs write, and judges what we have written.
 *
 *   await produce(kafka.bootstrap, [{ topic: 'raw', key: null, value: Buffer.from('{}') }], { properties: { 'compression.type': 'zstd' } });
 *   await produce(kafka.bootstrap, records, { transaction: 'abort' });
 *   for await (const record of readCommitted(kafka.bootstrap, ['findings'])) ...
 *   const records = await allCommitted(kafka.bootstrap, ['findings']);
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { jvmClientClassPath } from './artefacts.mjs';

/** Largest request that is sent and taken: 1 MB values are fine whatever the broker allows. */
const LARGEST = 16 * 1024 * 1024;

/**
 * @typedef {object} Outgoing
 * @property {string} topic
 * @property {number} [partition] none: Java's partitioner chooses
 * @property {Buffer | string | null} [key]
 * @property {Buffer | string | null} [value]
 * @property {Readonly<Record<string, Buffer | string>>} [headers]
 * @property {number} [timestamp]
 */

/**
 * @typedef {object} Incoming
 * @property {string} topic
 * @property {number} partition
 * @property {number} offset
 * @property {number} timestamp
 * @property {Buffer | null} key
 * @property {Buffer | null} value
 * @property {Readonly<Record<string, Buffer>>} headers
 */

/**
 * @param {string} bootstrap
 * @param {Iterable<Outgoing>} records
 * @param {{ properties?: Readonly<Record<string, string | number>>; transaction?: 'commit' | 'abort' }} [options] properties: of Java's producer
 * @returns {Promise<{ topic: string; partition: number; offset: number }[]>} where each one went, in order
 */
export async function produce(bootstrap, records, { properties = {}, transaction } = {}) {
  const all = {
    'bootstrap.servers': bootstrap,
    'max.request.size': LARGEST,
    ...(transaction === undefined ? {} : { 'transactional.id': `jvm-${process.pid}-${Date.now()}` }),
    ...properties,
  };
  const { child, lines, ended } = await jvm('produce', transaction ?? 'plain', all);
  const went = [];
  const written = (async () => {
    for (const { key, value, headers = {}, ...rest } of records) {
      const line = {
        ...rest,
        key: base64(key),
        value: base64(value),
        headers: Object.fromEntries(Object.entries(headers).map(([name, one]) => [name, base64(one)])),
      };
      if (!child.stdin.write(`${JSON.stringify(line)}\n`))
        await new Promise((resolve) => child.stdin.once('drain', resolve).once('close', resolve));
    }
    child.stdin.end();
  })();
  for await (const line of lines) went.push(JSON.parse(line));
  await ended;
  await written;
  return went;
}

/**
 * All committed records of topics, from the first to what is the end now; order within a partition is kept.
 * @param {string} bootstrap
 * @param {readonly string[]} topics
 * @param {{ properties?: Readonly<Record<string, string | number>> }} [options] properties: of Java's consumer
 * @returns {AsyncGenerator<Incoming>}
 */
export async function* readCommitted(bootstrap, topics, { properties = {} } = {}) {
  const all = { 'bootstrap.servers': bootstrap, 'isolation.level': 'read_committed', 'enable.auto.commit': 'false', ...properties };
  const { child, lines, ended } = await jvm('consume', topics.join(','), all);
  try {
    for await (const line of lines) {
      const { key, value, headers, ...rest } = JSON.parse(line);
      const texts = /** @type {[string, string][]} */ (Object.entries(headers));
      yield {
        ...rest,
        key: bytes(key),
        value: bytes(value),
        headers: Object.fromEntries(texts.map(([name, one]) => [name, Buffer.from(one, 'base64')])),
      };
    }
    await ended;
  } finally {
    child.kill('SIGKILL');
    await ended.catch(() => {});
  }
}

/**
 * The same in one array.
 * @param {string} bootstrap
 * @param {readonly string[]} topics
 * @param {{ properties?: Readonly<Record<string, string | number>> }} [options]
 */
export async function allCommitted(bootstrap, topics, options) {
  const records = [];
  for await (const record of readCommitted(bootstrap, topics, options)) records.push(record);
  return records;
}

/**
 * Its stdin is open as long as we live.
 * @param {string} mode @param {string} what @param {Readonly<Record<string, string | number>>} properties
 */
async function jvm(mode, what, properties) {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${value}`);
  const child = spawn(
    'java',
    [
      '-Xmx512m',
      '-XX:TieredStopAtLevel=1',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
      '-cp',
      await jvmClientClassPath(),
      'JvmClient',
      mode,
      what,
      ...pairs,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stdin.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors = (errors + text).slice(-4_000);
  });
  /** @type {Promise<void>} */
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`java ${mode} ended with ${status}: ${errors}`))));
  });
  ended.catch(() => {});
  return { child, lines: createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY }), ended };
}

/** @param {Buffer | string | null | undefined} value */
function base64(value) {
  return value === null || value === undefined ? null : Buffer.from(value).toString('base64');
}

/** @param {string | null} text */
function bytes(text) {
  return text === null ? null : Buffer.from(text, 'base64');
}
