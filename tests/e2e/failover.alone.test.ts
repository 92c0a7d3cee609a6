/**
 * Real faults, one after the other, on a real cluster under write load. A writer and a probe
 * of every member run through all of it; at the end a checker compares what was acknowledged
 * with what is there.
 */
import assert from 'node:assert/strict';
import { checked, described, sound } from '../support/checker';
import { DeployedCluster } from '../support/cluster';
import { faults, type Fault } from '../support/faults';
import { keepLogs } from '../support/logs';
import { survived } from '../support/one-fault';
import { servicesFollow } from '../support/service-path';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { WriteProbes } from '../support/two-primaries';
import { finalState, prepare, Workload } from '../support/workload';

const members = 3;
const namespace = 'e2e-failover';
/** Writes must be back by then, whatever happened, on a machine that is busy with all of this. */
const longestOutage = 90_000;

function cluster(synchronous: string): Record<string, PlainClusterArgs> {
  return {
    hippo: {
      replicas: members - 1,
      synchronous,
      storage: { size: '1Gi' },
      repositories: [],
      resources: { memory: '384Mi' },
      users: [{ name: 'app' }],
      databases: [{ name: 'app', owner: 'app' }],
      deletionPolicy: 'delete',
    },
  };
}

interface Row {
  readonly mode: string;
  readonly fault: string;
  /** Longest time without an acknowledged write. */
  readonly seconds: string;
  readonly moved: string;
}

describe('failover', () => {
  let stack: TestStack;
  let hippo: DeployedCluster;
  const table: Row[] = [];

  before(async function () {
    this.timeout(300_000);
    const kubeconfig = process.env.KUBECONFIG!;
    stack = await TestStack.open(namespace, kubeconfig);
    await stack.up(cluster('strict'));
    hippo = await DeployedCluster.of('hippo', namespace, kubeconfig, 'hippo-user-app');
    await hippo.whole(members);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(120_000);
    const width = Math.max(...table.map((row) => row.fault.length));
    for (const row of table)
      console.log(
        `    ${row.mode.padEnd(8)}${row.fault.padEnd(width + 2)}${row.seconds.padStart(8)}  ${row.moved}`,
      );
    hippo?.close();
    if (!process.env.E2E_KEEP) await stack?.destroy();
  });

  for (const mode of ['strict', 'quorum'] as const)
    describe(`${mode}, one workload through all faults`, () => {
      let workload: Workload;
      let probes: WriteProbes;

      before(async function () {
        this.timeout(300_000);
        if (mode !== 'strict') await stack.up(cluster(mode));
        await hippo.whole(members);
        // The faults before ended with outages of the API server.
        if (mode !== 'strict') await servicesFollow(hippo);
        await prepare(hippo.service);
        workload = new Workload(hippo.service).start();
        probes = new WriteProbes(hippo.memberTargets());
      });

      for (const fault of faults.filter((candidate) => candidate.modes.includes(mode)))
        it(fault.title, async function () {
          this.timeout(fault.longest + longestOutage + 240_000);
          await survives(fault, workload, probes);
        });

      it('no acknowledged row is lost, none is there twice, none is a ghost', async function () {
        this.timeout(90_000);
        const history = await workload.stop();
        const asked = await probes.stop();
        const primary = await hippo.whole(members);
        const final = await finalState(hippo.service);
        const verdict = checked(history, final);
        console.log(`      ${mode}: ${described(verdict)}; primary is ${primary}`);
        assert.ok(sound(verdict), described(verdict));
        assert.ok(verdict.counts.ok > 1000, `only ${verdict.counts.ok} writes went through`);
        const there = new Set(final.probes);
        const lost = asked.filter((probe) => probe.accepted && !there.has(probe.id));
        assert.deepEqual(lost, [], 'rows that a member accepted from a probe are gone');
      });

      async function survives(fault: Fault, load: Workload, asked: WriteProbes): Promise<void> {
        const scene = { cluster: hippo, members, load, probes: asked };
        const { before: primary, after: next, gap } = await survived(fault, scene, longestOutage);
        const moved = next === primary ? 'same primary' : `${primary} → ${next}`;
        table.push({ mode, fault: fault.title, seconds: `${(gap / 1000).toFixed(2)} s`, moved });
        if (fault.changesPrimary === true) assert.notEqual(next, primary, 'the primary has not changed');
        if (fault.changesPrimary === false) assert.equal(next, primary, 'the primary has changed');
        if (fault.longestGap !== undefined) assert.ok(gap <= fault.longestGap, `no write for ${gap} ms`);
      }
    });
});
