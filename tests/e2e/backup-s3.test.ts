/**
 * S3 for real: TLS with an own CA, credentials by the ServiceAccount's token from an STS that checks it, a policy that is
 * enforced, everything that S3 can refuse, S3 away, and a cluster that is made anew from S3 when nothing else is left.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../local/until';
import { up } from '../../local/kubernetes/cluster';
import type { Login } from '../../local/s3/server';
import { archived, archiveOf } from '../support/backups';
import { DeployedCluster } from '../support/cluster';
import { fillQueue } from '../support/full-queue';
import { keepLogs } from '../support/logs';
import { information, missing, pgbackrest } from '../support/pgbackrest';
import { pghaIn } from '../support/pgha';
import { refused } from '../support/s3-refusals';
import { audience, claimsOf, resigned, S3Fixture } from '../support/s3';
import { TestStack, type PlainClusterArgs } from '../support/stack';
import { prepare, Workload } from '../support/workload';

const namespace = 'e2e-backup-s3';
const kubeconfig = process.env.KUBECONFIG!;
/** For `npm run soak:s3-outage`, which takes minutes. */
const outageSeconds = Number(process.env.S3_OUTAGE_SECONDS ?? 20);
/** Of an outage they would have to wait for longer; on a busy machine a write has its delays all the same. */
const longestWriteMs = 15_000;

