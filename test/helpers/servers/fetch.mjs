// Fetches the jars of the servers before the tests, so that a download that fails is seen as such. `node test/helpers/servers/fetch.mjs`
// Exit status: 0 they are there, 1 they cannot be fetched, 3 this machine lacks the programs that they need.
import { apicurioJar, jvmClientClassPath, missingPrograms } from './artefacts.mjs';

const missing = missingPrograms();
if (missing.length > 0) {
  process.stderr.write(`real servers for tests need ${missing.join(', ')} on the PATH (Java 17 or later, see CONTRIBUTING.md)\n`);
  process.exitCode = 3;
} else {
  try {
    await jvmClientClassPath();
    await apicurioJar();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
