import type { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';
import type { LogLevel } from './config/config.js';

export type Log = Logger;

/**
 * The log: JSON lines on stderr for machines, plain lines when a person sits there. Never a cookie, token or key; people only by their key.
 */
export function createLog(level: LogLevel, stderr: Writable & { isTTY?: boolean }): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((key) => ['', '*.', '*.*.', '*.*.*.'].map((within) => `${within}${key}`)), censor: '[not logged]' },
  };
  return pino(options, { write: (line: string) => void stderr.write(stderr.isTTY === true ? plain(line) : line) });
}

/**
 * Fields that hold secrets wherever they stand. Nothing logs them on purpose: an error of a library may carry the settings that it was given, or the
 * request that it made.
 */
const SECRETS = [
  'password',
  'passphrase',
  'key_passphrase',
  'secret',
  'client_secret',
  'clientSecret',
  'token',
  'access_token',
  'refresh_token',
  'api_key',
  'cookie',
  'authorization',
  'Authorization',
];

function plain(line: string): string {
  const { level, msg } = JSON.parse(line) as { level: string; msg?: string };
  return `${level}: ${msg ?? line.trimEnd()}\n`;
}
