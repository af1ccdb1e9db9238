// @ts-check
/**
 * A real schema registry (Apicurio) that speaks Confluent's API, on a free port of 127.0.0.1, ended with the process that started it.
 *
 *   const registry = await startRegistry();
 *   SchemaRegistryClient.newClient({ baseURLs: [registry.url] });
 *   await registry.kill(); await registry.restart();       // the same port, the same schemas under the same ids
 *   registry.pause(); registry.resume(); await registry.stop();
 */
import { join } from 'node:path';
import { apicurioJar } from './artefacts.mjs';
import { freePort, until } from './ports.mjs';
import { Den } from './process.mjs';

/** @param {{ heap?: string; deadline_ms?: number }} [options] heap: default 384m */
export async function startRegistry({ heap = '384m', deadline_ms = 60_000 } = {}) {
  const jar = await apicurioJar();
  for (let tries = 1; ; tries++) {
    const registry = new RegistryServer(jar, heap, await freePort(), deadline_ms);
    try {
      await registry.restart();
      return registry;
    } catch (error) {
      await registry.stop();
      if (!/already in use|already bound/i.test(String(error)) || tries === 3) throw error;
    }
  }
}

export class RegistryServer {
  #den = new Den('registry');
  #program;
  #deadline_ms;

  /** @param {string} jar @param {string} heap @param {number} port @param {number} deadline_ms */
  constructor(jar, heap, port, deadline_ms) {
    this.port = port;
    /** of Confluent's API */
    this.url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
    this.#deadline_ms = deadline_ms;
    this.#program = this.#den.program('registry', 'java', [
      `-Xmx${heap}`,
      '-XX:TieredStopAtLevel=1',
      '-Dquarkus.http.host=127.0.0.1',
      `-Dquarkus.http.port=${port}`,
      // a database in a file that is written at once, so that ids outlive a kill
      `-Dapicurio.datasource.url=jdbc:h2:file:${join(this.#den.folder, 'schemas')};WRITE_DELAY=0`,
      '-Dquarkus.log.level=WARN',
      '-jar',
      jar,
    ]);
  }

  get pid() {
    return this.#program.pid;
  }

  get isRunning() {
    return this.#program.isRunning;
  }

  get log_file() {
    return this.#program.log_file;
  }

  /** SIGKILL; the schemas stay. */
  kill() {
    return this.#program.kill();
  }

  pause() {
    this.#program.pause();
  }

  resume() {
    this.#program.resume();
  }

  /** Starts again on the same port; one that runs is ended first. Resolves when it answers. */
  async restart() {
    await this.#program.terminate();
    this.#program.start();
    await until(
      `registry on port ${this.port}`,
      async () => (await fetch(`${this.url}/subjects`, { signal: AbortSignal.timeout(2_000) })).ok,
      {
        deadline_ms: this.#deadline_ms,
        every_ms: 100,
        gaveUp: () => (this.#program.isRunning ? undefined : `it has ended\n${this.#program.lastWords()}`),
      },
    );
  }

  /** Ends it and removes its data. */
  stop() {
    return this.#den.close();
  }
}
