// Ends this process when the one that started it is gone: a test run whose parent was killed
// would go on alone, in the way of the next one. What it leaves is dealt with there
// (tests/support/leftovers.ts). CommonJS, since mocha loads it before ts-node is there.
'use strict';
const { setInterval } = require('node:timers');

const parent = process.ppid;

// The system tells nobody of a parent's end; the number of the parent changes.
setInterval(() => {
  if (process.ppid === parent) return;
  console.error(`process ${parent}, which started this one, is gone: ending as well`);
  process.exit(1);
}, 1000).unref();
