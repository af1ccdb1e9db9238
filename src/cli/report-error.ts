import { ERRORS, type Problem, SessionvigilError } from '../errors.js';
import { clean } from '../output/text.js';

/** An error for people: its code, what happened, every problem where it stands, and what to do about it. */
export function renderError(error: unknown): string {
  const known = error instanceof SessionvigilError ? error : internal(error);
  const lines = [`error ${known.code}: ${clean(known.message)}`];
  for (const problem of known.problems) lines.push(`  ${renderProblem(problem)}`);
  if (known.code === 'SV_INTERNAL' && known.cause instanceof Error)
    lines.push(...(known.cause.stack ?? String(known.cause)).split('\n').map((line) => `  ${line}`));
  lines.push(`  ${ERRORS[known.code].fix}`);
  return `${lines.join('\n')}\n`;
}

/** `file:line:column: path: message`, as editors and people read it. */
export function renderProblem({ file, line, column, path, message }: Problem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return clean([place, path, message].filter((part) => part !== undefined && part !== '').join(': '));
}

export function exitOf(error: unknown): number {
  return error instanceof SessionvigilError ? error.exit : ERRORS.SV_INTERNAL.exit;
}

function internal(cause: unknown): SessionvigilError {
  return new SessionvigilError('SV_INTERNAL', cause instanceof Error ? cause.message : String(cause), [], { cause });
}