describe('backups in S3', () => {
  let stack: TestStack;
  let s3: S3Fixture;
  let hippo: DeployedCluster;
  let wrong: Promise<string>;
  let session: Login;

  // A fifth of the volume may wait for a dead repository: enough for five minutes (soak:s3-outage).
  const base: PlainClusterArgs = { storage: { size: '20Gi' }, resources: { memory: '384Mi' }, replicas: 0 };
  const small = (): PlainClusterArgs => ({
    ...base,
    config: { parameters: { track_commit_timestamp: 'on' } },
    schedules: [],
    repositories: [{ type: 'local' }, s3.keyless],
  });
  // A fifth of a small volume: twelve segments.
  const withKey = (): PlainClusterArgs => ({
    ...base,
    storage: { size: '1Gi' },
    schedules: [],
    repositories: [{ type: 'local' }, { ...s3.repository, prefix: 'keys', credentialsSecret: 's3-key' }],
  });
  const deploy = (
    clusters: Record<string, PlainClusterArgs>,
    { to = stack, refresh = false }: { to?: TestStack; refresh?: boolean } = {},
  ) => to.upWith({ namespace, namespaceExists: 'true', clusters: JSON.stringify(clusters) }, { refresh });
  const pgha = pghaIn(namespace, kubeconfig);
  const pod = 'hippo-1-0';
  const keys = async (prefix = `${s3.prefix}/hippo/`): Promise<string[]> =>
    (await s3.server.stored(s3.bucket, prefix)).filter(({ deleted }) => !deleted).map(({ key }) => key);
  const setKey = (key: string, keySecret: string): Promise<void> =>
    s3.kubectl.apply([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's3-key', namespace },
        stringData: { key, keySecret },
      },
    ]);

  before(async function () {
    this.timeout(600_000);
    const local = await up();
    stack = await TestStack.open(namespace, kubeconfig);
    s3 = await S3Fixture.open(local, namespace, 'hippo');
    await deploy({ hippo: small() });
    hippo = await DeployedCluster.of('hippo', namespace, kubeconfig, 'hippo-user-postgres');
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(120_000);
    hippo?.close();
    await s3?.close();
  });

  it('WAL and a full backup reach the local repository and S3', async function () {
    this.timeout(180_000);
    assert.deepEqual(await archiveOf(hippo), { 1: 'ok', 2: 'ok' });
    for (const repository of ['1', '2'])
      await until(`the first backup in repository ${repository}`, 120, async () =>
        new RegExp(`repository ${repository}: ok[^]*\\d{8}-\\d{6}F +full`).test(
          await pgha('show', 'backup', 'hippo'),
        ),
      );
    assert.ok((await keys()).some((key) => /\/archive\/db\/18-1\/.*-[0-9a-f]{40}\.zst$/.test(key)));
  });

  it('no key exists: not in an object, an environment, a file or the state', async function () {
    this.timeout(60_000);
    const objects = await s3.kubectl.run(['get', 'all,secrets,configmaps', '-n', namespace, '-o', 'json']);
    const plain = objects.replace(/"[A-Za-z0-9+/]{16,}={0,2}"/g, (text) =>
      Buffer.from(text, 'base64').toString(),
    );
    const state = JSON.stringify(await stack.resources());
    const pgbackrestFiles = `cat /etc/pgbackrest/pgbackrest.conf /etc/pgbackrest/conf.d/* /etc/pgbackrest/repo2/*.conf; env`;
    const { stdout } = await hippo.live.exec(
      namespace,
      pod,
      'pgbackrest',
      ['sh', '-c', pgbackrestFiles],
      20_000,
    );
    for (const text of [plain, state, stdout])
      assert.doesNotMatch(text, /s3-key(-secret)?=|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)|aws_secret/);
    assert.match(stdout, /repo2-s3-key-type=web-id[^]*AWS_WEB_IDENTITY_TOKEN_FILE=/);
  });

  it('only a token of this ServiceAccount, for this audience, genuine and in its time, gets credentials', async function () {
    this.timeout(60_000);
    const assume = (token: string): Promise<string> =>
      s3.server.assume(s3.roleArn, token).then(
        () => 'credentials',
        (error: Error) => error.message,
      );
    const token = await s3.token('hippo', audience);
    const now = Math.floor(Date.now() / 1000);
    session = await s3.server.assume(s3.roleArn, token);
    assert.match(await assume(await s3.token('default', audience)), /AccessDenied: Not authorized/);
    assert.match(await assume(await s3.token('hippo', 'somebody.else')), /AccessDenied: Not authorized/);
    // The same for whoever checks signatures: with the issuer's own key MinIO takes what it is given…
    assert.equal(await assume(resigned(token, { exp: now + 600 }, 'issuer')), 'credentials');
    assert.match(await assume(resigned(token, { iat: now - 900, exp: now - 300 }, 'issuer')), /expired/i);
    // …and with another one it does not, whatever the token says.
    assert.match(await assume(resigned(token, {}, 'own')), /400 .*(verification|InvalidParameterValue)/);
    assert.equal(claimsOf(token)['sub'], `system:serviceaccount:${namespace}:hippo`);
  });

  it("the role's policy is enough for pgBackRest, and for nothing else", async function () {
    this.timeout(240_000);
    for (const type of ['diff', 'incr']) await pgha('backup', 'hippo', '--type', type, '--repository', '2');
    for (const args of [['verify'], ['expire', '--repo2-retention-full=1']])
      assert.equal((await pgbackrest(hippo, pod, 2, args)).code, 0, args[0]);
    assert.match(
      (await pgbackrest(hippo, pod, 2, ['--output=text', '--verbose', 'verify'])).text,
      /status: ok/,
    );

    const { server, bucket, prefix } = s3;
    await server.bucket('others');
    const root = `${prefix}/of-this-test`;
    const may = (call: Parameters<typeof server.attempt>[1], object: string, version = '', of = bucket) =>
      server.attempt(session, call, of, object, version);
    assert.equal(await may('put', root), 'ok');
    const [stored] = await server.stored(bucket, root);
    assert.equal(await may('get', root, stored!.version), 'ok');
    assert.equal(await may('list', `${prefix}/hippo/`), 'ok');
    // What overwrites or deletes can be undone by whoever owns the bucket, not by who holds these credentials.
    assert.equal(await may('delete', root, stored!.version), 'AccessDenied');
    assert.equal(await may('delete', root), 'ok');
    assert.ok((await server.stored(bucket, root)).some(({ version }) => version === stored!.version));
    for (const [call, object] of [
      ['list', ''],
      ['list', 'keys/'],
      ['list', `${prefix}-2/`],
      ['get', 'keys/hippo/x'],
      ['put', 'keys/hippo/x'],
      ['put', `${prefix}-2/x`],
      ['delete', 'keys/hippo/x'],
      ['suspend-versioning', ''],
      ['delete-bucket', ''],
    ] as const)
      assert.equal(await may(call, object), 'AccessDenied', `${call} "${object}"`);
    assert.equal(await may('put', `${prefix}/x`, '', 'others'), 'AccessDenied');
  });

  it('whatever S3 refuses is said in its own words', async function () {
    this.timeout(180_000);
    // A cluster with a wrong key, meanwhile: `pulumi up` waits for its archive, and then gives up.
    await s3.server.user({ key: 'rotated', secret: 'rotated-secret' }, s3.policyOf('keys'));
    await setKey('nobody', 'nothing');
    wrong = deploy({ hippo: small(), keyed: withKey() }).then(
      () => 'it went well',
      (error: Error) => error.message,
    );
    for (const { name, args = [], variables, message } of refused(s3.server.hosts, 'rotated')) {
      const command = [...args, '--io-timeout=5', 'repo-get', 'archive/db/archive.info'];
      const { code, text } = await pgbackrest(hippo, pod, 2, command, variables);
      assert.notEqual(code, 0, name);
      assert.match(text, message, name);
    }
  });

  it('a cluster that does not archive is not ready, and other keys reach it without a restart', async function () {
    this.timeout(480_000);
    const message = await wrong;
    assert.match(message, /the cluster runs, but it is not ready: WAL does not arrive[^]*InvalidAccessKeyId/);
    const uid = (): Promise<string> =>
      s3.kubectl.run(['get', 'pod', 'keyed-1-0', '-n', namespace, '-o', 'jsonpath={.metadata.uid}']);
    const before = await uid();
    await setKey('rotated', 'rotated-secret');
    await deploy({ hippo: small(), keyed: withKey() }, { refresh: true });
    assert.equal(await uid(), before);
    assert.ok((await keys('keys/keyed/')).some((key) => key.includes('/archive/db/')));
  });

  it('a cluster made anew on the path of one that lives is refused', async function () {
    this.timeout(420_000);
    // What a copy of all Secrets into another place brings: the name, the prefix and the generation are those of `keyed`.
    const other = await TestStack.open(`${namespace}-anew`, kubeconfig, { namespace: true });
    for (const name of ['s3-ca', 's3-key', 'keyed-repositories']) {
      const { data } = (await hippo.live.get('Secret', namespace, name))!;
      const metadata = { name, namespace: other.namespace };
      await s3.kubectl.apply([{ apiVersion: 'v1', kind: 'Secret', metadata, data }]);
    }
    /** What says whose archive it is: its content, since each backup writes it again (pgBackRest's complete.c). */
    const owner = async (): Promise<string> =>
      (await pgbackrest(hippo, 'keyed-1-0', 2, ['repo-get', 'archive/db/archive.info'])).text;
    const before = await owner();
    assert.match(before, /db-system-id=\d+/);
    const config = { namespace: other.namespace, namespaceExists: 'true' };
    await assert.rejects(
      other.upWith({ ...config, clusters: JSON.stringify({ keyed: withKey() }) }),
      /not ready: WAL does not arrive[^]*do not match the database/,
    );
    assert.equal(await owner(), before);
    await s3.kubectl.run(['delete', 'namespace', other.namespace, '--wait=false']);
  });

  it('S3 away until its queue is full: its gap is told until a backup begins after it, and is in no other repository', async function () {
    this.timeout(300_000);
    const keyed = await DeployedCluster.of('keyed', namespace, kubeconfig, 'keyed-user-postgres');
    try {
      await fillQueue(keyed, { dead: (is) => s3.server.fault(is ? { down: 'refuse' } : {}), pgha });
    } finally {
      keyed.close();
    }
  });

  it('S3 away, then slow: writes and the local archive go on, and nothing is missing afterwards', async function () {
    this.timeout(420_000 + outageSeconds * 3000);
    await prepare(hippo.service);
    const workload = new Workload(hippo.service, { writers: 4, registers: 0, interval: 100 }).start();
    const local = async (): Promise<string> => (await information(hippo, pod, 1)).archive[0]!.max!;
    const before = await local();
    await s3.server.fault({ down: 'refuse' });
    const end = performance.now() + outageSeconds * 1000;
    while (performance.now() < end) {
      await hippo.sql(pod, 'select pg_switch_wal()');
      await pause(2000);
    }
    await until('the status says what S3 says', 90, async () =>
      /refused|reset|TLS error|timeout/i.test((await archiveOf(hippo))['2']!),
    );
    assert.ok((await local()) > before, 'the local repository got nothing while S3 was away');
    await s3.server.fault({ delayMs: 50 });
    await archived(hippo, 240);
    await s3.server.fault({});
    await until('the archive is well again', 90, async () => (await archiveOf(hippo))['2'] === 'ok');
    const { appends } = await workload.stop();
    const longest = Math.max(...appends.map(({ invoked, completed }) => completed - invoked));
    assert.ok(longest < longestWriteMs, `a write took ${Math.round(longest)} ms`);
    assert.deepEqual(
      appends.filter(({ outcome }) => outcome !== 'ok'),
      [],
    );
    assert.deepEqual(missing(await keys()), []);
    console.log(
      `      S3 away for ${outageSeconds} s: ${appends.length} writes, the longest ${Math.round(longest)} ms`,
    );
  });

  it('nothing is left but S3: a new cluster has exactly the rows committed before a second', async function () {
    this.timeout(600_000);
    await prepare(hippo.service);
    const workload = new Workload(hippo.service, { writers: 4, registers: 0, interval: 50 }).start();
    await pause(2000);
    const asked = performance.now();
    const time = await hippo.sql(pod, 'select clock_timestamp()');
    const answered = performance.now();
    await pause(2000);
    await hippo.sql(pod, 'select pg_switch_wal()');
    await archived(hippo, 60);
    const committed = await hippo.sql(
      pod,
      `select array_agg(id order by id) from workload_rows where pg_xact_commit_timestamp(xmin) <= '${time}'`,
    );
    const secret = await hippo.live.get('Secret', namespace, 'hippo-repositories');
    const generation = Buffer.from(secret!.data!['generation']!, 'base64').toString('utf8');
    const atOnce = ['--force', '--grace-period=0', '--wait=false'];
    await s3.kubectl.run(['delete', 'pods', '--all', '-n', namespace, ...atOnce]);
    const { appends } = await workload.stop();
    hippo.close();
    await s3.kubectl.run(['delete', 'namespace', namespace, '--timeout=180s']);

    await s3.makeNamespace();
    const after = await TestStack.open(`${namespace}-after`, kubeconfig);
    const restoreFrom = { path: `${s3.prefix}/hippo/${generation}`, time };
    await deploy({ hippo: { ...small(), repositories: [s3.keyless], restoreFrom } }, { to: after });
    hippo = await DeployedCluster.of('hippo', namespace, kubeconfig, 'hippo-user-postgres');
    const rows = await hippo.sql(pod, 'select array_agg(id order by id) from workload_rows');
    assert.equal(rows, committed);
    const there = new Set(rows.replace(/[{}]/g, '').split(',').map(Number));
    const acknowledged = appends.filter(({ outcome, completed }) => outcome === 'ok' && completed < asked);
    assert.ok(acknowledged.length > 20);
    assert.deepEqual(
      acknowledged.filter(({ id }) => !there.has(id)),
      [],
    );
    assert.deepEqual(
      appends.filter(({ id, invoked }) => invoked > answered && there.has(id)),
      [],
    );
    await after.destroy();
  });
});
