import { type ErrorCode, SessionvigilError } from '../../errors.js';

/** An input cannot be read any further. What stood before is good, and the other inputs are no worse for it. */
export class DamagedInput extends SessionvigilError {
  constructor(
    code: ErrorCode,
    readonly file: string,
    readonly reason: string,
    cause?: unknown,
  ) {
    super(code, `${file}: ${reason}`, [], { cause });
  }
}

/** Where reading an input ended before its end. */
export interface Damage {
  /** place of the input in the command line, from 1 */
  input: number;
  /** lines of it that were read; the last may have been cut short */
  lines: number;
  error: DamagedInput;
}

/** Says, when everything else is done, what was not read. */
export function incomplete(damages: readonly Damage[]): SessionvigilError {
  const which = damages.length === 1 ? 'one input was' : `${damages.length} inputs were`;
  const problems = damages.map(({ lines, error: { code, file, reason } }) => ({
    file,
    message: `${code}: ${reason}; ${lines === 1 ? 'one line of it was' : `${lines} lines of it were`} read`,
  }));
  return new SessionvigilError(
    damages[0]!.error.code,
    `${which} not read to the end; what stands before, and every other input, was processed`,
    problems,
    { cause: damages[0]!.error },
  );
}
