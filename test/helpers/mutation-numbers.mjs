/**
 * Stryker changes no numbers, and thresholds are numbers: this changes every number of what it mutates by one, up and down, each at a time,
 * and prints those that no test notices. `node test/helpers/mutation-numbers.mjs [FILE...]`, from the project's root.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { parseSync } from '@swc/core';
import { replaced, runTests } from './mutation-tests.mjs';

const FOLDERS = ['src/core/detect', 'src/core/state'];
/** Some mutants never end; the whole run of a healthy project takes a tenth of this. */
const ENDLESS_MS = 60_000;
const say = (text) => process.stdout.write(`${text}\n`);

if (isMainThread) await mutateAll(process.argv.length > 2 ? process.argv.slice(2) : FOLDERS.flatMap(sourcesIn));
else parentPort.on('message', answer);

async function mutateAll(files) {
  const count = { killed: 0, stories: 0, endless: 0, survived: 0 };
  let worker = new Worker(new URL(import.meta.url));
  const ask = (question) =>
    new Promise((done, fail) => {
      const timer = setTimeout(() => done(undefined), ENDLESS_MS);
      worker.removeAllListeners();
      worker.once('error', fail);
      worker.once('message', (last) => {
        clearTimeout(timer);
        done(last);
      });
      worker.postMessage(question);
    });
  const healthy = await ask({});
  if (healthy?.failure !== undefined) throw new Error(`the tests fail without a mutant: ${healthy.id}`);
  for (const file of files) {
    const bytes = readFileSync(file);
    for (const { start, end } of numbersOf(bytes)) {
      const number = bytes.subarray(start, end).toString();
      if (!/^\d[\da-fx_.]*$/i.test(number)) throw new Error(`${file}: no number at ${start}: ${number}`);
      for (const change of [`(${number} + 1)`, `(${number} - 1)`]) {
        const text = Buffer.concat([bytes.subarray(0, start), Buffer.from(change), bytes.subarray(end)]).toString();
        const last = await ask({ file: resolve(file), text });
        if (last === undefined) {
          count.endless++;
          await worker.terminate();
          worker = new Worker(new URL(import.meta.url));
        } else if (last.failure === undefined) {
          count.survived++;
          say(`survived ${place(bytes, file, start)} ${change}   ${lineOf(bytes, start)}`);
        } else {
          count.killed++;
          if (last.file.endsWith('/stories.test.ts')) count.stories++;
        }
      }
    }
  }
  say(`${count.killed} killed (${count.stories} by a rule's story), ${count.endless} without end, ${count.survived} survived`);
  await worker.terminate();
}

/** The last test of a run with one file's text replaced: the one that failed, if any did. */
async function answer({ file, text }) {
  replaced.clear();
  if (file !== undefined) replaced.set(file, text);
  parentPort.postMessage((await runTests({ bail: true })).at(-1));
}

function sourcesIn(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.ts'));
  return names.sort().map((name) => join(folder, name));
}

/** Where numbers stand in a text, in bytes. */
function numbersOf(bytes) {
  const ast = parseSync(bytes.toString(), { syntax: 'typescript' });
  const found = [];
  const walk = (node) => {
    if (node === null || typeof node !== 'object') return;
    // swc counts from one
    if (node.type === 'NumericLiteral') found.push({ start: node.span.start - 1, end: node.span.end - 1 });
    else for (const part of Object.values(node)) walk(part);
  };
  walk(ast);
  return found;
}

function lineOf(bytes, at) {
  const from = bytes.lastIndexOf('\n', at) + 1;
  const to = bytes.indexOf('\n', at);
  return bytes.subarray(from, to).toString().trim();
}

function place(bytes, file, at) {
  return `${file}:${bytes.subarray(0, at).toString().split('\n').length}`;
}
