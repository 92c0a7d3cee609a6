/** Faults around backups: interrupted ones, a lost primary that owes WAL, a full repository, a full queue, lost and corrupted files. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { basename } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { growVolume, limitVolume, unlimitVolume, usedMegabytes } from '../../local/kubernetes/volumes';
import { until } from '../../local/until';
import { backupPort } from '../../provider/config/pgbackrest';
import { names, podName } from '../../provider/manifests/names';
import { archived, archiveOf, Backups, gapsOf } from '../support/backups';
import { DeployedCluster } from '../support/cluster';
import { loseVolume } from '../support/faults';
import { keepLogs } from '../support/logs';
import { TestStack, type PlainClusterArgs } from '../support/stack';

const namespace = 'e2e-backup-faults';
const hippo: PlainClusterArgs = {
  replicas: 1,
  // A fifth of it may wait for the repository: 25 segments.
  storage: { size: '2Gi' },
  resources: { memory: '512Mi' },
  repositories: [{ type: 'local', retention: { full: 2 } }],
  schedules: [],
  // A backup that is slow enough to be met in its midst. The verification is started by hand.
  backup: { processes: 1, compression: 'gz', verify: [{ cron: '0 0 29 2 *' }] },
};
const clone = { ...hippo, replicas: 0, backup: {}, restoreFrom: { cluster: 'hippo' } };

describe('backups under faults', () => {
  let stack: TestStack;
  let backups: Backups;
  let cluster: DeployedCluster;

  const configured = (clusters: Record<string, PlainClusterArgs>): Record<string, string> => ({
    namespace,
    namespaceExists: 'true',
    clusters: JSON.stringify(clusters),
  });
  const sql = async (text: string): Promise<string> =>
    cluster.sql(podName(await cluster.primary()), text, 180_000);
  const taken = async () => (await backups.published(cluster))?.backups ?? [];
  /** Also wakes PostgreSQL's archiver, which after three failures sleeps for a minute (pgarch.c) unless more WAL comes. */
  const switched = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await sql('insert into marks values (1); select pg_switch_wal()');
  };

  /** Segments that the primary has still to archive. */
  const waiting = async (): Promise<readonly string[]> =>
    (
      await sql(
        `select left(name, 24) from pg_ls_archive_statusdir() where name ~ '^[0-9A-F]{24}.ready$' order by 1`,
      )
    ).split('\n');

  before(async function () {
    this.timeout(400_000);
    backups = await Backups.in(namespace, process.env.KUBECONFIG!);
    // No part of the stack: it would take the volumes that a destroy leaves.
    stack = await TestStack.open(namespace, process.env.KUBECONFIG!, { namespace: true });
    await stack.upWith(configured({ hippo }));
    cluster = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-postgres');
    await renewCertificates(cluster);
    await sql(`
      create table marks (n int);
      create table bulk as select i, md5(i::text) a, md5((-i)::text) b from generate_series(1, 700000) i`);
    await until('the first backup', 240, async () => (await taken()).length > 0);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(cluster, this.currentTest.title);
  });

  after(async function () {
    this.timeout(300_000);
    cluster?.close();
    await backups?.kubectl.run(['delete', 'namespace', namespace, '--wait=false']);
  });

  /** Starts a full backup, and does something when it copies; returns how many pods of its Job failed. */
  const interrupted = async (fault: (jobPod: string) => Promise<unknown>): Promise<number> => {
    const started = await backups.pgha(['backup', 'hippo', '--type', 'full', '--no-wait']);
    const job = /^Job (\S+):/m.exec(started)![1]!;
    const pod = await until('the backup copies', 90, async () => {
      const [first] = await cluster.live.list('Pod', namespace, { labels: `job-name=${job}` });
      const log = await cluster.live.logs(namespace, first!.metadata.name, 'backup', 50);
      return log.includes('backup start archive') && first!.metadata.name;
    });
    await fault(pod);
    const get = ['get', 'job', job, '-n', namespace, '-o', 'jsonpath={.status}'];
    return until('the job ends', 240, async () => {
      const status = JSON.parse(await backups.kubectl.run(get)) as { succeeded?: number; failed?: number };
      return (status.succeeded ?? 0) > 0 && (status.failed ?? 0);
    });
  };
  /** One that nothing interrupts: a lock that is left would hold it up until the test ends. */
  const next = async (): Promise<void> => {
    const before = (await taken()).at(-1)!.label;
    await backups.pgha(['backup', 'hippo', '--type', 'incr']);
    assert.notEqual((await taken()).at(-1)!.label, before);
  };

  it('a backup that the loss of its pod interrupts is taken again, and no lock is left', async function () {
    this.timeout(400_000);
    const failed = await interrupted((pod) =>
      cluster.live.delete('Pod', namespace, pod, { gracePeriodSeconds: 0 }),
    );
    assert.ok(failed > 0, 'the pod had ended before it was lost');
    await next();
  });

  it('one that the loss of the primary interrupts is taken again, and no lock is left', async function () {
    this.timeout(400_000);
    const primary = podName(await cluster.primary());
    await interrupted(() => cluster.live.delete('Pod', namespace, primary, { gracePeriodSeconds: 0 }));
    await cluster.whole(2);
    await next();
  });

  it('as many full backups are kept as were asked for, and what needs them', async () => {
    const all = (await taken()).map(({ label, type }) => ({ label, type }));
    const full = all.filter(({ type }) => type === 'full');
    assert.equal(full.length, 2);
    for (const { label } of all)
      assert.ok(
        full.some((one) => label.startsWith(one.label)),
        label,
      );
  });

  it('servers of pgBackRest take a renewed certificate without a restart', async function () {
    this.timeout(200_000);
    const secret = await cluster.live.get('Secret', namespace, names.backupCertificate('hippo'));
    const wanted = new X509Certificate(Buffer.from(secret!.data!['tls.crt']!, 'base64')).fingerprint256;
    for (const name of ['hippo-repo-0', podName(await cluster.replica())]) {
      await until(`${name} has it`, 120, async () => {
        const pod = await cluster.live.get('Pod', namespace, name);
        return (await shownBy(pod!.status!.podIP!)).fingerprint256 === wanted;
      });
      const { containerStatuses = [] } = (await cluster.live.get('Pod', namespace, name))!.status!;
      assert.deepEqual(
        containerStatuses.map(({ restartCount }) => restartCount),
        containerStatuses.map(() => 0),
      );
    }
    await switched(1);
    await archived(cluster, 60);
  });

  it('WAL that a lost primary owed is archived by the next one', async function () {
    this.timeout(400_000);
    await backups.scaleHost(0);
    const lost = await cluster.primary();
    try {
      await switched(3);
      const owed = await waiting();
      assert.ok(owed.length >= 3, owed.join(' '));
      await loseVolume(cluster, lost);
      await until('another primary', 60, async () => (await cluster.primary()) !== lost);
      // The next one has WAL of its own to archive when it finds that the repository does not answer, which takes a while.
      await switched(3);
      await cluster.whole(2, 240_000);
      // From then on PostgreSQL recycles none of it.
      await until('what was owed waits', 60, async () => {
        const now = await waiting();
        return owed.every((segment) => now.includes(segment));
      });
    } finally {
      await backups.scaleHost(1);
    }
    // Without a repository a member comes by a base backup.
    const log = await cluster.live.logs(namespace, podName(lost), 'database', 2000);
    assert.match(log, /replica has been created using basebackup/);
    await switched(4);
    await archived(cluster, 150);
    await backups.runNow('hippo-verify-repo1');
    assert.match(await backups.pgha(['show', 'backup', 'hippo']), /verified .*: well/);
  });

  it('a repository that is full is reported, holds up no write, and is whole when it has grown', async function () {
    this.timeout(500_000);
    const { node, directory } = await repositoryVolume(backups);
    await backups.scaleHost(0);
    const used = await usedMegabytes(node, directory);
    try {
      await limitVolume(node, directory, used + 8);
      await backups.scaleHost(1);
      await sql('create table noise (text text)');
      let longest = 0;
      for (let n = 0; n < 7; n++) {
        const before = performance.now();
        await sql(`
          insert into noise select md5(random()::text) || md5(random()::text) from generate_series(1, 60000);
          select pg_switch_wal()`);
        longest = Math.max(longest, performance.now() - before);
      }
      assert.ok(longest < 20_000, `a write took ${longest} ms`);
      await until('the full repository is reported', 120, async () =>
        /no space left/i.test((await archiveOf(cluster))['1'] ?? ''),
      );
      await growVolume(node, directory, used + 1024);
      await switched(1);
      await archived(cluster, 180);
    } finally {
      await backups.scaleHost(0);
      await unlimitVolume(node, directory);
      await backups.scaleHost(1);
    }
    assert.deepEqual(await gapsOf(cluster), []);
  });

  it('verification finds a corrupted file and a missing segment of WAL', async function () {
    this.timeout(300_000);
    const { label } = (await taken()).findLast(({ type }) => type === 'full')!;
    // Of what a new primary archived a while ago: what follows it must be older than a minute, or it might still be on its way.
    const timeline = `ls -d /pgbackrest/*/*/archive/db/*/${'?'.repeat(16)} | tail -1`;
    const wal = `ls -d $(${timeline})/${'?'.repeat(24)}-* | sed -n 3p`;
    const bundle = `find /pgbackrest -path "*/backup/db/${label}/bundle/*" | sort | head -1`;
    const file = await backups.onHost(`f=$(${wal}); mv $f /tmp/; echo $f`);
    const segment = basename(file).slice(0, 24);
    await backups.onHost(
      `f=$(${bundle}); cp -p $f /tmp/bundle; printf '\\0\\1' | dd of=$f bs=1 seek=1000 conv=notrunc`,
    );
    await backups.runNow('hippo-verify-repo1');
    const shown = await backups.pgha(['show', 'backup', 'hippo'], 1);
    assert.match(shown, new RegExp(`FAILED: .*WAL ${segment} to ${segment} is missing`));
    assert.match(shown, new RegExp(`backup ${label} is invalid`));
    assert.match(shown, new RegExp(`invalid checksum '.*${label}/bundle/1`));
    // Known to whoever restores, not only to whoever verifies.
    assert.match(shown, new RegExp(`missing: WAL ${segment} to ${segment}`));
    await backups.onHost(`mv /tmp/${basename(file)} ${file}; f=$(${bundle}); cp -p /tmp/bundle $f`);
    await backups.pgha(['backup', 'hippo', '--type', 'incr']);
    await until('the gap is closed', 90, async () => (await gapsOf(cluster)).length === 0);
  });

  it('a queue that was full is a gap in status, metric and preview until a backup has begun after it', async function () {
    this.timeout(400_000);
    const metric = async (): Promise<string> => {
      const ip = (await cluster.pod(await cluster.primary())).status?.podIP;
      const text = await (await fetch(`http://${ip}:8009/metrics`)).text();
      return /^postgres_ha_archive_gaps{.*} (\d+)$/m.exec(text)?.[1] ?? '';
    };
    assert.equal(await metric(), '0');
    await backups.scaleHost(0);
    try {
      await switched(28);
      await until('the gap is told', 150, async () => (await gapsOf(cluster)).length === 1);
    } finally {
      await backups.scaleHost(1);
    }
    assert.match(
      (await gapsOf(cluster))[0]!,
      /^repository 1 lacks WAL [0-9A-F]{24} to [0-9A-F]{24}: .*pgha backup hippo/,
    );
    assert.equal(await metric(), '1');
    assert.match(await backups.pgha(['status', 'hippo'], 1), /lacks WAL/);
    // The last verification, which failed, is shown still.
    assert.match(
      await backups.pgha(['show', 'backup', 'hippo'], 1),
      /missing: WAL [0-9A-F]{24} to [0-9A-F]{24}/,
    );
    await switched(1);
    await archived(cluster, 120);
    await assert.rejects(stack.previewWith(configured({ hippo, clone })), /is missing in the repository/);
    await backups.pgha(['backup', 'hippo', '--type', 'incr']);
    await until('the gap is closed', 90, async () => (await gapsOf(cluster)).length === 0);
    assert.equal(await metric(), '0');
    await stack.previewWith(configured({ hippo, clone }));
  });

  it('a cluster whose data is gone does not mix with the backups that are left, and says so', async function () {
    this.timeout(500_000);
    cluster.close();
    await stack.destroy();
    const claims = ['hippo-1-data', 'hippo-2-data'];
    await backups.kubectl.run(['delete', 'pvc', ...claims, '-n', namespace, '--timeout=60s']);
    const anew = stack.upWith(configured({ hippo: { ...hippo, replicas: 0 } }));
    await assert.rejects(anew, /do not match the database/);
  });
});

/** As the CronJob does it when two thirds of the time have passed; kubelets show the new ones to pods within about a minute. */
async function renewCertificates({ live, name }: DeployedCluster): Promise<void> {
  const { spec } = (await live.get('CronJob', namespace, names.renewal(name)))!;
  const job = structuredClone(spec!.jobTemplate.spec) as {
    template: { spec: { containers: [{ args: string[] }] } };
  };
  job.template.spec.containers[0].args.push('--now');
  await live.create('Job', { metadata: { name: 'renew-all', namespace }, spec: job });
}

function shownBy(host: string): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: backupPort, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Where the repository's volume lies. */
async function repositoryVolume({ kubectl }: Backups): Promise<{ node: string; directory: string }> {
  const get = async (...what: string[]): Promise<string> => (await kubectl.run(['get', ...what])).trim();
  const claim = ['pvc', 'hippo-repo', '-n', namespace, '-o', 'jsonpath={.spec.volumeName}'];
  const volume = await get(...claim);
  const at =
    '{.spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values[0]} {.spec.local.path}';
  const [node, directory] = (await get('pv', volume, '-o', `jsonpath=${at}`)).split(' ');
  return { node: node!, directory: directory! };
}
