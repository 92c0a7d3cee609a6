/** What lands in Pulumi's state: nothing but `require` of frozen paths of the installed package. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { shell as foundation } from '../../../provider/actions/foundation/resource';
import { shell as backup } from '../../../provider/actions/backup/resource';
import { shell as fence } from '../../../provider/actions/fence/resource';
import { shell as hibernate } from '../../../provider/actions/hibernate/resource';
import { shell as maintenance } from '../../../provider/actions/maintenance/resource';
import { shell as reinitialize } from '../../../provider/actions/reinitialize/resource';
import { shell as restart } from '../../../provider/actions/restart/resource';
import { shell as restore } from '../../../provider/actions/restore/resource';
import { shell as switchover } from '../../../provider/actions/switchover/resource';
import { shell as rollout } from '../../../provider/actions/rollout/resource';

const shells = {
  foundation,
  rollout,
  restart,
  switchover,
  fence,
  maintenance,
  hibernate,
  backup,
  reinitialize,
  restore,
};
const methods = ['check', 'diff', 'create', 'read', 'update', 'delete'];

describe('the shell of an action', () => {
  for (const [action, shell] of Object.entries(shells))
    it(`${action}: holds no code of ours`, async function () {
      this.timeout(20_000);
      const { text } = await pulumi.runtime.serializeFunction(() => shell);
      const required = [...text.matchAll(/require\(["']([^"']+)["']\)/g)].map(([, path]) => path);
      const frozen = `pulumi-postgres-ha/dist/actions/${action}/provider.js`;
      assert.deepEqual([...new Set(required)], [frozen]);
      assert.equal(required.length, methods.length);
      // The path is that of a source that exists.
      assert.ok(existsSync(join(__dirname, '../../../provider/actions', action, 'provider.ts')));
      // Only these functions, each with nothing but its own arguments.
      assert.ok(text.length < 4_000, `${text.length} characters:\n${text}`);
      for (const method of methods)
        assert.match(text, new RegExp(`provider\\.js["']\\)\\.provider\\.${method}\\(`));
      assert.doesNotMatch(text, /tests|\.ts\b|__dirname|import\(/);
    });
});
