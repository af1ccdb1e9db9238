import { withdrawn } from '../../core/detect/finding.js';
import type { Finding, RevocationCommand } from '../../core/event/index.js';
import type { Said } from '../../core/pipeline.js';

/** What was told of one finding last. */
interface Known {
  revision: number;
  /** arrival of that revision, ms */
  time: number;
  isRetracted: boolean;
}

/** A finding that nobody holds, or a command for it. */
type Unsaid = { finding: Finding } | { command: RevocationCommand };

/**
 * What whoever reads the outputs was told of findings, as the journal has it. Memory is rebuilt as if the rules in force had judged everything, and
 * they may be others than those that spoke: what is said from then on follows what was said, and what a rule said that judges no longer is taken
 * back.
 */
export class Standing {
  private readonly known = new Map<string, Known>();
  /** of rules that judge no longer, as they were said last, and not taken back */
  private readonly orphans = new Map<string, Finding>();
  /** what a rebuild found that was never said or was taken back, in its order */
  private unsaid: Unsaid[] = [];

  /** @param judges whether a rule is in force */
  note(finding: Finding, judges: (rule: string) => boolean): void {
    const { uid, revision, status } = finding;
    this.known.set(uid, { revision, time: arrivalOf(finding), isRetracted: status === 'retracted' });
    if (status === 'retracted' || judges(finding.rule.uid)) this.orphans.delete(uid);
    else this.orphans.set(uid, finding);
  }

  /** The finding as the next revision of what was said of it: memory may have begun anew. */
  follow(finding: Finding): Finding {
    const before = this.known.get(finding.uid)?.revision ?? 0;
    if (finding.revision > before) return finding;
    return { ...finding, revision: before + 1, supersedes: before, status: finding.status === 'new' ? 'updated' : finding.status };
  }

  /** Takes what a rebuild leads to and keeps what nobody holds. */
  readonly listener: Said = {
    finding: (finding) => {
      if (!this.isHeld(finding.uid)) this.unsaid.push({ finding });
    },
    command: (command) => {
      if (!this.isHeld(command.finding_uid)) this.unsaid.push({ command });
    },
  };

  private isHeld(uid: string): boolean {
    return this.known.get(uid)?.isRetracted === false;
  }

  /** What is to be taken back. @param arrivalTime ms */
  withdrawals(arrivalTime: number, config_digest: string): Finding[] {
    return [...this.orphans.values()].map((finding) => withdrawn(finding, arrivalTime, config_digest));
  }

  /**
   * What the rules in force find that those before did not, or that was taken back with a rule that judges again; forgets it.
   * @param since arrival from which on, ms: what is older is yesterday's
   */
  news(since: number): Unsaid[] {
    const recent = new Set<string>();
    for (const one of this.unsaid) {
      if (!('finding' in one)) continue;
      const { uid, status } = one.finding;
      if (status !== 'retracted' && arrivalOf(one.finding) >= since) recent.add(uid);
      else recent.delete(uid);
    }
    const news = this.unsaid.filter((one) => recent.has('finding' in one ? one.finding.uid : one.command.finding_uid));
    this.unsaid = [];
    return news;
  }

  /** Forgets what was last said before a time, ms: the journal does too. */
  forget(before: number): void {
    for (const [uid, { time }] of this.known) if (time < before) this.known.delete(uid);
  }
}

function arrivalOf({ last_seen_time, lateness_ms }: Finding): number {
  return last_seen_time + lateness_ms;
}
