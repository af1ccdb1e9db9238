// @ts-check
/**
 * Programs that must not outlive the one that started them, however that one ends. A shell of its own session stands guard: it is told which processes
 * to watch, and when the pipe to us breaks (we stopped, crashed or were killed) it ends them and removes their folder.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const GUARD = `
trap '' INT TERM HUP
pids=
while read -r verb pid; do
  left=
  for known in $pids; do [ "$known" = "$pid" ] || left="$left $known"; done
  pids=$left
  [ "$verb" = watch ] && pids="$pids $pid"
done
[ -n "$pids" ] && kill -9 $pids 2>/dev/null
tries=0
while rm -rf -- "$1" 2>/dev/null; [ -e "$1" ] || kill -0 $pids 2>/dev/null; do
  tries=$((tries + 1))
  [ $tries -gt 50 ] && exit 1
  sleep 0.1
done
exit 0
`;

/** A folder and the processes that live in it. */
export class Den {
  #guard;
  /** @type {Set<Program>} */
  #programs = new Set();

  /** @param {string} name part of the folder's name */
  constructor(name) {
    /** temporary folder, removed with the processes */
    this.folder = mkdtempSync(join(tmpdir(), `sessionvigil-${name}-`));
    this.#guard = spawn('/bin/sh', ['-c', GUARD, 'guard', this.folder], { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.#guard.unref();
    this.#guard.stdin.on('error', () => {});
    /** @type {any} */ (this.#guard.stdin).unref();
  }

  /**
   * @param {string} name of the log file, and in errors
   * @param {string} command
   * @param {readonly string[]} args
   * @param {NodeJS.ProcessEnv} [env]
   */
  program(name, command, args, env = process.env) {
    const program = new Program(name, command, args, env, this.folder, (verb, pid) => this.#guard.stdin.write(`${verb} ${pid}\n`));
    this.#programs.add(program);
    return program;
  }

  /** Ends everything at once and removes the folder. */
  async close() {
    await Promise.all([...this.#programs].map((program) => program.kill()));
    if (this.#guard.exitCode !== null) return;
    const ended = once(this.#guard, 'exit');
    this.#guard.ref();
    this.#guard.stdin.end();
    await ended;
  }
}

export class Program {
  #command;
  #args;
  #env;
  #folder;
  #tell;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;

  /**
   * @param {string} name
   * @param {string} command
   * @param {readonly string[]} args
   * @param {NodeJS.ProcessEnv} env
   * @param {string} folder
   * @param {(verb: 'watch' | 'forget', pid: number) => void} tell
   */
  constructor(name, command, args, env, folder, tell) {
    this.name = name;
    this.log_file = join(folder, `${name}.log`);
    this.#command = command;
    this.#args = args;
    this.#env = env;
    this.#folder = folder;
    this.#tell = tell;
  }

  /** @returns {number | undefined} id of the process that runs, paused or not */
  get pid() {
    return this.#child?.pid;
  }

  get isRunning() {
    return this.#child !== undefined;
  }

  start() {
    if (this.#child !== undefined) throw new Error(`${this.name} runs already`);
    const log = openSync(this.log_file, 'a');
    const child = spawn(this.#command, this.#args, { cwd: this.#folder, env: this.#env, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    child.unref();
    const { pid } = child;
    if (pid !== undefined) this.#tell('watch', pid);
    this.#child = child;
    const gone = () => {
      if (pid !== undefined) this.#tell('forget', pid);
      if (this.#child === child) this.#child = undefined;
    };
    child.once('exit', gone);
    child.once('error', gone);
  }

  /** Asks it to end, and waits until it has. @param {number} [deadline_ms] after which it is killed */
  async terminate(deadline_ms = 20_000) {
    await this.#end('SIGTERM', deadline_ms);
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill() {
    await this.#end('SIGKILL', 20_000);
  }

  /** SIGSTOP: it stands still, its connections stay open. */
  pause() {
    this.#signal('SIGSTOP');
  }

  resume() {
    this.#signal('SIGCONT');
  }

  /** What it said last, for errors. */
  lastWords() {
    try {
      return readFileSync(this.log_file, 'utf8').split('\n').slice(-25).join('\n');
    } catch {
      return '';
    }
  }

  /** @param {NodeJS.Signals} signal */
  #signal(signal) {
    if (this.#child === undefined) throw new Error(`${this.name} does not run`);
    this.#child.kill(signal);
  }

  /** @param {NodeJS.Signals} signal @param {number} deadline_ms */
  async #end(signal, deadline_ms) {
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
      child.once('error', resolve);
    });
    child.ref();
    child.kill(signal);
    // one that stands still hears nothing but SIGKILL
    if (signal !== 'SIGKILL') child.kill('SIGCONT');
    const late = setTimeout(() => child.kill('SIGKILL'), deadline_ms);
    await ended;
    clearTimeout(late);
  }
}
