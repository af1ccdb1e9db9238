// npm run bench:kafka: what the service does on a real broker, which it starts itself.
// `-- --json` prints one object; `--only ratio,latency,restore,recovery,rebalance,soak` runs some parts; the rest of the options sizes them.
import { parseArgs } from 'node:util';
import { Bed, load, say } from './kafka/bed.mjs';
import { measureRatio } from './kafka/ratio.mjs';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: 'ratio' },
    partitions: { type: 'string', default: '8' },
    // ratio
    count: { type: 'string', default: '200000' },
    people: { type: 'string', default: '108000' },
    rounds: { type: 'string', default: '3' },
    passes: { type: 'string', default: '2' },
    profile: { type: 'string' },
  },
});
const number = (name) => Number(values[name]);
const bed = await Bed.open();
const result = {};
try {
  const node_args = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  Object.assign(result, await measureRatio(bed, { count: number('count'), people: number('people'), partitions: number('partitions'), rounds: number('rounds'), passes: number('passes'), node_args }));
} finally {
  await bed.close();
}
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
