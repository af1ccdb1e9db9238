import { withdrawn } from '../../core/detect/finding.js';
import type { Finding } from '../../core/event/index.js';

/** What was told of one finding last. */
interface Known {
  revision: number;
  /** arrival of that revision, ms */
  time: number;
  isRetracted: boolean;
  /** when what hides it expires, ms; undefined: it is in sight */
  hiddenUntil: number | undefined;
  score: number;
  /** what it asks for, see `answerOf` */
  answer: string;
}

/** From which arrival on a rebuild is listened to, ms: what is older is yesterday's. */
export interface Since {
  /** for what was never told, or otherwise */
  fresh: number;
  /** for what was taken back and is found again */
  back: number;
}

/**
 * What whoever reads the outputs was told of findings, as the journal has it. Memory is rebuilt as if the rules in force had judged everything, and
 * they may be others than those that spoke: what is said from then on follows what was said, and what a rule said that judges no longer is taken
 * back.
 */
export class Standing {
  private readonly known = new Map<string, Known>();
  /** of rules that judge no longer, as they were said last, and not taken back */
  private readonly orphans = new Map<string, Finding>();
  /** the recent revisions that a rebuild found of each finding; of one that is held the last */
  private rebuilt = new Map<string, Finding[]>();

  /** @param judges whether a rule is in force */
  note(finding: Finding, judges: (rule: string) => boolean): void {
    const { uid, revision, status, score, suppressed } = finding;
    const isRetracted = status === 'retracted';
    const hiddenUntil = status === 'suppressed' ? suppressed?.until_time : undefined;
    this.known.set(uid, { revision, time: arrivalOf(finding), isRetracted, hiddenUntil, score, answer: answerOf(finding) });
    if (isRetracted || judges(finding.rule.uid)) this.orphans.delete(uid);
    else this.orphans.set(uid, finding);
  }

  /** The finding as the next revision of what was said of it: memory may have begun anew. */
  follow(finding: Finding): Finding {
    const before = this.known.get(finding.uid)?.revision ?? 0;
    if (finding.revision > before) return finding;
    return { ...finding, revision: before + 1, supersedes: before, status: finding.status === 'new' ? 'updated' : finding.status };
  }

  /** Takes what a rebuild leads to, as the rules and entries in force have it. */
  found(finding: Finding, since: Since): void {
    const known = this.known.get(finding.uid);
    const isBack = known?.isRetracted === true;
    if (arrivalOf(finding) < (isBack ? since.back : since.fresh)) return;
    const before = this.rebuilt.get(finding.uid);
    if (before === undefined || (known !== undefined && !isBack)) this.rebuilt.set(finding.uid, [finding]);
    else before.push(finding);
  }

  /** What is to be taken back. @param arrivalTime ms; @param since arrival of the oldest that is, ms */
  withdrawals(arrivalTime: number, config_digest: string, since: number): Finding[] {
    const recent = [...this.orphans.values()].filter((finding) => arrivalOf(finding) >= since);
    return recent.map((finding) => withdrawn(finding, arrivalTime, config_digest));
  }

  /**
   * What the rules in force find that those before did not, that was taken back with a rule that judges again, or that asks for something else
   * than what was told; forgets it. @param clock arrival, ms
   */
  news(clock: number): Finding[] {
    const news = [...this.rebuilt].filter(([uid, revisions]) => isNews(revisions.at(-1) as Finding, this.known.get(uid), clock));
    this.rebuilt = new Map();
    return news.flatMap(([, revisions]) => revisions).sort((a, b) => arrivalOf(a) - arrivalOf(b));
  }

  /** Forgets what was last said before a time, ms: the journal does too. */
  forget(before: number): void {
    for (const [uid, { time }] of this.known) if (time < before) this.known.delete(uid);
  }
}

function isNews(found: Finding, known: Known | undefined, clock: number): boolean {
  if (found.status === 'retracted') return false;
  if (known === undefined || known.isRetracted) return true;
  const isHidden = found.status === 'suppressed';
  // What was hidden by an entry that has expired since was hidden for good: whoever tidies up asks for nothing.
  if (known.hiddenUntil !== undefined) return !isHidden && known.hiddenUntil > clock;
  // Weaker it may be only because something that it rests on is gone from the folder: it stays as it was said.
  return found.score >= known.score && (isHidden || answerOf(found) !== known.answer);
}

/** By what response is told what to do. */
function answerOf({ level, proposed }: Finding): string {
  return proposed === undefined ? level : `${level} ${proposed.action} ${proposed.scope}`;
}

function arrivalOf({ last_seen_time, lateness_ms }: Finding): number {
  return last_seen_time + lateness_ms;
}
