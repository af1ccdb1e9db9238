/**
 * Stryker changes no numbers, and thresholds are numbers: this changes every number of what it mutates by one, up and down, each at a time,
 * and prints those that no test notices. `node test/helpers/mutation-numbers.mjs [FILE...]`, from the project's root.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync } from '@swc/core';
import { replaced, runTests } from './mutation-tests.mjs';

const FOLDERS = ['src/core/detect', 'src/core/state'];
const say = (text) => process.stdout.write(`${text}\n`);

const healthy = await runTests({ bail: true });
if (healthy.at(-1).failure !== undefined) throw new Error(`the tests fail without a mutant: ${healthy.at(-1).id}`);

const files = process.argv.length > 2 ? process.argv.slice(2) : FOLDERS.flatMap(sourcesIn);
let killed = 0;
let byStories = 0;
let survived = 0;
for (const file of files) {
  const bytes = readFileSync(file);
  for (const { start, end } of numbersOf(bytes)) {
    const number = bytes.subarray(start, end).toString();
    if (!/^\d[\da-fx_.]*$/i.test(number)) throw new Error(`${file}: no number at ${start}: ${number}`);
    for (const change of [`(${number} + 1)`, `(${number} - 1)`]) {
      replaced.set(resolve(file), Buffer.concat([bytes.subarray(0, start), Buffer.from(change), bytes.subarray(end)]).toString());
      const last = (await runTests({ bail: true })).at(-1);
      if (last.failure === undefined) {
        survived++;
        say(`survived ${place(bytes, file, start)} ${change}   ${lineOf(bytes, start)}`);
      } else {
        killed++;
        if (last.file.endsWith('/stories.test.ts')) byStories++;
      }
    }
  }
  replaced.clear();
}
say(`${killed} killed (${byStories} of them by a rule's story), ${survived} survived`);

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
