import type { Command } from 'commander';
import { createApp } from '../app.js';
import { didYouMean } from '../config/suggest.js';
import type { Explainer, Explanation } from '../core/detect/explain.js';
import type { Principal, SessionEvent } from '../core/event/index.js';
import { SessionvigilError } from '../errors.js';
import { createLog } from '../log.js';
import { renderExplanation } from '../output/explanation.js';
import { incomplete } from '../runtime/file/damage.js';
import { findInputs } from '../runtime/file/inputs.js';
import { replay } from '../runtime/file/replay.js';
import type { Context } from './context.js';
import { type CommonOptions, configOf, nowOf, withReading, withRules } from './options.js';
import { ProgressLine } from './progress.js';
import { warnOfEmpty } from './warn-empty.js';

interface ExplainOptions extends CommonOptions {
  principal?: string;
  event?: string;
  rule?: string[];
  onlyFindings?: boolean;
  all?: boolean;
  format?: 'text' | 'ndjson';
}

/** `explain --principal P FILE...`: every event of one person, what was known before it, and what every rule makes of it. */
export function addExplain(program: Command, context: Context): void {
  withRules(withReading(program.command('explain')))
    .summary('show why each event of a person was, or was not, a finding')
    .description(
      'Runs the pipeline over files of audit records, as replay does, and shows for every event of one person, in order of arrival: what was known ' +
        'of them before it, the score that each rule gave it with its factors and the score from which it would have been a finding, and why ' +
        'the others stayed silent. Rules that are silent for the same reason stand on one line, and what an event was compared with where a rule holds something against ' +
        'it; --all shows everything. NDJSON has everything that the filters leave.',
    )
    .argument('<file...>', 'NDJSON of audit records in order of time, plain or gzip')
    .option('--principal <who>', 'whose events: an address, a name, an id at a vendor, or a key as findings show it')
    .option('--event <uid>', 'only this event; without --principal it says itself whose it is')
    .option(
      '--rule <uid>',
      'only what this rule makes of them and finds; several times for several',
      (uid: string, before: string[] = []) => [...before, uid],
    )
    .option('--only-findings', 'only events on whose arrival something was found, changed or taken back')
    .option('--all', 'every silent rule on a line of its own, and all that was known before every event')
    .option('--format <format>', 'text or ndjson; default text')
    .addHelpText(
      'after',
      '\nExamples:\n  sessionvigil explain --principal ana@example.org logs/*.ndjson\n  sessionvigil explain --principal ana@example.org --only-findings logs/*.ndjson' +
        '\n  sessionvigil explain --event okta:acme:3f2a --rule session-reuse logs/*.ndjson',
    )
    .action(async (files: string[], options: ExplainOptions) => {
      await explainFiles(files, options, context);
    });
}

async function explainFiles(files: readonly string[], options: ExplainOptions, { io, out, signal }: Context): Promise<void> {
  const { principal, event: uid, format = 'text', onlyFindings = false, all = false } = options;
  if (principal === undefined && uid === undefined)
    throw new SessionvigilError('SV_CLI_USAGE', 'explain whom? Give --principal, --event, or both');
  if (format !== 'text' && format !== 'ndjson')
    throw new SessionvigilError('SV_CLI_USAGE', `--format ${format} is neither text nor ndjson`);
  const now = nowOf(options, io);
  const inputs = await findInputs(files, io);
  const loaded = configOf(options, io);
  const log = createLog(loaded.config.log.level, io.stderr);
  const app = createApp(loaded, { source: options.source, now, log });
  const isAsked = ruleTest(options.rule, app.rules);
  const progress = new ProgressLine(io);
  const others = new Set<string>();
  const hasColor = io.stdout.isTTY === true && (io.env['NO_COLOR'] ?? '') === '';
  const shown: (() => string | undefined)[] = [];
  const explainer: Explainer = app.createExplainer();
  const show = (whole: Explanation) => {
    if (uid !== undefined && whole.event.uid !== uid) return;
    const render = () => {
      const explanation = onlyOf(whole, isAsked);
      if (onlyFindings && explanation.findings.length === 0) return undefined;
      return format === 'ndjson' ? `${JSON.stringify(forMachines(explanation))}\n` : renderExplanation(explanation, hasColor, all);
    };
    // of most events nothing is kept but its text, and of others the text is not known yet
    const text = explainer.isPending(whole) ? undefined : render();
    if (explainer.isPending(whole)) shown.push(render);
    else if (text !== undefined) shown.push(() => text);
  };
  let count = 0;
  const detect = {
    accept(event: SessionEvent) {
      // Without a name the event says whose it is, but what came before it has to be told from the start: everybody is.
      if (principal !== undefined && !isMeant(event.principal, principal)) {
        if (others.size < MAX_OTHERS) others.add(nameOf(event.principal));
        // whether a provider's log was alive is told by everybody
        explainer.engine.passed(event);
        return [];
      }
      const explanation = explainer.accept(event);
      show(explanation);
      if (uid === undefined || event.uid === uid) count++;
      return explanation.findings;
    },
    tick: (time: number) => explainer.tick(time),
    stats: () => explainer.engine.stats(),
    unjudged: () => [],
    configure: () => [],
    absorb: () => undefined,
  };
  const result = await replay(inputs, {
    ...app,
    detect,
    max_record_bytes: loaded.config.input.max_record_bytes,
    signal,
    onProgress: progress.update,
    onDefect: (err, where) => log.error({ err, ...where }, `input ${where.input}, line ${where.line}: a defect`),
  }).finally(() => progress.clear());
  explainer.conclude();
  const texts = shown.flatMap((render) => render() ?? []);
  for (const text of texts) await out.write(text);
  await out.flush();
  warnOfEmpty(result.empty, inputs, io);
  if (count === 0) throw nothingMeant(options, others);
  const events = `${count} ${count === 1 ? 'event' : 'events'}`;
  io.stderr.write(onlyFindings ? `${texts.length} of ${events} explained: something was said of no other\n` : `${events} explained\n`);
  if (result.damages.length > 0) throw incomplete(result.damages);
}

