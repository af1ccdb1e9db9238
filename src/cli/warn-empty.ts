import type { Input } from '../runtime/file/inputs.js';
import type { Io } from './io.js';
import { renderWarning } from './report-error.js';

/**
 * Says which inputs hold nothing: ordinary for a log that was just rotated, but also what a collector leaves that writes no more.
 * @param empty their places among the inputs, from 1
 */
export function warnOfEmpty(empty: readonly number[], inputs: readonly Input[], { stderr }: Pick<Io, 'stderr'>): void {
  if (empty.length === 0) return;
  const names = empty.map((place) => inputs[place - 1]!.name);
  if (names.length === 1) stderr.write(renderWarning('SV_INPUT_EMPTY', `${names[0]} is empty`, []));
  else {
    const problems = names.map((file) => ({ file, message: 'is empty' }));
    stderr.write(renderWarning('SV_INPUT_EMPTY', `${names.length} of ${inputs.length} inputs are empty`, problems));
  }
}
