/** Stryker's way to the tests: a test runner plugin over mutation-tests.mjs. */
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { DryRunStatus, determineHitLimitReached, TestStatus, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { runTests } from './mutation-tests.mjs';

/** What the instrumented code reads and writes. */
globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
const shared = globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE];

const toResult = ({ id, file, failure, ms }) =>
  failure === undefined
    ? { id, name: id, fileName: file, timeSpentMs: ms, status: TestStatus.Success }
    : { id, name: id, fileName: file, timeSpentMs: ms, status: TestStatus.Failed, failureMessage: failure };

class CoreTests {
  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun() {
    const onTest = (id) => {
      shared.currentTestId = id;
    };
    const tests = (await runTests({ onTest })).map(toResult);
    return { status: DryRunStatus.Complete, tests, mutantCoverage: shared.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    Object.assign(shared, { activeMutant: activeMutant.id, hitLimit, hitCount: hitLimit === undefined ? undefined : 0 });
    try {
      const tests = (await runTests({ wanted: testFilter, bail: !disableBail })).map(toResult);
      const endless = determineHitLimitReached(shared.hitCount, shared.hitLimit);
      return toMutantRunResult(endless ?? { status: DryRunStatus.Complete, tests }, disableBail);
    } finally {
      shared.activeMutant = undefined;
    }
  }
}

const create = () => new CoreTests();
create.inject = [];
export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'core-tests', create)];
