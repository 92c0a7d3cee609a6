/** A failover while cluster DNS is away, as when the node that is lost had a DNS server on it. Recovery asks the repository, whose host has a name. */
import assert from 'node:assert/strict';
import { cutPodFromDns, healPodFromDns } from '../../local/kubernetes/faults';
import { until } from '../../local/until';
import { podName } from '../../provider/manifests/names';
import { archived } from '../support/backups';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
import { smallCluster } from '../support/small-cluster';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { underLoad } from '../support/under-load';

const namespace = 'e2e-dns';
const members = 3;
/** By default the resolver waits 5 s for an answer, twice, for each of several names (resolv.conf(5)): a failover took 22 s. */
const longestSeconds = 18;

const args: PlainClusterArgs = {
  ...smallCluster,
  replicas: members - 1,
  synchronous: 'quorum',
  repositories: [{ type: 'local', size: '1Gi' }],
};

describe('without cluster DNS', () => {
  let stack: TestStack;
  let hippo: DeployedCluster;

  before(async function () {
    this.timeout(600_000);
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!);
    await stack.up({ hippo: args });
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    await hippo.whole(members);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(120_000);
    hippo?.close();
    await stack?.destroy();
  });

  it('a failover is done all the same, and WAL is archived afterwards', async function () {
    this.timeout(300_000);
    const primary = await hippo.primary();
    const addresses = (await hippo.pods()).map(({ status }) => status!.podIP!);
    const noticed = await underLoad(hippo, members, async () => {
      await Promise.all(addresses.map(cutPodFromDns));
      try {
        await hippo.live.delete('Pod', namespace, podName(primary), { gracePeriodSeconds: 0 });
        await until('another primary', 60, async () => (await hippo.primary()) !== primary);
      } finally {
        await Promise.all(addresses.map(healPodFromDns));
      }
    });
    assert.ok(noticed.longest < longestSeconds, noticed.words);
    await archived(hippo, 90);
  });
});
