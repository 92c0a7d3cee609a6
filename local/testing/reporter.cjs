// Mocha's spec reporter, plus the counts and what failed as JSON in the file that COUNTS_FILE names: the
// caller adds up several runs (local/testing/mocha.ts). CommonJS, since mocha loads it
// before ts-node is there.
'use strict';
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

class CountingSpec extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error) => {
      const message = String(error?.message ?? error).slice(0, 2000);
      failures.push(`${test.fullTitle()}\n    ${message.replaceAll('\n', '\n    ')}`);
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const file = process.env.COUNTS_FILE;
      if (!file) return;
      const { passes, failures: failed, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed, skipped: pending, failures }));
    });
  }
}

module.exports = CountingSpec;
