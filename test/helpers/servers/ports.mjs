// @ts-check
import { connect, createServer } from 'node:net';

/**
 * Ports below those that the system gives to outgoing connections: a server that is down for a while finds its port free when it comes back, and a
 * client that knocks in the meantime cannot be connected to itself.
 */
const FIRST = 15_000;
const LAST = 32_000;

/** A port of 127.0.0.1 that nobody listens on now. @returns {Promise<number>} */
export async function freePort() {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * Asks one question over a connection of its own, and gives what `read` makes of the answer.
 * @template T
 * @param {number} port
 * @param {Buffer} question
 * @param {(answer: Buffer) => T | undefined} read undefined: more bytes are needed
 * @returns {Promise<T>}
 */
export function ask(port, question, read) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(question));
    let answer = Buffer.alloc(0);
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer in 5 s')));
    socket.on('data', (bytes) => {
      answer = Buffer.concat([answer, bytes]);
      const result = read(answer);
      if (result === undefined) return;
      resolve(result);
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed without an answer')));
  });
}

/**
 * Calls `probe` until it answers true.
 * @param {string} what for the error
 * @param {() => Promise<boolean> | boolean} probe one that throws says "not yet"
 * @param {{ deadline_ms?: number; every_ms?: number; gaveUp?: () => string | undefined;
 *   stop?: (error: unknown) => boolean }} [options] gaveUp: a reason why waiting on makes no sense; stop: an error of the probe that stays
 * @returns {Promise<void>}
 */
export async function until(what, probe, { deadline_ms = 60_000, every_ms = 50, gaveUp, stop } = {}) {
  const end = Date.now() + deadline_ms;
  let last = '';
  for (;;) {
    try {
      if (await probe()) return;
    } catch (error) {
      if (stop?.(error)) throw error;
      last = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    const reason = gaveUp?.();
    if (reason !== undefined) throw new Error(`${what}: ${reason}`);
    if (Date.now() > end) throw new Error(`${what}: not within ${deadline_ms} ms${last}`);
    await new Promise((resolve) => setTimeout(resolve, every_ms));
  }
}
