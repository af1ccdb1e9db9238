// @ts-check
/**
 * The jars of the servers, from Maven Central, kept in `$SESSIONVIGIL_TEST_CACHE` or `~/.cache/sessionvigil-test-servers`. A folder of the cache is there
 * whole or not at all: it is filled under another name, and one process at a time fills it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './ports.mjs';

const CACHE = process.env['SESSIONVIGIL_TEST_CACHE'] || join(homedir(), '.cache/sessionvigil-test-servers');

/** Most time that a download may take. */
const DOWNLOAD_MS = 10 * 60_000;

const KAFKA_VERSION = '4.1.1';
const KAFKA = `kafka-${KAFKA_VERSION}`;
const APICURIO_VERSION = '3.0.9';
const APICURIO = `apicurio-${APICURIO_VERSION}`;

const KAFKA_POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>sessionvigil</groupId>
  <artifactId>test-servers</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <!-- for what a broker complains of before it ends; the API that Kafka brings is 1.7 -->
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** Class path of broker and tools. @returns {Promise<string>} */
export async function kafkaClassPath() {
  const folder = await fetched(KAFKA, async (target) => {
    const pom = join(target, 'pom.xml');
    writeFileSync(pom, KAFKA_POM);
    await run('mvn', ['-q', '-B', '-Dstyle.color=never', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${target}`]);
  });
  return join(folder, '*');
}

/**
 * A log folder as Kafka's storage tool formats it, for node 1 of a cluster: the tool takes seconds, a copy does not.
 * @param {readonly string[]} users SCRAM credentials as the tool takes them
 * @returns {Promise<string>}
 */
export async function formattedLog(users) {
  const digest = createHash('sha256').update(users.join()).digest('hex').slice(0, 16);
  const class_path = await kafkaClassPath();
  const folder = await fetched(`formatted-${KAFKA_VERSION}-${digest}`, async (target) => {
    const file = join(target, 'server.properties');
    const properties = {
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.voters': '1@127.0.0.1:1',
      'controller.listener.names': 'CONTROLLER',
      listeners: 'PLAINTEXT://127.0.0.1:2,CONTROLLER://127.0.0.1:1',
      'log.dirs': join(target, 'data'),
    };
    writeFileSync(
      file,
      Object.entries(properties)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    const scram = users.flatMap((one) => ['--add-scram', one]);
    // any cluster id: two clusters never meet
    await run('java', [
      '-Xmx128m',
      '-cp',
      class_path,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      'c2Vzc2lvbnZpZ2lsLXRlcw',
      '-c',
      file,
      ...scram,
    ]);
  });
  return join(folder, 'data');
}

/** Class path of JvmClient.java and all it needs; compiled once for each version of the source. @returns {Promise<string>} */
export async function jvmClientClassPath() {
  const source = join(fileURLToPath(import.meta.url), '../JvmClient.java');
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16);
  const kafka = await kafkaClassPath();
  const folder = await fetched(`jvm-client-${digest}`, (target) => run('javac', ['-cp', kafka, '-d', target, source]));
  return [folder, kafka].join(delimiter);
}

/** The registry's jar, its libraries beside it. @returns {Promise<string>} */
export async function apicurioJar() {
  const folder = await fetched(APICURIO, async (target) => {
    // without a project around it: what the archive depends on is in it
    const artefact = `io.apicurio:apicurio-registry-app:${APICURIO_VERSION}:tar.gz:all`;
    await run(
      'mvn',
      ['-q', '-B', '-Dstyle.color=never', 'dependency:copy', `-Dartifact=${artefact}`, `-DoutputDirectory=${target}`],
      target,
    );
    const archive = join(target, `apicurio-registry-app-${APICURIO_VERSION}-all.tar.gz`);
    await run('tar', ['xzf', archive, '-C', target]);
    rmSync(archive);
  });
  return join(folder, `apicurio-registry-app-${APICURIO_VERSION}-runner.jar`);
}

/** What the servers need of this machine and is not there. @param {readonly string[]} [more] programs @returns {string[]} */
export function missingPrograms(more = []) {
  const areFetched = [KAFKA, APICURIO].every((name) => existsSync(join(CACHE, name)));
  const needed = ['java', 'javac', 'openssl', ...(areFetched ? [] : ['mvn']), ...more];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return needed.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
}

/**
 * @param {string} name
 * @param {(target: string) => Promise<void>} fill
 */
async function fetched(name, fill) {
  const folder = join(CACHE, name);
  const lock = `${folder}.lock`;
  mkdirSync(CACHE, { recursive: true });
  await until(
    `${name} in the cache`,
    async () => {
      if (existsSync(folder)) return true;
      if (!take(lock)) return false;
      try {
        // somebody may have finished between the two looks
        if (!existsSync(folder)) {
          const target = `${folder}.part`;
          rmSync(target, { recursive: true, force: true });
          mkdirSync(target);
          await fill(target).catch((error) => {
            throw new NotFetched(`cannot get ${name} for the tests (jars come from Maven Central): ${error.message}`);
          });
          renameSync(target, folder);
        }
      } finally {
        rmSync(lock, { force: true });
      }
      return true;
    },
    { deadline_ms: DOWNLOAD_MS, every_ms: 200, stop: (error) => error instanceof NotFetched },
  );
  return folder;
}

class NotFetched extends Error {}

/** Takes the lock, also from an owner that is no more. @param {string} lock */
function take(lock) {
  try {
    const file = openSync(lock, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch {
    try {
      const owner = Number(readFileSync(lock, 'utf8'));
      if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true });
    } catch {}
    return false;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [cwd]
 * @returns {Promise<void>}
 */
export function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const add = (/** @type {string} */ text) => {
      output = (output + text).slice(-2_000);
    };
    child.stdout.setEncoding('utf8').on('data', add);
    child.stderr.setEncoding('utf8').on('data', add);
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`${command} ended with ${status}: ${output.trim()}`))));
  });
}
