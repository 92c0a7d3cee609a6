/**
 * A cluster of three, with a volume for WAL and two repositories, is restored in place from S3: previewed, refused without
 * leave, failed at a target that never comes, restored to another one, its client killed half-way, gone on with, undone.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { up } from '../../local/kubernetes/cluster';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { until } from '../../local/until';
import { run as pgha } from '../../provider/cmd/pgha/program';
import type { RestoreState } from '../../provider/live/patroni';
import { DeployedCluster } from '../support/cluster';
import { killedUp } from '../support/killed-up';
import { keepLogs } from '../support/logs';
import { planIn } from '../support/plan-in';
import { readOnlyKubeconfig } from '../support/read-only';
import { S3Fixture } from '../support/s3';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { settledVersions, versions } from '../support/versions';

const namespace = 'e2e-restore-in-place';
const members = 3;
const args: PlainClusterArgs = {
  replicas: members - 1,
  synchronous: 'sync',
  storage: { size: '1Gi' },
  walStorage: { size: '1Gi' },
  resources: { memory: '384Mi' },
  schedules: [{ type: 'full', cron: '0 1 1 1 *' }],
  deletionPolicy: 'delete',
};

describe('a restore in place', () => {
  let stack: TestStack;
  let kubectl: Kubectl;
  let hippo: DeployedCluster;
  let primary: string;
  let s3: S3Fixture;

  const config = (restore?: object) => ({
    namespace,
    namespaceExists: 'true',
    clusters: JSON.stringify({ hippo: { ...args, repositories: [{ type: 'local' }, s3.keyless] } }),
    actions: JSON.stringify(restore ? { back: { type: 'Restore', cluster: 'hippo', ...restore } } : {}),
  });
  const get = async (what: string, path: string) =>
    (await kubectl.run(['get', what, '-n', namespace, '-o', `jsonpath=${path}`])).trim();
  const sql = (text: string) => hippo.sql(`${primary}-0`, text);
  /** In the pod of the local repository. */
  const repository = (script: string): Promise<string> =>
    kubectl.run(['exec', 'hippo-repo-0', '-n', namespace, '--', 'sh', '-euc', script]);
  const rows = () => sql("select string_agg(note, ',' order by note) from notes");
  const tables = () =>
    sql(
      `select string_agg(relname, ',' order by relname) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    );
  const timelineOf = (member: string) =>
    hippo.sql(`${member}-0`, 'select timeline_id from pg_control_checkpoint()');
  /** What must hold after each restore. */
  const whole = async () => {
    primary = await hippo.whole(members);
    const line = Number(
      await sql(`select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int`),
    );
    for (const repository of ['repo1', 'repo2']) {
      const backups = await get('configmap/hippo-backups', `{.data.${repository}\\.json}`);
      const { walMax, backups: known } = JSON.parse(backups) as {
        walMax: string;
        backups: { type: string; walStop: string }[];
      };
      const newest = known.at(-1)!;
      assert.equal(newest.type, 'full', `a new full backup in ${repository}`);
      assert.equal(parseInt(newest.walStop.slice(0, 8), 16), line, 'of the new timeline');
      assert.ok(parseInt(walMax.slice(0, 8), 16) >= line);
    }
    for (const member of await membersNames()) {
      await hippo.sql(`${member}-0`, 'checkpoint').catch(() => undefined);
      assert.equal(Number(await timelineOf(member)), line, `${member} is on timeline ${line}`);
    }
    assert.equal(await get('cronjob/hippo-full-repo1', '{.spec.suspend}'), 'false');
    assert.equal(await get('configmap/hippo-config', '{.data.restore\\.json}'), '');
    const archive = await until('the archive is well', 60, async () => {
      const status = (await hippo.pod(primary)).metadata.annotations?.['postgres-ha.dev/status'] ?? '{}';
      const found = (JSON.parse(status) as { archive?: Record<string, string> }).archive;
      return found?.['1'] === 'ok' && found['2'] === 'ok' ? found : undefined;
    });
    assert.deepEqual(archive, { 1: 'ok', 2: 'ok' });
  };
  const membersNames = async () =>
    (await hippo.pods()).map(({ metadata }) => metadata.name.replace(/-0$/, '')).sort();
  const status = async (): Promise<{ text: string; code: number }> => {
    let text = '';
    const write = (more: string): void => void (text += more);
    const options = ['-n', namespace, '--kubeconfig', process.env.KUBECONFIG!];
    const code = await pgha(['status', 'hippo', ...options], { write, colour: false }, write);
    return { text, code };
  };
  const refused = async (restore: object): Promise<string> => {
    try {
      await stack.previewWith(config(restore));
    } catch (error) {
      return String(error);
    }
    throw new Error('it was not refused');
  };

  before(async function () {
    this.timeout(400_000);
    const local = await up();
    kubectl = new Kubectl(local.kubectl, process.env.KUBECONFIG!);
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!);
    s3 = await S3Fixture.open(local, namespace, 'hippo');
    await stack.upWith(config());
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-postgres');
    primary = await hippo.whole(members);
    for (const repository of ['repo1', 'repo2'])
      await until(`the first backup in ${repository} is published`, 120, async () =>
        /\d{8}-\d{6}F/.test(await get('configmap/hippo-backups', `{.data.${repository}\\.json}`)),
      );
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(180_000);
    hippo?.close();
    await s3?.close();
  });

  let time: string;
  let approvedPlan: string;
  const monday = () => ({ trigger: 'monday', target: { time }, repository: 2 });

  it('is shown with what is lost and the way back, by read rights alone, and not done without approval', async function () {
    this.timeout(240_000);
    await sql(
      `create table notes (note text); create table precious as select generate_series(1, 1000) as n; insert into notes values ('before')`,
    );
    await pause(1500);
    time = await sql('select clock_timestamp()');
    await pause(1500);
    await sql(`drop table precious; insert into notes values ('after')`);
    const before = await settledVersions(kubectl, namespace);
    const line = await timelineOf(primary);
    const shown = await refused(monday());
    assert.match(shown, /This plan needs approval\. To approve it, set approvedPlan to "[0-9a-f]{12}"/);
    // The refusal repeats the plan.
    const [title, ...plan] = new Set(planIn('Restore', shown));
    approvedPlan = /plan ([0-9a-f]{12}):/.exec(title!)![1]!;
    const text = plan.join('\n');
    assert.match(text, /lose everything committed after time/);
    assert.match(text, new RegExp(`stop ${primary} \\(the primary, last`));
    assert.match(
      text,
      new RegExp(
        `restore ${primary} from backup \\d{8}-\\d{6}F of repository 2, up to time .*MiB to copy.*possible: from`,
      ),
    );
    assert.match(text, /keep the data of before on hippo-\d for 1d \(until then, undo: true/);
    await assert.rejects(
      stack.upWith(config({ ...monday(), approvedPlan: '000000000000' })),
      /The approved plan is 000000000000/,
    );
    assert.equal(await versions(kubectl, namespace), before);
    assert.equal(await timelineOf(primary), line);
    const restricted = await stack.as(await readOnlyKubeconfig(kubectl, namespace));
    const { stdout } = await restricted.previewWith(config({ ...monday(), approvedPlan }));
    assert.deepEqual(planIn('Restore', stdout), [title, ...plan]);
  });

  it('is refused by the policy pack, with the plan, until its digest is written', async function () {
    this.timeout(240_000);
    const policyPacks = [join(__dirname, '../../examples/policy')];
    const preview = (more: object) => stack.previewWith(config({ ...monday(), ...more }), { policyPacks });
    const violation = (found: string) => (error: Error) => {
      const said = `back ${found}: read this one, and write \`approvedPlan: "${approvedPlan}"\`:`;
      assert.match(error.message, /restore-is-approved/);
      assert.ok(error.message.includes(said), error.message);
      const plan = error.message.slice(error.message.indexOf(said) + said.length);
      assert.match(plan, /^\s+lose everything committed after time .*\s+.*stop hippo-\d/s);
      return true;
    };
    await assert.rejects(preview({}), violation('has no approved plan'));
    await assert.rejects(preview({ approvedPlan: 'any' }), violation('approves any plan'));
    const { stdout } = await preview({ approvedPlan });
    assert.match(stdout, /postgres-ha@v0\.1\.0/);
    assert.match(planIn('Restore', stdout)[0]!, new RegExp(`plan ${approvedPlan}`));
  });

  it('is refused in the preview where the target can not be reached', async function () {
    this.timeout(120_000);
    const early = await refused({ trigger: 'x', target: { time: '2020-01-01 00:00:00+00' } });
    assert.match(
      early,
      /hippo can't be restored so: .*is before the end of the first backup.*possible: from \d{4}-/s,
    );
    const late = await refused({ trigger: 'x', target: { time: '2999-01-01 00:00:00+00' } });
    assert.match(late, /is in the future/);
  });

  it('waits for WAL that can not be read and says so; fails at a target that never comes: nothing is lost', async function () {
    this.timeout(300_000);
    const segments = '$(find /pgbackrest/*/*/archive/db -type f -name "0*-*")';
    await repository(`chmod 0 ${segments}`);
    const never = { trigger: 'never', target: { name: 'never' }, repository: 1, approvedPlan: 'any' };
    const failure = stack.upWith(config(never)).then(
      () => assert.fail('it went well'),
      (error: Error) => error.message,
    );
    const waits = await Promise.race([
      failure.then((text) => assert.fail(text)),
      until('it waits for WAL', 180, async () => {
        const annotations = (await hippo.pod(primary).catch(() => undefined))?.metadata.annotations;
        const { restore } = JSON.parse(annotations?.['postgres-ha.dev/status'] ?? '{}') as {
          restore?: RestoreState;
        };
        return restore?.waits === undefined ? undefined : restore;
      }),
    ]);
    assert.match(waits.waits!, /Permission denied/);
    assert.match(waits.segment!, /^[0-9A-F]{24}$/, 'where it is');
    const during = await status();
    assert.equal(during.code, 1);
    const toldAs = /hippo-\d: WAL can't be read: .*Permission denied/;
    assert.match(during.text, toldAs);
    await repository(`chmod 640 ${segments}`);
    const message = await failure;
    assert.match(message, toldAs, 'told in the row');
    assert.match(message, /hippo-\d: (starts to replay WAL|replays WAL at)/);
    console.log(
      [...new Set(message.match(/hippo-\d: (starts to replay|replays|WAL can't|recovering).*/g))]
        .map((line) => `      ${line}`)
        .join('\n'),
    );
    assert.match(message, /did not recover up to the target/);
    assert.match(message, /log of hippo-\d-0: .*recovery ended before configured recovery target/);
    assert.match(message, /The data of before are kept/);
    const { text, code } = await status();
    assert.equal(code, 1);
    assert.match(
      text,
      /restore "never", by .*writes are refused; step \d+ of \d+: restore hippo-\d from backup/,
    );
    assert.match(text, /it has failed: .*did not recover.*; nothing is lost: run the same again/);
    const pods = (await hippo.pods()).map(({ metadata }) => metadata.name);
    assert.deepEqual(pods, [`${primary}-0`], 'the others stay stopped');
  });

  it('goes on when its client is killed, brings back the table and only what was before', async function () {
    this.timeout(400_000);
    // The plan that was approved was one for a cluster that runs.
    assert.match(await refused({ ...monday(), approvedPlan }), /nothing was done. Review it/);
    const given = config({ ...monday(), approvedPlan: 'any' });
    await stack.previewWith(given);
    await killedUp(stack, {
      reached: async () =>
        (await get('configmap/hippo-config', '{.data.restore\\.json}')).includes('"type":"time"'),
      meanwhile: async () =>
        assert.match((await status()).text, /hippo is being restored in place \(restore "monday", by /),
      signal: 'SIGKILL',
    });
    await until('the restored member leads without any client, or waits for one', 120, async () => {
      const set = await get(`statefulset/${primary}`, '{.spec.replicas}');
      return (
        set === '0' || (await get('endpoints/hippo', '{.metadata.annotations.leader}')) === `${primary}-0`
      );
    });
    const { stdout } = await stack.upWith(given);
    assert.match(
      planIn('Restore', stdout).join('\n'),
      /goes on with an interrupted run; done before: .*stop hippo-\d/,
    );
    await whole();
    assert.equal(await tables(), 'notes,precious');
    assert.equal(await sql('select count(*) from precious'), '1000');
    assert.equal(await rows(), 'before');
    const again = await stack.upWith(given);
    assert.deepEqual(Object.keys(again.summary.resourceChanges ?? {}), ['same']);
  });

  it('is undone: what was written before it is there again', async function () {
    this.timeout(400_000);
    await sql(`insert into notes values ('since')`);
    const { stdout } = await stack.upWith(config({ trigger: 'back', undo: true, approvedPlan: 'any' }));
    assert.match(planIn('Restore', stdout).join('\n'), /lose everything committed since restore "monday"/);
    await whole();
    assert.equal(await tables(), 'notes');
    assert.equal(await rows(), 'after,before');
  });

  it('goes to a position in the WAL: what was committed after it is not there', async function () {
    this.timeout(400_000);
    await sql(`insert into notes values ('still')`);
    const lsn = await sql('select pg_current_wal_insert_lsn()');
    await sql(`insert into notes values ('too late')`);
    const { stdout } = await stack.upWith(
      config({ trigger: 'position', target: { lsn }, approvedPlan: 'any' }),
    );
    assert.match(planIn('Restore', stdout).join('\n'), new RegExp(`of repository 1, up to LSN ${lsn}`, 'i'));
    await whole();
    assert.equal(await rows(), 'after,before,still');
  });
});
