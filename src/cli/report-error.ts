import { ERRORS, type ErrorCode, type Problem, SessionvigilError } from '../errors.js';
import { clean } from '../output/text.js';

/** An error for people: its code, what happened, every problem where it stands, and what to do about it. */
export function renderError(error: unknown): string {
  const known = error instanceof SessionvigilError ? error : internal(error);
  const { code, message, problems, cause } = known;
  const stack = code === 'SV_INTERNAL' && cause instanceof Error ? (cause.stack ?? String(cause)).split('\n') : [];
  return render('error', code, message, [...problems.map(renderProblem), ...stack]);
}

/** The same for what stops nothing. */
export function renderWarning(code: ErrorCode, message: string, problems: readonly Problem[]): string {
  return render('warning', code, message, problems.map(renderProblem));
}

function render(kind: 'error' | 'warning', code: ErrorCode, message: string, more: readonly string[]): string {
  return [`${kind} ${code}: ${clean(message)}`, ...[...more, ERRORS[code].fix].map((line) => `  ${line}`), ''].join('\n');
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
