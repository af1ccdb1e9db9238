// @ts-check
/**
 * Raw records without an end: the two days of the demo, lived through again and again by other people. Copies begin one after the other and go on
 * side by side, so that thefts happen all the time. The same seed and start give the same records.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Two days become eight hours: with all copies in one window nobody is later than an event may be. */
const PACE = 6;
const HOUR_MS = 3_600_000;
/** People of so many copies are at work at the same time. */
const SIDE_BY_SIDE = 40;
/** Ids that Microsoft gives, and the demo's tenant: the same for everybody. */
const COMMON = /^(0000000|3f0a6c1e|4765445b|9199bf20|d3590ed6|1fec8e78|5e3ce6c0|27922004|04b07795|c44b4083|29d9ed98|08e18876|797f4846)/i;
const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const ID = new RegExp(`^${GUID.source}$`, 'i');
const TIME = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)((?:\.\d+)?)/g;
/** names of what is one person's: sessions, tokens, browsers */
const OWN =
  /"(externalSessionId|rootSessionId|signInActivityId|uniqueTokenIdentifier|UniqueTokenId|SessionId|AADSessionId|dtHash|uuid|requestId|Id)":"([^"]+)"/g;

/** xorshift32 @param {number} seed */
export function generator(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/**
 * @param {{ root: string; seed: number; start: number }} options root: of the package; start: ms, when the first record is made
 * @returns {Generator<{ copy: number; value: Buffer | null; template?: string }, never>} copy: which company it is of; template: of what a vendor writes
 */
export function* rawRecords({ root, seed, start }) {
  const lines = templates(root)
    .map((line) => ({ line, time: timeOf(line) }))
    .sort((a, b) => a.time - b.time);
  const first = lines[0]?.time ?? 0;
  const random = generator(seed);
  const step = Math.ceil(lines.length / SIDE_BY_SIDE);
  /** @type {{ copy: number; at: number }[]} */
  const working = [];
  let begun = 0;
  for (let round = 0; ; round++) {
    if (round % step === 0) working.push({ copy: begun++, at: 0 });
    for (const one of [...working]) {
      const { line } = lines[one.at++] ?? { line: '' };
      if (one.at === lines.length) working.splice(working.indexOf(one), 1);
      const value = Buffer.from(another(line, one.copy, first, start));
      const { copy } = one;
      yield { copy, value, template: line };
      const odd = random();
      if (odd < 0.004) yield { copy, value, template: line };
      else if (odd < 0.006) yield { copy, value: value.subarray(0, value.length >> 1) };
      else if (odd < 0.008) yield { copy, value: Buffer.from('{"who":"knows"}') };
      else if (odd < 0.009) yield { copy, value: null };
      else if (odd < 0.01) yield { copy, value: Buffer.alloc(0) };
    }
  }
}

/** The records that all others are made of. @param {string} root of the package @returns {string[]} */
export function templates(root) {
  return ['okta', 'entra', 'm365'].flatMap((vendor) =>
    readFileSync(join(root, `demo/${vendor}.ndjson`), 'utf8')
      .trimEnd()
      .split('\n'),
  );
}

/** @param {string} line @param {number} copy @param {number} first @param {number} start */
function another(line, copy, first, start) {
  const hex = copy.toString(16).padStart(6, '0');
  const mark = copy.toString(36).padStart(4, '0');
  return line
    .replace(GUID, (id) => (COMMON.test(id) ? id : `${id.slice(0, -6)}${hex}`))
    .replace(OWN, (all, name, id) => (ID.test(id) ? all : `"${name}":"${id}${name === 'dtHash' ? hex : mark}"`))
    .replace(/@fjordlight\.example/g, `.${copy}@fjordlight.example`)
    .replace(/00u[0-9A-Za-z]{17}/g, (id) => `${id.slice(0, -4)}${mark}`)
    .replace(/1003[0-9A-F]{12}/g, (id) => `${id.slice(0, -6)}${hex.toUpperCase()}`)
    .replace(TIME, (_, time, fraction) => {
      const then = start - 10 * HOUR_MS + (Date.parse(`${time}Z`) - first) / PACE;
      return `${new Date(then).toISOString().slice(0, 19)}${fraction}`;
    });
}

/** @param {string} line */
function timeOf(line) {
  const found = /"(?:published|time|CreationTime)":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)/.exec(line);
  return found === null ? 0 : Date.parse(`${found[1]}Z`);
}
