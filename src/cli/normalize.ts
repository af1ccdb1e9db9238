import type { Command } from 'commander';
import { createReading } from '../app.js';
import { createLog } from '../log.js';
import { type Damage, incomplete } from '../runtime/file/damage.js';
import { findInputs } from '../runtime/file/inputs.js';
import { learnFrom } from '../runtime/file/learn.js';
import { RecordSource } from '../runtime/file/records.js';
import type { Context } from './context.js';
import { type CommonOptions, configOf, nowOf, withReading } from './options.js';
import { warnOfEmpty } from './warn-empty.js';

/** `normalize FILE...`: what each record becomes, one line of output for every line of input, in order. */
export function addNormalize(program: Command, context: Context): void {
  withReading(program.command('normalize'))
    .summary('show what each record becomes')
    .description(
      'Writes one line of NDJSON for every line of input, in order:\n{"file","line","outcome":"events|dropped|rejected","reason","events":[...]}\n\n' +
        'Who is who is learned from the files first, so that a record with only an id reaches its person; stdin takes --identities only.',
    )
    .argument('<file...>', 'NDJSON of audit records, plain or gzip; - is stdin')
    .addHelpText('after', '\nExamples:\n  sessionvigil normalize okta.ndjson\n  zcat logs/*.gz | sessionvigil normalize --geo none -')
    .action(async (files: string[], options: CommonOptions) => {
      await normalizeFiles(files, options, context);
    });
}

async function normalizeFiles(files: readonly string[], options: CommonOptions, { io, out, signal }: Context): Promise<void> {
  const now = nowOf(options, io);
  const inputs = await findInputs(files, io);
  const loaded = configOf(options, io);
  const log = createLog(loaded.config.log.level, io.stderr);
  const reading = createReading(loaded, { source: options.source, now, log });
  const { max_record_bytes } = loaded.config.input;
  const known = await learnFrom(inputs, reading.learn, { max_record_bytes, signal });
  const damages: Damage[] = [];
  const empty: number[] = [];
  for (const [i, input] of inputs.entries()) {
    const source = new RecordSource(input, i + 1, { normalize: reading.normalize, max_record_bytes, signal, known: known[i] });
    try {
      do {
        for (let record = source.take(); record !== undefined; record = source.take()) {
          const { line, answer, error } = record;
          if (error !== undefined) log.error({ err: error, file: input.name, line: line.number }, `${input.name}:${line.number}: a defect`);
          const { outcome, reason, events } = answer;
          await out.write(`${JSON.stringify({ file: input.name, line: line.number, outcome, reason, events })}\n`);
        }
        // whoever follows a live stream sees each record as it comes
        await out.flush();
      } while (await source.fill());
      if (source.damage !== undefined) damages.push(source.damage);
      if (source.isEmpty) empty.push(i + 1);
    } finally {
      await source.close();
    }
  }
  warnOfEmpty(empty, inputs, io);
  if (damages.length > 0) throw incomplete(damages);
}
