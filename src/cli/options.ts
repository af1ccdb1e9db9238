import { type Command, Option } from 'commander';
import { checkConfig } from '../app.js';
import { type LoadedConfig, type ReadConfig, readConfig } from '../config/config.js';
import type { Override } from '../config/environment.js';
import type { Path } from '../config/yaml-file.js';
import { SOURCES, type Source } from '../core/normalize/sources/index.js';
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
  input?: string;
  output?: string;
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
  {
    option: new Option('--input <dir>', 'folder that records are written into, in place of run.input'),
    name: 'input',
    path: ['run', 'input'],
  },
  { option: new Option('--output <dir>', 'folder for what is found, in place of run.output'), name: 'output', path: ['run', 'output'] },
];

const NOT_EVERYWHERE: ReadonlySet<keyof CommonOptions> = new Set(['rules', 'input', 'output']);

export function withConfig(command: Command): Command {
  return command.addOption(CONFIG);
}

/** Options of the commands that read records. */
export function withReading(command: Command): Command {
  return withSources(command).option(
    '--now <time>',
    'time that counts as now (ISO 8601, UTC); records from later are rejected. The clock when absent',
  );
}

/** The same for what runs on, whose now is the clock. */
export function withSources(command: Command): Command {
  withConfig(command).addOption(
    new Option('--source <vendor>', 'whose records these are; auto tells record by record').choices([...SOURCES]).default('auto'),
  );
  for (const { option, name } of KEYS) if (!NOT_EVERYWHERE.has(name)) command.addOption(option);
  return command;
}

/** Options of the service alone. */
export function withFolders(command: Command): Command {
  for (const { option, name } of KEYS) if (name === 'input' || name === 'output') command.addOption(option);
  return command;
}

export function withRules(command: Command): Command {
  return command.addOption(KEYS.find(({ name }) => name === 'rules')!.option);
}

/** The configuration with the options over it. @throws SV_CONFIG_MISSING, SV_CONFIG_INVALID */
export function configOf(options: CommonOptions, io: Pick<Io, 'env'>): LoadedConfig {
  const read = readWith(options, io);
  // a person who has to correct something anyway wants to know of everything
  return { config: read.config ?? checkConfig(read), locate: read.locate };
}

/** The same with its mistakes, for whoever has more to say of it. @throws SV_CONFIG_MISSING */
export function readWith(options: CommonOptions, io: Pick<Io, 'env'>): ReadConfig {
  const given: CommonOptions = options.geo === 'none' && options.networks === undefined ? { ...options, networks: 'none' } : options;
  const overrides: Override[] = [];
  for (const { option, name, path } of KEYS) {
    if (given[name] !== undefined) overrides.push({ from: 'command line', name: option.long ?? '', path, value: given[name] });
  }
  return readConfig(options.config, io.env, overrides);
}

/** What counts as now, ms. @throws SV_TIME_INVALID */
export function nowOf(options: CommonOptions, io: Io): number {
  if (options.now === undefined) return io.now();
  const shape = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;
  const time = shape.test(options.now) ? Date.parse(options.now) : Number.NaN;
  if (Number.isNaN(time)) throw new SessionvigilError('SV_TIME_INVALID', `--now ${options.now} is no time with its offset from UTC`);
  return time;
}
