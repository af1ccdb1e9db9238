import { type Command, Option } from 'commander';
import { createApp } from '../app.js';
import { createLog } from '../log.js';
import { renderFindings } from '../output/findings.js';
import { renderSummary, summarise } from '../output/summary.js';
import { countDrifts } from '../runtime/drift-report.js';
import { incomplete } from '../runtime/file/damage.js';
import { findInputs } from '../runtime/file/inputs.js';
import { OutputFolder } from '../runtime/file/output-folder.js';
import { OutputText } from '../runtime/file/output-text.js';
import { replay } from '../runtime/file/replay.js';
import { conflictsIn } from '../runtime/identities.js';
import { countUnheard, unheardEntries } from '../runtime/sign-on-report.js';
import type { Context } from './context.js';
import { type CommonOptions, configOf, nowOf, withReading, withRules } from './options.js';
import { ProgressLine } from './progress.js';
import { warnOfEmpty } from './warn-empty.js';

interface ReplayOptions extends CommonOptions {
  out?: string;
  format?: 'table' | 'ndjson';
  metrics?: string;
}

/** Columns when the output is a table but no terminal says how wide. */
const DEFAULT_WIDTH = 120;

/** `replay FILE...`: the whole pipeline over files, in the order in which their records would have arrived. */
export function addReplay(program: Command, context: Context): void {
  withRules(withReading(program.command('replay')))
    .summary('find stolen sessions in files of audit records')
    .description(
      'Runs the whole pipeline over files of audit records, merged by time. Findings go to stdout: a table on a terminal, NDJSON in a pipe. ' +
        'Progress and a summary go to stderr.\n\n' +
        'Who is who is learned from the files first, so that a record with only an id reaches its person; stdin takes --identities only.\n\n' +
        'Judges by the rules that ship. --rules names others in their place: only those judge then. The summary says how many are from where.\n\n' +
        'Revocation commands are written down in shadow: nothing is carried out.',
    )
    .argument('<file...>', 'NDJSON of audit records in order of time, plain or gzip; - is stdin')
    .option(
      '--out <dir>',
      'write findings, suppressed, revocations, events and rejected (.ndjson) and summary.json there, whole or not at all',
    )
    .addOption(new Option('--format <format>', 'how findings are shown').choices(['table', 'ndjson']))
    .option('--metrics <file>', 'write metrics in the Prometheus text format, for the textfile collector')
    .addHelpText(
      'after',
      '\nExamples:\n  sessionvigil replay logs/*.ndjson\n  sessionvigil replay --out results okta.ndjson.gz entra.ndjson m365.ndjson\n' +
        "  sessionvigil replay --rules shipped --rules ./my-rules logs/* | jq -r '[.level, .principal.email, .message] | @tsv'",
    )
    .action(async (files: string[], options: ReplayOptions) => {
      await replayFiles(files, options, context);
    });
}

async function replayFiles(files: readonly string[], options: ReplayOptions, { io, out, signal }: Context): Promise<void> {
  const now = nowOf(options, io);
  const inputs = await findInputs(files, io);
  const loaded = configOf(options, io);
  const log = createLog(loaded.config.log.level, io.stderr);
  const app = createApp(loaded, { source: options.source, now, log });
  const metrics = options.metrics === undefined ? undefined : OutputText.open(options.metrics);
  let output: OutputFolder | undefined;
  const progress = new ProgressLine(io);
  try {
    output = options.out === undefined ? undefined : OutputFolder.open(options.out);
    const result = await replay(inputs, {
      ...app,
      normalize: app.normalizeOnce,
      max_record_bytes: loaded.config.input.max_record_bytes,
      output,
      signal,
      onProgress: progress.update,
      onDefect: (err, where) => log.error({ err, ...where }, `input ${where.input}, line ${where.line}: a defect`),
    });
    progress.clear();
    const { commands } = result;
    const findings = result.findings.map(app.joinOwners);
    const drifts = app.meter.standing();
    const { enforced } = app.detecting;
    const unheard = unheardEntries(app.heard, enforced, true);
    const summary = summarise(result, app.judges(), app.hiding, drifts, unheard, conflictsIn(app.identities));
    if (output !== undefined) {
      const isSuppressed = (finding: (typeof findings)[number]) => finding.status === 'suppressed';
      const files = {
        findings: findings.filter((f) => !isSuppressed(f)),
        suppressed: findings.filter(isSuppressed),
        revocations: commands,
      };
      for (const [name, items] of Object.entries(files)) {
        const file = output.file(`${name}.ndjson`);
        for (const item of items) file.json(item);
      }
      output.file('summary.json').write(`${JSON.stringify(summary, null, 2)}\n`);
      signal.throwIfAborted();
      output.commit();
    }
    app.metrics.records(result.tally);
    app.metrics.add('sessionvigil_inputs_damaged_total', result.damages.length);
    app.metrics.results(findings, commands);
    app.metrics.state(result.state, app.respond.stats());
    countDrifts(app.metrics, drifts);
    countUnheard(app.metrics, enforced, unheard);
    metrics?.commit(await app.metrics.text());
    const isTable = options.format === undefined ? io.stdout.isTTY === true : options.format === 'table';
    if (isTable) {
      const hasColor = io.stdout.isTTY === true && (io.env['NO_COLOR'] ?? '') === '';
      await out.write(renderFindings(findings, commands, { width: io.stdout.columns ?? DEFAULT_WIDTH, hasColor }));
    } else {
      for (const finding of findings) if (finding.status !== 'suppressed') await out.write(`${JSON.stringify(finding)}\n`);
    }
    await out.flush();
    warnOfEmpty(result.empty, inputs, io);
    io.stderr.write(
      renderSummary(summary, {
        allowedLateness: loaded.config.state.allowed_lateness,
        rulesFrom: app.rulesFrom,
        peakMemory: io.peakMemory?.(),
      }),
    );
    // everything that could be done is done and stands; whoever asked has to know that it is not all
    if (result.damages.length > 0) throw incomplete(result.damages);
  } catch (error) {
    progress.clear();
    output?.discard();
    metrics?.discard();
    throw error;
  }
}
