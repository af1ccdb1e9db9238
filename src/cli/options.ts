import { type Command, Option } from 'commander';
import { checkConfig } from '../app.js';
import { type LoadedConfig, readConfig } from '../config/config.js';
import type { Override } from '../config/environment.js';
import type { Path } from '../config/yaml-file.js';
import { SOURCES, type Source } from '../core/normalize/index.js';
import { SessionvigilError } from '../errors.js';
import type { Io } from './io.js';

/** Options that several commands share, as commander gives them. */
export interface CommonOptions {
  config?: string;
  tenant?: string;
  identities?: string;
  geo?: string;
  networks?: string;
  rules?: string[];
  source: Source;
  now?: string;
}

const CONFIG = new Option('--config <file>', 'configuration file (YAML); also SESSIONVIGIL_CONFIG');

/** Options that stand over keys of the configuration. */
const KEYS: readonly { option: Option; name: keyof CommonOptions; path: Path }[] = [
  { option: new Option('--tenant <name>', 'tenant of records whose vendor account is in no mapping'), name: 'tenant', path: ['tenant'] },
  {
    option: new Option('--identities <file>', 'file that says who is who across vendors'),
    name: 'identities',
    path: ['identities', 'file'],
  },
  {
    option: new Option('--geo <data>', 'city data: auto, none or a .mmdb file; none also leaves networks out'),
    name: 'geo',
    path: ['geo', 'database'],
  },
  {
    option: new Option('--networks <data>', 'network data: auto, none or a .mmdb file'),
    name: 'networks',
    path: ['geo', 'networks_database'],
  },
  {
    option: new Option(
      '--rules <path>',
      'rule file or folder, in place of the rules that ship; several times for several, `--rules shipped` for those that ship',
    ).argParser((path: string, before: string[] | undefined) => [...(before ?? []), path]),
    name: 'rules',
    path: ['rules', 'paths'],
  },
];

export function withConfig(command: Command): Command {
  return command.addOption(CONFIG);
}

/** Options of the commands that read records. */
export function withReading(command: Command): Command {
  withConfig(command).addOption(
    new Option('--source <vendor>', 'whose records these are; auto tells record by record').choices([...SOURCES]).default('auto'),
  );
  for (const { option, name } of KEYS) if (name !== 'rules') command.addOption(option);
  return command.option('--now <time>', 'time that counts as now (ISO 8601, UTC); records from later are rejected. The clock when absent');
}

export function withRules(command: Command): Command {
  return command.addOption(KEYS.find(({ name }) => name === 'rules')!.option);
}

/** The configuration with the options over it. @throws SV_CONFIG_MISSING, SV_CONFIG_INVALID */
export function configOf(options: CommonOptions, io: Io): LoadedConfig {
  const given: CommonOptions = options.geo === 'none' && options.networks === undefined ? { ...options, networks: 'none' } : options;
  const overrides: Override[] = [];
  for (const { option, name, path } of KEYS) {
    if (given[name] !== undefined) overrides.push({ from: 'command line', name: option.long ?? '', path, value: given[name] });
  }
  const read = readConfig(options.config, io.env, overrides);
  // a person who has to correct something anyway wants to know of everything
  return { config: read.config ?? checkConfig(read), locate: read.locate };
}

/** What counts as now, ms. @throws SV_TIME_INVALID */
export function nowOf(options: CommonOptions, io: Io): number {
  if (options.now === undefined) return io.now();
  const shape = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;
  const time = shape.test(options.now) ? Date.parse(options.now) : Number.NaN;
  if (Number.isNaN(time)) throw new SessionvigilError('SV_TIME_INVALID', `--now ${options.now} is no time with its offset from UTC`);
  return time;
}
