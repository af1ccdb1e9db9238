import { missingPrograms } from './artefacts.mjs';

/** Time limit of tests and hooks on real servers: a start takes seconds, on a busy machine many. */
const LIMIT_MS = 120_000;

/**
 * `describe` for tests that start real servers. On a machine without what these need they are skipped, and stderr says what is missing; in CI that is a
 * failure. Sets the time limit of the file's tests and hooks to two minutes.
 * @param programs that they need beside the servers
 */
export function describeWithServers(name: string, body: () => void, programs: readonly string[] = []): void {
  const missing = missingPrograms(programs);
  if (missing.length === 0) {
    jest.setTimeout(LIMIT_MS);
    describe(name, body);
    return;
  }
  const message = `${name}: needs ${missing.join(', ')} on the PATH (see CONTRIBUTING.md)`;
  if (isCI()) {
    describe(name, () => {
      test('its servers', () => {
        throw new Error(message);
      });
    });
    return;
  }
  process.stderr.write(`SKIPPED ${message}\n`);
  describe.skip(name, body);
}

function isCI(): boolean {
  const { CI } = process.env;
  return CI !== undefined && CI !== '' && CI !== 'false';
}