type RuleTest = (rule: string) => boolean;

/** @throws SV_CLI_USAGE when no such rule judges */
function ruleTest(asked: readonly string[] | undefined, rules: readonly { uid: string }[]): RuleTest | undefined {
  if (asked === undefined) return undefined;
  const known = rules.map(({ uid }) => uid).sort();
  for (const uid of asked) {
    if (!known.includes(uid))
      throw new SessionvigilError('SV_CLI_USAGE', `no rule "${uid}" judges${didYouMean(uid, known)} (rules: ${known.join(', ')})`);
  }
  return (rule) => asked.includes(rule);
}

/** What the rules that are asked about make of an event, and what they said. */
function onlyOf(explanation: Explanation, isAsked: RuleTest | undefined): Explanation {
  if (isAsked === undefined) return explanation;
  const { answers, findings } = explanation;
  return {
    ...explanation,
    answers: answers.filter(({ rule }) => isAsked(rule)),
    findings: findings.filter(({ rule }) => isAsked(rule.uid)),
  };
}

/** What is judged points back into all that is remembered of the person: of a session its id is enough. */
function forMachines({ answers, ...rest }: Explanation): object {
  const told = answers.map(({ judgement, ...answer }) => {
    if (judgement === undefined) return answer;
    const { factors, episode, baseline, context, travel, message } = judgement;
    return { ...answer, judgement: { factors, episode, baseline, context, travel, message } };
  });
  return { ...rest, answers: told };
}

/** Names that are remembered to suggest one of them. */
const MAX_OTHERS = 10_000;
const SUGGESTED = 5;

function isMeant({ key, uid, email, name }: Principal, who: string): boolean {
  const asked = who.toLowerCase();
  const own = [key, key.slice(key.indexOf('/') + 1), uid, email, name];
  return own.some((word) => word?.toLowerCase() === asked);
}

function nameOf({ email, name, key }: Principal): string {
  return email ?? name ?? key;
}

function nothingMeant({ principal, event }: ExplainOptions, others: ReadonlySet<string>): SessionvigilError {
  if (principal === undefined || event !== undefined)
    return new SessionvigilError(
      'SV_EXPLAIN_NOTHING',
      `no event ${event ?? ''}${principal === undefined ? '' : ` of ${principal}`} is in these files`,
    );
  const part = principal.toLowerCase().split('@')[0] ?? '';
  const near = [...others].filter((name) => name.toLowerCase().includes(part)).slice(0, SUGGESTED);
  const some = near.length > 0 ? near : [...others].slice(0, SUGGESTED);
  const hint = some.length === 0 ? '' : `; there ${near.length > 0 ? 'is' : 'are, among others,'} ${some.join(', ')}`;
  return new SessionvigilError('SV_EXPLAIN_NOTHING', `no event of ${principal} is in these files${hint}`);
}
