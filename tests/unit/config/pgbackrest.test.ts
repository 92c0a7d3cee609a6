/** pgBackRest's configuration: what each of its processes is told about repositories. */
import assert from 'node:assert/strict';
import { normalise } from '../../../provider/cluster/normalise';
import { pgbackrestFiles } from '../../../provider/config/pgbackrest';

const s3 = {
  type: 's3' as const,
  bucket: 'shop-backups',
  region: 'eu-central-1',
  keyType: 'web-id' as const,
};
const two = normalise('hippo', { repositories: [{ type: 'local' }, s3] });

describe("pgBackRest's configuration", () => {
  it('has small blocks in every repository that backups are taken to', () => {
    const files = pgbackrestFiles(two);
    for (const number of [1, 2]) {
      const lines = files[`job-${number}.conf`]!.split('\n');
      const of = (option: string): string[] =>
        lines.filter((line) => line.startsWith(`repo${number}-${option}`));
      assert.deepEqual(of('block'), [
        `repo${number}-block=y`,
        `repo${number}-block-size-map=16KiB=8KiB`,
        `repo${number}-block-size-map=11MiB=16KiB`,
      ]);
      // Blocks are refused without bundles (reference, repo-block).
      assert.deepEqual(of('bundle'), [`repo${number}-bundle=y`]);
    }
  });

  it('names one repository in what a process of one repository reads', () => {
    const files = pgbackrestFiles(two);
    const numbers = (file: string): string[] => [
      ...new Set([...files[file]!.matchAll(/^repo(\d)-/gm)].map(([, number]) => number!)),
    ];
    assert.deepEqual(numbers('member.conf'), ['1', '2']);
    assert.deepEqual(numbers('member-2.conf'), ['2']);
    assert.deepEqual(numbers('job-2.conf'), ['2']);
  });

  it('is empty without repositories', () => {
    assert.deepEqual(pgbackrestFiles(normalise('hippo', { repositories: [] })), {});
  });
});
