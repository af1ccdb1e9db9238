const { default: Sequencer } = require('@jest/test-sequencer');

/** For mutation runs: a mutant should fall to a single example in milliseconds, before a property tells its stories. */
const SLOW = /(oracle|order)\.test\.ts$/;

module.exports = class QuickFirst extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => SLOW.test(a.path) - SLOW.test(b.path) || (a.path < b.path ? -1 : 1));
  }
};
