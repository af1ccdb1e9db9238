import type { Command } from 'commander';
import { parseDuration } from '../config/duration.js';
import type { KafkaConfig } from '../config/kafka.js';
import { didYouMean } from '../config/suggest.js';
import { SessionvigilError } from '../errors.js';
import { table } from '../output/table.js';
import { clean } from '../output/text.js';
import { DEAD_LETTER_REASONS } from '../runtime/kafka/dead-letter-reasons.js';
import { type Letter, type Post, readLetters, Sender } from '../runtime/kafka/dead-letters.js';
import { namesOf } from '../runtime/kafka/names.js';
import type { Transport } from '../runtime/kafka/transport.js';
import { countBy } from '../runtime/tally.js';
import type { Context } from './context.js';
import { type CommonOptions, withConfig } from './options.js';
import { withKafka } from './with-kafka.js';

interface LetterOptions extends CommonOptions {
  reason?: string;
  since?: string;
  limit?: number;
  json?: boolean;
  dryRun?: boolean;
}

const DEFAULT_WIDTH = 120;
const LISTED = 100;
const COLUMNS = [
  { title: 'put aside', min: 20 },
  { title: 'reason', min: 16 },
  { title: 'stage', min: 9 },
  { title: 'from', min: 30 },
  { title: 'bytes', min: 5 },
  { title: 'tries', min: 5 },
  { title: 'state', min: 7 },
  { title: 'more', min: 20 },
];

/** `dead-letters list`: what could not be read or judged. */
export function addDeadLettersList(letters: Command, context: Context): void {
  const { io, out } = context;
  withFilter(letters.command('list'))
    .summary('list what could not be read or judged')
    .description(
      `Lists dead letters, the latest ${LISTED} without --limit, with reason and origin; what they hold is not shown. ` +
        'State: waiting, sent (back, once), or stuck (cannot be sent back).',
    )
    .option('--json', 'one JSON object per letter')
    .addHelpText('after', '\nExample:\n  sessionvigil dead-letters list --config sessionvigil.yml --since 24h')
    .action((options: LetterOptions) =>
      withKafka(options, context, async ({ kafka, transport }) => {
        const letters = await readLetters(await postOf(kafka, transport, context.signal));
        const found = chosen(letters, options, io.now());
        if (options.json !== true) io.stderr.write(summaryOf(found, letters.length, options));
        const shown = found.slice(-(options.limit ?? LISTED));
        if (options.json === true) for (const letter of shown) await out.write(`${JSON.stringify(letter)}\n`);
        else if (shown.length > 0) await out.write(`${table(COLUMNS, shown.map(toRow), io.stdout.columns ?? DEFAULT_WIDTH).join('\n')}\n`);
      }),
    );
}

/** `dead-letters replay`: sends letters back to the topics that they came from. */
export function addDeadLettersReplay(letters: Command, context: Context): void {
  const { io, out } = context;
  withFilter(letters.command('replay'))
    .summary('send dead letters back to where they came from')
    .description(
      'Sends dead letters back to the topics that they were read from, with original bytes, key, headers and time, the oldest first. Each is sent ' +
        'once: a second call sends what is new, or was left over. What fails again comes back as another letter with one try more.',
    )
    .option('--dry-run', 'say what would be sent, and send nothing')
    .addHelpText('after', '\nExample:\n  sessionvigil dead-letters replay --config sessionvigil.yml --reason defect')
    .action((options: LetterOptions) =>
      withKafka(options, context, async ({ kafka, transport }) => {
        const post = await postOf(kafka, transport, context.signal);
        const sender = options.dryRun === true ? undefined : await Sender.open(post);
        try {
          const letters = await readLetters(post);
          const all = chosen(letters, options, io.now());
          io.stderr.write(summaryOf(all, letters.length, options));
          const waiting = all.filter(({ state }) => state === 'waiting').slice(0, options.limit);
          if (sender === undefined) {
            await out.write(`would send ${waiting.length} back${listOf(countBy(waiting, ({ topic }) => topic))}\n`);
            return;
          }
          const { sent, refused } = await sender.send(waiting, progressOf(io, waiting.length));
          const gone = waiting.filter((letter) => !refused.includes(letter));
          await out.write(`sent ${sent} back${listOf(countBy(gone, ({ topic }) => topic))}\n`);
          if (refused.length > 0) throw tooLarge(refused);
        } finally {
          await sender?.close();
        }
      }),
    );
}

function withFilter(command: Command): Command {
  return withConfig(command)
    .option('--reason <reason>', 'only letters with this reason')
    .option('--since <time>', 'only letters put aside since then: a time (ISO 8601, UTC), or how long ago, such as 24h')
    .option('--limit <n>', 'at most so many', countOf);
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new SessionvigilError('SV_CLI_USAGE', `--limit ${text} is no whole number from 1 on`);
  return Number(text);
}

