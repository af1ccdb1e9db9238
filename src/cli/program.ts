import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { PACKAGE_ROOT } from '../config/package-root.js';
import { SessionvigilError } from '../errors.js';
import { addConfigCheck } from './config-check.js';
import type { Context } from './context.js';
import { addDeadLettersList, addDeadLettersReplay } from './dead-letters.js';
import { addExplain } from './explain.js';
import { type Io, Out } from './io.js';
import { addNormalize } from './normalize.js';
import { addReplay } from './replay.js';
import { exitOf, renderError } from './report-error.js';
import { addRulesLint } from './rules-lint.js';
import { addRulesList } from './rules-list.js';
import { addRulesTest } from './rules-test.js';
import { addRun } from './run.js';
import { addSuppressionsList } from './suppressions-list.js';
import { addTopicsCheck } from './topics-check.js';
import { addTopicsCreate } from './topics-create.js';

/** Exit status of what was told to stop before it was done. */
export const STOPPED = 130;

/**
 * Runs one command.
 * @param args what follows the program's name
 * @returns exit status: 0 done, 1 the answer is no, 2 bad usage, input or configuration, 70 a defect; 130 when it was told to stop
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const out = new Out(io.stdout);
  const context: Context = { io, out, signal: AbortSignal.any([io.signal, out.signal]) };
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    await out.flush();
    return 0;
  } catch (error) {
    if (io.signal.aborted && !(error instanceof SessionvigilError)) return STOPPED;
    // whoever read the output has seen enough
    if (out.isGone) return 0;
    const told = error instanceof CommanderError ? usage(error) : error;
    if (told === undefined) {
      await out.flush();
      return 0;
    }
    await out.flush().catch(() => {});
    io.stderr.write(renderError(told));
    return exitOf(told);
  }
}

/** A mistake in the command line; undefined when help or the version was asked for. */
function usage(error: CommanderError): SessionvigilError | undefined {
  if (error.exitCode === 0) return undefined;
  const message = error.code === 'commander.help' ? 'no command given' : error.message.replace(/^error: /, '').replace(/\n/g, ' ');
  const isLost = error.code === 'commander.help' || error.code === 'commander.unknownCommand';
  return new SessionvigilError('SV_CLI_USAGE', isLost ? `${message}; there are: ${COMMANDS.join(', ')}` : message, [], { cause: error });
}

const COMMANDS = [
  'run',
  'replay',
  'normalize',
  'explain',
  'rules list',
  'rules lint',
  'rules test',
  'config check',
  'suppressions list',
  'topics create',
  'topics check',
  'dead-letters list',
  'dead-letters replay',
];

function createProgram(context: Context): Command {
  const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string };
  const { out } = context;
  // settings come first: commander hands them down to the commands that are added afterwards
  const program = new Command('sessionvigil')
    .description("Says when a session, not a password, is in somebody else's hands.")
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: (text) => void out.write(text), writeErr: () => {}, outputError: () => {} })
    .addHelpText(
      'after',
      '\nExamples:\n  sessionvigil replay logs/*.ndjson\n  sessionvigil rules test\n\nExit status: 0 done, 1 the answer of a lint or test is no, 2 bad usage, input or configuration, 70 a defect.',
    );
  addRun(program, context);
  addReplay(program, context);
  addNormalize(program, context);
  addExplain(program, context);
  const rules = program.command('rules').description('look after the rules');
  addRulesList(rules, context);
  addRulesLint(rules, context);
  addRulesTest(rules, context);
  const config = program.command('config').description('look after the configuration');
  addConfigCheck(config, context);
  addSuppressionsList(program.command('suppressions').description('look after what is hidden'), context);
  const topics = program.command('topics').description('look after the topics in Kafka');
  addTopicsCreate(topics, context);
  addTopicsCheck(topics, context);
  const letters = program.command('dead-letters').description('look after what could not be read or judged');
  addDeadLettersList(letters, context);
  addDeadLettersReplay(letters, context);
  return program;
}
