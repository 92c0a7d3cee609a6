/** Settings of a running cluster: what the preview says of them, who restarts, and what becomes of edits in the cluster. */
import assert from 'node:assert/strict';
import { parseDocument } from 'yaml';
import { up } from '../../local/kubernetes/cluster';
import { until } from '../../local/until';
import { run as pgha } from '../../provider/cmd/pgha/program';
import type { AgentStatus } from '../../provider/live/patroni';
import { annotations } from '../../provider/manifests/names';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
import { planIn } from '../support/plan-in';
import { smallCluster } from '../support/small-cluster';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { underLoad } from '../support/under-load';

const namespace = 'e2e-configure';
const members = 3;

const args: PlainClusterArgs = {
  replicas: members - 1,
  synchronous: 'quorum',
  ...smallCluster,
};

describe('a change of settings', () => {
  let stack: TestStack;
  let hippo: DeployedCluster;

  const clusters = (parameters: Record<string, string>, over: PlainClusterArgs = {}, more: object = {}) => ({
    hippo: { ...args, config: { parameters, ...more }, ...over },
  });

  before(async function () {
    this.timeout(600_000);
    await up();
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!);
    await stack.up(clusters({ max_connections: '100' }));
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    await hippo.whole(members);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(600_000);
    hippo?.close();
    await stack?.destroy();
  });

  const everywhere = async (sql: string): Promise<string[]> =>
    Promise.all(['hippo-1', 'hippo-2', 'hippo-3'].map((name) => hippo.sql(`${name}-0`, sql)));
  const started = () => everywhere('select pg_postmaster_start_time()');
  const agents = async (): Promise<AgentStatus[]> =>
    (await hippo.pods()).map(
      (pod) => JSON.parse(pod.metadata.annotations?.[annotations.status] ?? '{}') as AgentStatus,
    );
  /** As `kubectl edit configmap`. */
  const edit = async (change: (text: string) => string): Promise<void> => {
    const map = await hippo.live.get('ConfigMap', namespace, 'hippo-config');
    await hippo.live.patch('ConfigMap', namespace, 'hippo-config', {
      data: { 'dcs.yaml': change(map!.data!['dcs.yaml']!) },
    });
  };
  const withParameters = (given: Record<string, string>) => (text: string) => {
    const document = parseDocument(text);
    for (const [name, value] of Object.entries(given))
      document.setIn(['postgresql', 'parameters', name], value);
    return document.toString();
  };

  // Not of the role that the test itself logs in as: it comes from such an address.
  it('that reload restarts nothing; the preview names each parameter and each rule', async function () {
    this.timeout(600_000);
    const before = await started();
    const wanted = clusters(
      { max_connections: '100', work_mem: '3MB' },
      {},
      { hba: ['hostssl all nobody 10.0.0.0/8 reject'] },
    );
    const [, settings] = planIn('Foundation', (await stack.up(wanted)).stdout);
    assert.equal(
      settings,
      '1. change ConfigMap hippo-config: work_mem 1MB → 3MB (reload), pg_hba + "hostssl all nobody 10.0.0.0/8 reject" (reload)',
    );
    assert.equal(await hippo.sql(`${await hippo.primary()}-0`, 'show work_mem'), '3MB');
    await until('reloaded', 120, async () =>
      (await everywhere('show work_mem')).every((value) => value === '3MB'),
    );
    await until('rules', 120, async () =>
      (await everywhere(`select count(*) from pg_hba_file_rules where address = '10.0.0.0'`)).every(
        (n) => n === '1',
      ),
    );
    assert.deepEqual(await started(), before);
  });

  it('that increases what standbys compare restarts them first, then hands over: one interruption, no lost row', async function () {
    this.timeout(600_000);
    const primary = await hippo.primary();
    const wanted = clusters({ max_connections: '120' });
    let plan: string[] = [];
    const { interruptions, mostDown } = await underLoad(hippo, members, async () => {
      plan = planIn('Rollout', (await stack.up(wanted)).stdout).slice(1);
    });
    assert.match(plan[0]!, /restart PostgreSQL of hippo-\d: max_connections 100 → 120$/);
    assert.match(plan[2]!, new RegExp(`switchover from ${primary} `));
    assert.match(plan[3]!, new RegExp(`restart PostgreSQL of ${primary}: max_connections 100 → 120$`));
    assert.ok(interruptions <= 1, `${interruptions} interruptions`);
    assert.ok(mostDown <= 1, `${mostDown} members down`);
    assert.notEqual(await hippo.primary(), primary);
    assert.deepEqual(await everywhere('show max_connections'), ['120', '120', '120']);
  });

  it('that decreases it restarts the primary first, in place; no lost row', async function () {
    this.timeout(600_000);
    const primary = await hippo.primary();
    const wanted = clusters({ max_connections: '110' });
    let plan: string[] = [];
    await underLoad(hippo, members, async () => {
      plan = planIn('Rollout', (await stack.up(wanted)).stdout).slice(1);
    });
    assert.match(plan[0]!, new RegExp(`restart PostgreSQL of ${primary} \\(in place, first: .*120 → 110$`));
    assert.equal(await hippo.primary(), primary);
    assert.deepEqual(await everywhere('show max_connections'), ['110', '110', '110']);
  });

  it('waits for a restart where the policy is manual, and is taken up in place by a later one', async function () {
    this.timeout(600_000);
    const before = await started();
    const primary = await hippo.primary();
    const manual = clusters({ max_connections: '130' }, { restartPolicy: 'manual' });
    const plan = planIn('Rollout', (await stack.up(manual)).stdout);
    assert.match(plan.join('\n'), /keep PostgreSQL of hippo-1 running, restart pending .*110 → 130/);
    assert.deepEqual(await started(), before);
    await until('pending everywhere', 120, async () =>
      (await agents()).every(({ pendingRestart }) => pendingRestart?.includes('max_connections')),
    );
    let status = '';
    const output = { write: (text: string) => void (status += text), colour: false };
    await pgha(['status', 'hippo', '-n', namespace], output, (text) => (status += text));
    assert.match(status, /max_connections 110 → 130/);
    const inPlace = clusters({ max_connections: '130' }, { restartPolicy: 'inPlace' });
    let later: string[] = [];
    await underLoad(hippo, members, async () => {
      later = planIn('Rollout', (await stack.up(inPlace)).stdout);
    });
    assert.match(later.at(-2)!, new RegExp(`restart PostgreSQL of ${primary} \\(in place: .*110 → 130$`));
    assert.equal(await hippo.primary(), primary);
    assert.deepEqual(await everywhere('show max_connections'), ['130', '130', '130']);
  });

  it('of one member restarts that one alone', async function () {
    this.timeout(600_000);
    const before = await started();
    const own = { memberParameters: { 'hippo-2': { max_files_per_process: '900', work_mem: '5MB' } } };
    const wanted = clusters({ max_connections: '130' }, {}, own);
    await stack.up(wanted);
    assert.deepEqual(
      (await started()).map((time, index) => time === before[index]),
      [true, false, true],
    );
    assert.equal(await hippo.sql('hippo-2-0', 'show max_files_per_process'), '900');
    await stack.up(clusters({ max_connections: '130' }));
  });

  it('made in the cluster is taken up, is shown after a refresh, and goes back', async function () {
    this.timeout(600_000);
    const wanted = clusters({ max_connections: '130' });
    await edit(withParameters({ max_connections: '140', work_mem: '6MB' }));
    await until('taken up', 120, async () =>
      (await everywhere('show work_mem')).every((value) => value === '6MB'),
    );
    await until('pending', 120, async () =>
      (await agents()).every(({ pendingRestart }) => pendingRestart?.includes('max_connections')),
    );
    assert.deepEqual(Object.keys((await stack.preview(wanted)).changeSummary), ['same']);
    const { stdout } = await stack.up(wanted, { refresh: true });
    assert.match(
      stdout,
      /max_connections 140 → 130 \(restart, edited in the cluster\), work_mem 6MB → 1MB \(reload, edited in the cluster\)/,
    );
    await until('set back', 120, async () =>
      (await everywhere('show work_mem')).every((value) => value === '1MB'),
    );
    await until('nothing pending', 120, async () =>
      (await agents()).every(({ pendingRestart }) => pendingRestart?.length === 0),
    );
  });

  it('made in the cluster is refused whole when anything in it is wrong', async function () {
    this.timeout(600_000);
    const cases: [(text: string) => string, RegExp][] = [
      [(text) => `${text}\n  : [`, /dcs\.yaml: not valid YAML in line/],
      [withParameters({ work_men: '4MB', work_mem: '7MB' }), /work_men: PostgreSQL has no such parameter/],
      [withParameters({ ssl: 'off', work_mem: '7MB' }), /ssl is "off", but it must be "on"/],
      [
        withParameters({ max_connections: '0', work_mem: '7MB' }),
        /max_connections is "0"; allowed are 1 to 262143/,
      ],
    ];
    for (const [change, problem] of cases) {
      const map = await hippo.live.get('ConfigMap', namespace, 'hippo-config');
      await edit(change);
      await until(String(problem), 120, async () =>
        (await agents()).some(({ problems }) => problems?.some((one) => problem.test(one))),
      );
      assert.equal(await hippo.sql(`${await hippo.primary()}-0`, 'show work_mem'), '1MB');
      await edit(() => map!.data!['dcs.yaml']!);
      await until('no problem any more', 120, async () =>
        (await agents()).every(({ problems }) => problems?.length === 0),
      );
    }
  });

  it('that PostgreSQL does not take fails in its words, and the next one goes on', async function () {
    this.timeout(600_000);
    await assert.rejects(
      stack.up(clusters({ max_connections: '130', default_text_search_config: 'pg_catalog.klingon' })),
      /PostgreSQL does not take default_text_search_config = pg_catalog\.klingon: invalid value for parameter/,
    );
    await stack.up(clusters({ max_connections: '130' }));
    await until('no problem any more', 120, async () =>
      (await agents()).every(({ problems }) => problems?.length === 0),
    );
  });
});