async function postOf(kafka: KafkaConfig, transport: Transport, signal: AbortSignal): Promise<Post> {
  const { topics, replay: id } = namesOf(kafka);
  const admin = await transport.admin();
  const topic = topics.dead_letters;
  if ((await admin.describe([topic])).get(topic) === undefined)
    throw new SessionvigilError('SV_KAFKA_TOPIC_MISSING', `the dead-letter topic ${topic} is not there`);
  const back_to = [...kafka.sources.map((source) => source.topic), topics.events, topics.candidates];
  return { transport, admin, topic, back_to, id, signal };
}

/** Letters that are asked for. That there are none is an answer, as for a script that looks every hour; @throws SV_CLI_USAGE for what is no reason at all */
function chosen(letters: readonly Letter[], { reason, since }: LetterOptions, now: number): Letter[] {
  // a newer version may have put some aside for a reason that is not known here
  const there = Object.keys(countBy(letters, (letter) => letter.reason)).sort();
  const reasons = new Set([...there, ...Object.keys(DEAD_LETTER_REASONS)]);
  if (reason !== undefined && !reasons.has(reason)) {
    const listed = there.length === 0 ? 'docs/outcomes.md lists all' : `there are: ${there.join(', ')}; docs/outcomes.md lists all`;
    throw new SessionvigilError('SV_CLI_USAGE', `no letter has the reason ${reason}${didYouMean(reason, reasons)} (${listed})`);
  }
  const from = since === undefined ? Number.NEGATIVE_INFINITY : sinceOf(since, now);
  return letters.filter((letter) => (reason === undefined || letter.reason === reason) && letter.time >= from);
}

/** ms. @throws SV_CLI_USAGE */
function sinceOf(text: string, now: number): number {
  const ago = parseDuration(text);
  if (ago !== undefined && ago >= 0) return now - ago;
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new SessionvigilError(
      'SV_CLI_USAGE',
      `--since ${text} is neither a time such as 2026-03-02T12:00:00Z nor a duration such as 24h`,
    );
  return time;
}

/** A line a second, and the last. */
function progressOf(io: Context['io'], total: number): (sent: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (sent) => {
    const now = performance.now();
    if (sent < total && now - last < 1000) return;
    last = now;
    io.stderr.write(`sent ${sent} of ${total}\n`);
  };
}

/** How many of what reason, for a person; `total` are there. */
function summaryOf(letters: readonly Letter[], total: number, { reason, since }: LetterOptions): string {
  if (total === 0) return 'no dead letters\n';
  if (letters.length === 0) {
    const asked = [reason !== undefined && `--reason ${reason}`, since !== undefined && `--since ${since}`].filter(
      (part) => part !== false,
    );
    return `none of ${total} dead letters fits ${asked.join(' ')}\n`;
  }
  const states = countBy(letters, ({ state }) => state);
  const head = `${letters.length} dead letters: ${['waiting', 'sent', 'stuck'].map((state) => `${states[state] ?? 0} ${state}`).join(', ')}\n`;
  const rows = Object.entries(countBy(letters, ({ stage, reason }) => `${stage}: ${reason}`)).sort(([, a], [, b]) => b - a);
  const stuck = countBy(
    letters.filter(({ state }) => state === 'stuck'),
    ({ why }) => why ?? '',
  );
  return [
    head,
    ...rows.map(([what, n]) => `  ${n} ${clean(what)}\n`),
    ...Object.entries(stuck).map(([why, n]) => `  ${n} stuck: ${why}\n`),
  ].join('');
}

function listOf(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([topic, n]) => `${n} to ${clean(topic)}`);
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function toRow({ time, reason, stage, topic, partition, offset, size, attempt, state, detail, why }: Letter): string[] {
  const from = `${topic}/${partition}/${offset}`;
  return [new Date(time).toISOString(), reason, stage, from, String(size), String(attempt), state, why ?? detail ?? ''].map(clean);
}

function tooLarge(refused: readonly Letter[]): SessionvigilError {
  const problems = refused.map(({ topic, partition, offset, size }) => ({
    file: `${topic}/${partition}/${offset}`,
    message: `${size} bytes are refused`,
  }));
  const n = refused.length;
  return new SessionvigilError(
    'SV_KAFKA_RECORD_TOO_LARGE',
    `${n === 1 ? 'one letter is' : `${n} letters are`} too large to be sent back`,
    problems,
    {
      isAnswer: true,
    },
  );
}
