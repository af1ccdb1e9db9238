/**
 * How a mutant meets the tests of what is mutated: project and test files are loaded anew for each mutant, within one process. Jest would
 * start an environment per test file, which costs a mutant seconds; this costs it a few tenths of one. Tests are declared through jest's
 * own `describe`, `test` and `expect`; of its hooks this knows none, and says so. Since all is loaded anew, what is read once when a module
 * is loaded (tables of points and defaults) can be mutated too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { transformSync } from '@swc/core';
import fc from 'fast-check';

const require = createRequire(import.meta.url);
const circus = require('jest-circus');
const { ModuleMocker } = require('jest-mock');

const FOLDERS = ['test/core/detect', 'test/core/state'];
/** Says itself what happens when a parameter is another: nothing for a mutant to learn. */
const LEFT_OUT = /pinned\.test\.ts$/;
/** The rules' own stories first, so that a report tells what falls to them; properties tell many stories, so they come last. */
const RANKS = [/stories\.test\.ts$/, /(?<!oracle|order)\.test\.ts$/, /./];
/** What is loaded anew for every mutant; the rest of the project imports nothing of what is mutated. */
const ANEW = ['src/core/', 'test/'];
const SWC = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };

const mocker = new ModuleMocker(globalThis);
Object.assign(globalThis, { describe: circus.describe, test: circus.test, expect: require('expect').expect, jest: mocker });
// Few stories, always the same, and no search for the smallest that fails.
globalThis.PROPERTY_RUNS = 40;
fc.configureGlobal({ seed: 20_260_302, endOnFailure: true });

/** Absolute path -> text to load in place of the file's. */
export const replaced = new Map();

const compiled = new Map();
require.extensions['.ts'] = (module, file) => {
  const source = replaced.get(file) ?? readFileSync(file, 'utf8');
  let code = compiled.get(source);
  if (code === undefined) {
    code = transformSync(source, { ...SWC, filename: file }).code.replace(/require\("(\.{1,2}\/[^"]+)\.js"\)/g, 'require("$1.ts")');
    compiled.set(source, code);
  }
  module._compile(code, file);
};

/**
 * Runs the tests, in the working directory's copy of the project.
 * @param wanted ids of tests; all when undefined
 * @param bail ends with the first failure
 * @param onTest told of each test before it runs
 * @returns what happened to each, in order; a file that cannot be loaded fails as one test
 */
export async function runTests({ wanted, bail = false, onTest = () => undefined } = {}) {
  const results = [];
  forgetProject();
  for (const file of testFiles()) {
    const name = relative(process.cwd(), file);
    if (wanted !== undefined && !wanted.some((id) => id.startsWith(`${name} › `))) continue;
    const { tests, failure } = load(file, name);
    if (failure !== undefined) results.push({ id: name, file, failure, ms: 0 });
    else if (tests.length === 0) throw new Error(`${name} declares no test`);
    for (const { id, fn } of tests) {
      if (bail && results.at(-1)?.failure !== undefined) return results;
      if (wanted !== undefined && !wanted.includes(id)) continue;
      onTest(id);
      const start = performance.now();
      results.push({ id, file, failure: await failureOf(fn), ms: performance.now() - start });
      onTest(undefined);
    }
    if (bail && results.at(-1)?.failure !== undefined) return results;
  }
  return results;
}

function testFiles() {
  const files = FOLDERS.flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(process.cwd(), folder, name)));
  const rank = (file) => RANKS.findIndex((pattern) => pattern.test(file));
  return files.filter((file) => file.endsWith('.test.ts') && !LEFT_OUT.test(file)).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function forgetProject() {
  const folders = ANEW.map((folder) => join(process.cwd(), folder));
  for (const file of Object.keys(require.cache)) if (folders.some((folder) => file.startsWith(folder))) delete require.cache[file];
  mocker.restoreAllMocks();
}

/** The tests that a file declares, in order; the id of each is the same in every run. */
function load(file, name) {
  circus.resetState();
  try {
    require(file);
  } catch (error) {
    return { tests: [], failure: wordsOf(error) };
  }
  const tests = [];
  const walk = (block, path) => {
    if (block.hooks.length > 0) throw new Error(`${name} has hooks: they are not known here`);
    for (const child of block.children) {
      if (child.type === 'describeBlock') walk(child, [...path, child.name]);
      else tests.push({ id: [...path, child.name].join(' › '), fn: child.fn });
    }
  };
  walk(circus.getState().rootDescribeBlock, [name]);
  return { tests, failure: undefined };
}

async function failureOf(fn) {
  try {
    await fn();
  } catch (error) {
    return wordsOf(error);
  }
  return undefined;
}

function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}
