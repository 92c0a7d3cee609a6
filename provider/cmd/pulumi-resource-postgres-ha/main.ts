#!/usr/bin/env node
/** The program `pulumi-resource-postgres-ha`: the plugin, which the Pulumi engine starts. */
import type * as Serve from './serve';

const major = Number(process.versions.node.split('.')[0]);
if (major < 22) {
  console.error(
    `pulumi-resource-postgres-ha needs Node 22 or newer; "node" on PATH is ${process.versions.node}. Put a newer one first on PATH.`,
  );
  process.exit(1);
}
// Not before: what it loads does not load in an older Node.
const { serve } = require('./serve') as typeof Serve;

void serve(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
