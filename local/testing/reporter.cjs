// Mocha's spec reporter, plus the counts as JSON in the file that COUNTS_FILE names: the
// caller adds up several runs (local/testing/mocha.ts). CommonJS, since mocha loads it
// before ts-node is there.
'use strict';
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

class CountingSpec extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const file = process.env.COUNTS_FILE;
      if (!file) return;
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}

module.exports = CountingSpec;
