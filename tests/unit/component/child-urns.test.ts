import * as assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import { dynamicType, pluginType, servePlugin } from '../../../provider/actions/core/part';
import { schemaText, type Schema } from '../../../provider/cmd/pulumi-resource-postgres-ha/package-schema';
import * as postgres from '../../../provider/index';
import { childUrns } from '../../support/child-urns';
import { golden } from '../../support/golden';

describe('the URNs of what this package makes', function () {
  this.timeout(60_000); // loads @pulumi/aws
  let made: string;

  before(async () => {
    made = await childUrns(pulumi, postgres);
  });

  /** A line that is gone or another is a replacement in every stack in use: docs/upgrade.md says what that costs. */
  it('are those that stacks in use hold', () => golden('child-urns.txt', made));

  it('are of every type that the package has', () => {
    for (const type of Object.keys((JSON.parse(schemaText()) as Schema).resources)) {
      const kind = type.split(':').at(-1)!;
      assert.ok(
        [type, dynamicType(kind)].some((one) => made.includes(`${one} `)),
        `no program of tests/support/child-urns.ts has a ${kind}`,
      );
    }
  });

  it('are the same in the plugin, but for the types of the two resources of ours', async () => {
    servePlugin('1.2.3');
    try {
      let wanted = made;
      for (const kind of ['Foundation', 'Rollout'])
        wanted = wanted.replaceAll(dynamicType(kind), pluginType(kind));
      const sorted = (text: string) => text.split('\n').sort();
      assert.deepEqual(sorted(await childUrns(pulumi, postgres)), sorted(wanted));
    } finally {
      servePlugin(undefined);
    }
  });
});
