import type { Raw } from '../../mapped.js';
import { id, list, object, pair, text } from '../../record.js';

/** Jobs are numbered like tokens: what names the token of a job must not be taken for the number of another token. */
export function jobTokenUid(job: string): string {
  return `job:${job}`;
}

/** A runner says so when all of a job is done. Until then it says `running`, every few seconds. */
const DONE: ReadonlySet<string> = new Set(['success', 'failed']);
const JOB = /^\/api\/v\d+\/jobs\/(\d+)$/;

/** The job that a request is the end of: the runner's last word on it. */
export function endedJob(record: Raw, path: string | undefined): string | undefined {
  const job = text(record['method']) === 'PUT' ? JOB.exec(path?.slice(0, 100) ?? '')?.[1] : undefined;
  if (job === undefined) return undefined;
  const state = text(pair(list(record['params']), 'state')) ?? text(object(record['params'])?.['state']);
  const named = id(record['meta.job_id']) ?? id(object(record['meta'])?.['job_id']);
  return state !== undefined && DONE.has(state) && (named === undefined || named === job) ? job : undefined;
}
