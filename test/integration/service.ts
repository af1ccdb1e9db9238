import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { normalize } from 'node:path/posix';
import { until } from '../cli/until.js';

const ROOT = join(__dirname, '../..');
const MAIN = join(ROOT, 'dist/main.js');
const LONG = 60_000;

/** `sessionvigil run` in a process of its own, as it is installed. */
export class ServiceProcess {
  private readonly child: ChildProcess;
  stderr = '';
  status: number | null | undefined;
  private readonly closed: Promise<number | null>;

  constructor(config: string, ...args: string[]) {
    this.child = spawn(process.execPath, [MAIN, 'run', '--config', config, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr!.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    this.closed = new Promise((resolve) => {
      this.child.on('close', (status) => {
        this.status = status;
        resolve(status);
      });
    });
  }

  get log(): { level: string; msg: string; code?: string; [key: string]: unknown }[] {
    return this.stderr
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line));
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** By itself. */
  async ended(): Promise<number | null> {
    await until(
      () => this.status !== undefined,
      () => `it ends: ${this.stderr}`,
      LONG,
    );
    return this.status!;
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.ended();
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.closed;
  }

  async said(words: string | RegExp, times = 1): Promise<void> {
    const has = ({ msg }: { msg: string }) => (typeof words === 'string' ? msg.includes(words) : words.test(msg));
    await until(
      () => {
        if (this.status !== undefined) throw new Error(`it has ended: ${this.stderr}`);
        return this.log.filter(has).length >= times;
      },
      () => `it says ${words}: ${this.stderr}`,
      LONG,
    );
  }

  ready(): Promise<void> {
    return this.said(/^ready$/);
  }

  async get(path: string): Promise<{ status: number; text: string }> {
    const url = await until(
      () => /metrics and health: (http:[^\s"]+)/.exec(this.stderr)?.[1],
      () => `it listens: ${this.stderr}`,
      LONG,
    );
    const answer = await fetch(`${url}${path}`);
    return { status: answer.status, text: await answer.text() };
  }

  /** Sum over all labels that hold these words. */
  async metric(name: string, ...words: string[]): Promise<number> {
    const { text } = await this.get('/metrics');
    const found = text.split('\n').filter((line) => new RegExp(`^${name}[{ ]`).test(line) && words.every((word) => line.includes(word)));
    return found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }
}

/** A command of the same program that ends by itself. */
export async function sessionvigil(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr };
}

export const DEMO = ['okta', 'entra', 'm365'].map((name) => join(ROOT, normalize(`demo/${name}.ndjson`)));

export interface DemoRecord {
  file: string;
  line: string;
  /** running maximum of the time of what came before, ms: when it would have arrived */
  arrival: number;
}

/** The records of the demo in the order and with the arrival that a replay gives them. */
export function demo(): DemoRecord[] {
  const all = DEMO.flatMap((file) =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => ({ file, line, time: timeOf(JSON.parse(line)) })),
  );
  all.sort((a, b) => a.time - b.time);
  let arrival = 0;
  return all.map(({ file, line, time }) => {
    arrival = Math.max(arrival, time);
    return { file, line, arrival };
  });
}

/** Of a record that holds several, the latest. */
function timeOf(record: { published?: string; time?: string; CreationTime?: string; records?: { time: string }[] }): number {
  const texts = record.records?.map(({ time }) => time) ?? [record.published ?? record.time ?? `${record.CreationTime}Z`];
  return Math.max(...texts.map((text) => Date.parse(text)));
}
