// Where CPU time goes, of what `--profile DIR` has written: `node bench/kafka/profile.mjs FILE... [--top N] [--under NAME]`. Self time by function and by layer.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { top: { type: 'string', default: '40' }, under: { type: 'string' } } });

/** The first that matches a function's file is its layer; what is nobody's own (JSON.parse, copies, collection) counts for itself. */
const LAYERS = [
  ['core/normalize', /core\/normalize\//],
  ['core/enrich, identity', /core\/(enrich|identity)\/|runtime\/geo\/|node_modules\/(ipaddr|maxmind|geoip|mmdb|ua-parser|@ip-location)/],
  ['core/detect', /core\/detect\//],
  ['core/state (records)', /core\/state\/record\//],
  ['core/state', /core\/state\//],
  ['core/respond', /core\/respond\//],
  ['core, other', /\/core\//],
  ['event encode, decode', /runtime\/wire\//],
  ['person store and codec', /runtime\/store\//],
  ['kafka client, ours', /runtime\/kafka\/client\//],
  ['kafkajs', /node_modules\/kafkajs\//],
  ['stages and task', /runtime\/(stages|task|service|budget|kafka)/],
  ['metrics', /metrics|prom-client/],
  ['@noble/hashes', /@noble/],
  ['other modules', /node_modules\//],
  ['node', /^node:/],
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
  const layers = new Map();
  const add = (map, key, us) => map.set(key, (map.get(key) ?? 0) + us);
  let idle = 0;
  let total = 0;
  for (const [id, us] of self) {
    const node = byId.get(id);
    const { functionName, url, lineNumber } = node.callFrame;
    if (functionName === '(idle)') {
      idle += us;
      continue;
    }
    if (!isUnder(node)) continue;
    total += us;
    add(functions, nameOf(node), us);
    add(layers, layerOf(node), us);
    const seen = new Set();
    for (let at = node; at !== undefined; at = at.parent) {
      const name = nameOf(at);
      if (seen.has(name)) continue;
      seen.add(name);
      add(inclusive, name, us);
    }
    void url;
    void lineNumber;
    void functionName;
  }
  console.log(`${file}: ${(total / 1e6).toFixed(1)} s busy, ${(idle / 1e6).toFixed(1)} s idle`);
  print('layer, self', layers, total, 99);
  print('function, self', functions, total, Number(values.top));
  print('function, with all it calls', inclusive, total, Number(values.top));
}

function nameOf({ callFrame: { functionName, url, lineNumber } }) {
  const short = url.replace(/^.*\/(dist|node_modules)\//, '$1/').replace(/^dist\//, '');
  return `${functionName || '(anonymous)'} ${short}${url === '' ? '' : `:${lineNumber + 1}`}`;
}

/** Native functions count for who calls them, collection and the program itself for themselves. */
function layerOf(node) {
  const { functionName } = node.callFrame;
  if (functionName.startsWith('(')) return functionName;
  for (let at = node; at !== undefined; at = at.parent) {
    const { url } = at.callFrame;
    if (url === '') continue;
    const layer = LAYERS.find(([, pattern]) => pattern.test(url));
    if (layer !== undefined) return layer[0];
  }
  return 'other';
}

function print(title, map, total, most) {
  console.log(`\n${title}`);
  for (const [name, us] of [...map].sort((a, b) => b[1] - a[1]).slice(0, most))
    console.log(`${(us / 1e6).toFixed(2).padStart(8)} s ${((us / total) * 100).toFixed(1).padStart(5)} %  ${name}`);
}
