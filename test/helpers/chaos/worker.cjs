// @ts-check
/**
 * `sessionvigil` as it is built, but for what only a test wants of its Kafka client: SV_CHAOS holds JSON.
 *   request_timeout: ms until a request counts as not answered
 *   die: { stage, step, n }: ends itself with SIGKILL at the n-th such step of a stage's transactions; those that write the marker of a restore
 *   do not count, `opened` does
 */
const kafkajs = require('../../../dist/runtime/kafka/client/kafkajs.js');

const { request_timeout, die } = JSON.parse(process.env['SV_CHAOS'] ?? '{}');
const { createTransport } = kafkajs;
/** ids whose first transaction, the marker's, is over @type {Set<string>} */
const marked = new Set();
let seen = 0;

kafkajs.createTransport = (/** @type {any} */ options) =>
  createTransport({
    ...options,
    request_timeout,
    onStep(step, id) {
      if (step === 'opened') marked.delete(id);
      const counts = marked.has(id) || step === 'opened';
      if (step === 'committed') marked.add(id);
      if (die === undefined || !counts || step !== die.step || !id.includes(`.${die.stage}.`)) return undefined;
      seen++;
      if (seen < die.n) return undefined;
      process.stderr.write(`chaos: ends at ${die.stage} ${step} of ${id}\n`);
      process.kill(process.pid, 'SIGKILL');
      return new Promise(() => {});
    },
  });

require('../../../dist/main.js');
