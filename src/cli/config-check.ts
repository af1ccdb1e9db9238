import type { Command } from 'commander';
import { activeEgress, checkConfig, readSuppressions, warnOfMissingData, warnOfSuppressions } from '../app.js';
import { readConfig } from '../config/config.js';
import { warningsOfKafka } from '../config/kafka.js';
import { printConfig } from '../config/print-config.js';
import { openSchema } from '../config/schema.js';
import { createLog } from '../log.js';
import type { Context } from './context.js';
import { type CommonOptions, withConfig } from './options.js';

/** `config check`: the configuration as it will be used, or every mistake in it. */
export function addConfigCheck(config: Command, { io, out }: Context): void {
  withConfig(config.command('check'))
    .summary('check the configuration and show it as it will be used')
    .description(
      'Checks the configuration file and the environment (SESSIONVIGIL_SECTION_KEY for any key) and prints the result with defaults filled in ' +
        'and secrets masked. Exit status 2 and every mistake at once when there is any, also in the rules, identities and suppressions that it names.',
    )
    .addHelpText('after', '\nExample:\n  SESSIONVIGIL_STATE_SESSION_IDLE=3d sessionvigil config check --config sessionvigil.yml')
    .action(async (options: CommonOptions) => {
      const read = readConfig(options.config, io.env);
      const config = checkConfig(read);
      const log = createLog(config.log.level, io.stderr);
      activeEgress(config.lists.egress, io.now(), log);
      const loaded = { config, locate: read.locate };
      warnOfSuppressions(readSuppressions(loaded), io.now(), log);
      warnOfMissingData(loaded, log);
      for (const warning of warningsOfKafka(config)) log.warn(warning);
      await out.write(printConfig(config, openSchema('config').schema));
    });
}
