// Where CPU time goes, of what `--profile DIR` has written: `node bench/kafka/profile.mjs FILE... [--top N] [--under NAME]`. By purpose and by function.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { top: { type: 'string', default: '40' }, under: { type: 'string' } },
});

/** What time is spent for: the innermost of a sample's functions that is named here, else the innermost whose file is. */
const PURPOSES = [
  ['start: modules, rules, data', 'executeUserEntryPoint', /^node:/],
  ['fetch: decode', 'decodeFetch', /fetch-response/],
  ['CRC', 'crc32c', /crc32c/],
  ['fetch: queue', 'push', /stages|task/],
  ['socket: read', 'onStreamRead', /^node:/],
  ['socket: write', 'sendRequest', /kafkajs/],
  ['normalize: JSON.parse and checks', 'readRecord', /normalize\/read/],
  ['normalize: identities', 'learn', /core\/identity/],
  ['normalize: all else', 'normalize', /runtime\/service/],
  ['events: encode', 'encode', /wire\/stream-record/],
  ['events: decode', 'decode', /wire\/stream-record/],
  ['produce: encode', 'encodeProduce', /client/],
  ['produce: all else', /./, /client\/(writing|producers|transactions|wire)/],
  ['detect: thaw a person (decode)', 'get', /people-store/],
  ['detect: freeze a person (encode)', 'makeRoom', /people-store/],
  ['detect: other of the store', /./, /runtime\/store/],
  ['detect: judge', 'accept', /core\/detect\/index/],
  ['detect: tick', 'tick', /core\/detect\/index/],
  ['detect: write people down', 'peopleToWrite', /detect-work/],
  ['detect: say, suppress, encode', 'say', /detect-work/],
  ['detect: all else', /./, /detect-work/],
  ['respond', /./, /respond-work|core\/respond/],
  ['metrics', /./, /metrics|prom-client/],
  ['stages, task: all else', /./, /runtime\/(stages|task|service|budget)/],
  ['kafka client: all else', /./, /kafka/],
];

for (const file of positionals) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) for (const child of node.children ?? []) byId.get(child).parent = node;
  const self = new Map();
  for (const [i, id] of samples.entries()) self.set(id, (self.get(id) ?? 0) + (timeDeltas[i + 1] ?? timeDeltas[i]));
  const isUnder = (node) => {
    if (values.under === undefined) return true;
    for (let at = node; at !== undefined; at = at.parent) if (at.callFrame.functionName === values.under) return true;
    return false;
  };
  const functions = new Map();
  const inclusive = new Map();
  const purposes = new Map();
  const add = (map, key, us) => map.set(key, (map.get(key) ?? 0) + us);
  let idle = 0;
  let total = 0;
  for (const [id, us] of self) {
    const node = byId.get(id);
    const { functionName } = node.callFrame;
    if (functionName === '(idle)') {
      idle += us;
      continue;
    }
    if (!isUnder(node)) continue;
    total += us;
    add(functions, nameOf(node), us);
    add(purposes, purposeOf(node), us);
    const seen = new Set();
    for (let at = node; at !== undefined; at = at.parent) {
      const name = nameOf(at);
      if (seen.has(name)) continue;
      seen.add(name);
      add(inclusive, name, us);
    }
  }
  console.log(`${file}: ${(total / 1e6).toFixed(1)} s busy, ${(idle / 1e6).toFixed(1)} s idle`);
  print('what for', purposes, total, 99);
  print('function, self', functions, total, Number(values.top));
  print('function, with all it calls', inclusive, total, Number(values.top));
}

function nameOf({ callFrame: { functionName, url, lineNumber } }) {
  const short = url.replace(/^.*\/(dist|node_modules)\//, '$1/').replace(/^dist\//, '');
  return `${functionName || '(anonymous)'} ${short}${url === '' ? '' : `:${lineNumber + 1}`}`;
}

/** Collection and the program itself count for themselves. */
function purposeOf(node) {
  if (/^\((garbage|program)/.test(node.callFrame.functionName)) return node.callFrame.functionName;
  const isNamed = ([, name]) => typeof name === 'string';
  for (const some of [PURPOSES.filter(isNamed), PURPOSES.filter((one) => !isNamed(one))]) {
    for (let at = node; at !== undefined; at = at.parent) {
      const { functionName, url } = at.callFrame;
      const found = some.find(([, name, file]) => file.test(url) && (name === functionName || name instanceof RegExp));
      if (found !== undefined) return found[0];
    }
  }
  return 'other';
}

function print(title, map, total, most) {
  console.log(`\n${title}`);
  for (const [name, us] of [...map].sort((a, b) => b[1] - a[1]).slice(0, most))
    console.log(`${(us / 1e6).toFixed(2).padStart(8)} s ${((us / total) * 100).toFixed(1).padStart(5)} %  ${name}`);
}
