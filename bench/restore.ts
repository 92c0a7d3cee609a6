/**
 * Restore of a full backup of 1 GB as a member does it: from the repository host, by TLS, with the cluster's own
 * configuration, onto the data volume; against `zstd -d | tar -x` of the same files on the same volume, in the same
 * container's cgroups, since its memory limit counts the pages that are written, in turns in one run. Bar: ≥ 80 % of that.
 * Both count from the start of the command until the files are on disk: pgBackRest syncs each, tar is followed by a sync.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { containerCgroups } from '../local/kubernetes/cgroups';
import { Kubectl } from '../local/kubernetes/kubectl';
import { up } from '../local/kubernetes/cluster';
import { containerNames, names, podName } from '../provider/manifests/names';
import { DeployedCluster } from '../tests/support/cluster';
import { backUp, filledCluster, firstBackup, touch, type FilledCluster } from './filled-cluster';
import { numbers } from './options';
import { withProcessorTime } from './processor-time';
import { keep, machine } from './results';
import { figures, seconds, table } from './statistics';

/** In the container of a member. */
const folder = '/pgdata/bench';
const longest = 1_800_000;
const empty = `rm -rf ${folder}/restored && mkdir -p -m 700 ${folder}/restored`;

export async function restore(): Promise<void> {
  const { rounds, megabytes } = numbers({ rounds: 3, megabytes: 1024 });
  const on = machine();
  const filled = await filledCluster('bench-restore', megabytes);
  try {
    await firstBackup(filled.cluster);
    const { databaseBytes } = await backUp(filled, 'full');
    const member = await filled.cluster.replica();
    const outside = join(await volumeOf(filled, member), 'bench');
    const plainly = { outside, cgroups: await cgroupsOf(filled, member) };
    const oneFile = await sideBySide(filled, member, plainly, rounds);
    const parts = await whereItGoes(filled, member, outside);
    await inMember(filled, member, empty);
    await restored(filled, member);
    const unchanged = await restored(filled, member, '--delta');
    await touch(filled, 1);
    await filled.sql('checkpoint');
    await backUp(filled, 'incr');
    const onePercent = await restored(filled, member, '--delta');
    await spread(filled);
    await backUp(filled, 'full');
    const fourFiles = await sideBySide(filled, member, plainly, rounds);
    const archiveBytes = archiveSize(outside);
    rmSync(outside, { recursive: true });
    const clone = await cloned(filled);
    const rows = [
      { title: 'one table: pgBackRest, full backup', values: oneFile.ours },
      { title: 'one table: zstd -d | tar -x', values: oneFile.plain },
      { title: 'four tables: pgBackRest, full backup', values: fourFiles.ours },
      { title: 'four tables: zstd -d | tar -x', values: fourFiles.plain },
      ...parts,
      { title: 'pgBackRest, delta, nothing differs', values: [unchanged] },
      { title: 'pgBackRest, delta, 1 % of pages differ', values: [onePercent] },
      { title: 'pulumi up of a new cluster from it', values: [clone.milliseconds] },
    ].map((row) => ({ ...row, figures: figures(row.values) }));
    const ratio = (of: number): number => rows[of + 1]!.figures.median / rows[of]!.figures.median;
    const ratios = { oneTable: ratio(0), fourTables: ratio(2) };
    const rate = (time: number): string => (databaseBytes / 2 ** 20 / (time / 1000)).toFixed(0);
    const lines = rows.map(({ title, figures: { min, median, max } }) => [
      title,
      ...[min, median, max].map(seconds),
      // Processor time is no throughput.
      title.startsWith(' ') ? '' : rate(median),
    ]);
    console.log(`\n${table(['restore', 's min', 'median', 'max', 'MiB/s'], lines)}\n`);
    const percent = (part: number): string => `${(100 * part).toFixed(0)} %`;
    console.log(
      `throughput against zstd -d | tar -x: one table ${percent(ratios.oneTable)}, four ${percent(ratios.fourTables)}; bar ≥ 80 %\n`,
    );
    console.log(`all ${clone.rows} rows of the new cluster are those of the first one: ${clone.checksum}\n`);
    keep('restore', on, { megabytes, databaseBytes, archiveBytes, ratios, clone, rows });
  } finally {
    await filled.close();
  }
}

/** In turns, so that whatever else the machine does meets both. */
async function sideBySide(
  filled: FilledCluster,
  member: string,
  plainly: Plainly,
  rounds: number,
): Promise<{ ours: number[]; plain: number[] }> {
  const [ours, plain]: [number[], number[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    await inMember(filled, member, empty);
    ours.push(await restored(filled, member));
    if (round === 1) pack(plainly.outside);
    plain.push(unpacked(plainly));
    const [last, beside] = [ours, plain].map((all) => seconds(all.at(-1)!));
    console.log(`${round}/${rounds}: pgBackRest ${last} s, zstd -d | tar -x ${beside} s`);
  }
  return { ours, plain };
}

/** A new cluster from the backups of the first one, until it takes writes, and with every row the same. */
async function cloned({ stack, args, cluster: { namespace, kubeconfig }, sql }: FilledCluster) {
  const every = `
    select count(*) || ' ' || sum(hashtextextended(part::text, 0))
    from (select * from part_0 union all table part_1 union all table part_2 union all table part_3) part`;
  const wanted = await sql(every);
  await sql('select pg_switch_wal()');
  const started = performance.now();
  await stack.up({ hippo: args, clone: { ...args, replicas: 0, restoreFrom: { cluster: 'hippo' } } });
  const milliseconds = performance.now() - started;
  const clone = await DeployedCluster.of('clone', namespace, kubeconfig, 'clone-user-postgres');
  try {
    const found = await clone.sql(podName(await clone.primary()), every, longest);
    if (found !== wanted) throw new Error(`the new cluster has ${found}, the first one ${wanted}`);
  } finally {
    clone.close();
  }
  const [rows, checksum] = wanted.split(' ');
  return { milliseconds, rows: Number(rows), checksum };
}

/** The same data in four files: pgBackRest gives each process whole files, and a table of 1 GB is one. */
async function spread({ sql }: FilledCluster): Promise<void> {
  for (let part = 0; part < 4; part++)
    await sql(
      `create table part_${part} with (autovacuum_enabled = false) as select * from bulk where n % 4 = ${part}`,
    );
  await sql('drop table bulk');
  await sql('vacuum (freeze)');
  await sql('checkpoint');
}

/** Once each: more processes, the way over TLS left out, and what a checksum of every byte costs alone. */
async function whereItGoes(
  filled: FilledCluster,
  member: string,
  outside: string,
): Promise<{ title: string; values: number[] }[]> {
  const found: { title: string; values: number[] }[] = [];
  for (const processes of [1, 4]) {
    await inMember(filled, member, empty);
    const time = await restored(filled, member, `--process-max=${processes}`);
    found.push({
      title: `pgBackRest, ${processes} process${processes > 1 ? 'es' : ''} (default: 2)`,
      values: [time],
    });
  }
  await inMember(filled, member, empty);
  const { used } = await withProcessorTime(filled.cluster, () => restored(filled, member));
  for (const component of ['postgres', 'repository'])
    found.push({ title: `  processor time of ${component}`, values: [1000 * (used[component] ?? 0)] });
  // On the repository's own volume, where its files lie: no network.
  const beside = `rm -rf /pgbackrest/bench && mkdir -m 700 /pgbackrest/bench && ${command('/pgbackrest/bench')}`;
  found.push({
    title: 'pgBackRest beside the repository, no TLS',
    values: [await timed(filled, host, beside)],
  });
  await inPod(filled, host, 'rm -rf /pgbackrest/bench');
  const started = performance.now();
  onMachine(`find ${outside}/plain -type f -print0 | xargs -0 sha1sum > /dev/null`);
  found.push({ title: 'sha1sum of all files', values: [performance.now() - started] });
  return found;
}

/** What lies at /pgdata of the member, seen from the machine: volumes of the local cluster are directories. */
async function volumeOf({ cluster }: FilledCluster, member: string): Promise<string> {
  const kubectl = new Kubectl((await up()).kubectl, cluster.kubeconfig);
  const claim = names.dataVolume(member);
  const volume = await kubectl.run([
    'get',
    'pvc',
    claim,
    '-n',
    cluster.namespace,
    '-o',
    'jsonpath={.spec.volumeName}',
  ]);
  return (await kubectl.run(['get', 'pv', volume.trim(), '-o', 'jsonpath={.spec.local.path}'])).trim();
}

async function restored(filled: FilledCluster, member: string, ...options: string[]): Promise<number> {
  const pod = { pod: podName(member), container: containerNames.database };
  return timed(filled, pod, command(`${folder}/restored`, ...options));
}

function command(target: string, ...options: string[]): string {
  const all = ['pgbackrest', '--stanza=db', `--pg1-path=${target}`, '--type=none', ...options];
  return `${all.join(' ')} --log-level-console=off --log-level-stderr=warn restore`;
}

async function timed(filled: FilledCluster, where: Container, script: string): Promise<number> {
  // Not the way through the API server.
  const clock = `date +%s%3N`;
  const output = await inPod(
    filled,
    where,
    `started=$(${clock}); ${script} >/dev/null; echo $(($(${clock}) - started))`,
  );
  return Number(output);
}

interface Container {
  readonly pod: string;
  readonly container: string;
}

const host: Container = { pod: 'hippo-repo-0', container: containerNames.backup };

function inMember(filled: FilledCluster, member: string, script: string): Promise<string> {
  return inPod(filled, { pod: podName(member), container: containerNames.database }, script);
}

async function inPod(
  { cluster }: FilledCluster,
  { pod, container }: Container,
  script: string,
): Promise<string> {
  const { live, namespace } = cluster;
  const { code, stdout, stderr } = await live.exec(
    namespace,
    pod,
    container,
    ['sh', '-euc', script],
    longest,
  );
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${stderr}`);
  return stdout.trim();
}

/** Zstandard at the level that the cluster's backups have. */
function pack(outside: string): void {
  onMachine(`tar -C ${outside}/restored -cf - . | zstd -q -3 -T0 -f -o ${outside}/plain.tar.zst`);
}

/** How the plain copy is made: seen from the machine. */
interface Plainly {
  readonly outside: string;
  /** Of the member's container. */
  readonly cgroups: readonly string[];
}

function unpacked({ outside, cgroups }: Plainly): number {
  rmSync(`${outside}/plain`, { recursive: true, force: true });
  mkdirSync(`${outside}/plain`);
  const enter = cgroups.map((cgroup) => `echo $$ > ${cgroup}/cgroup.procs; `).join('');
  const copy = `zstd -dcq ${outside}/plain.tar.zst | tar -xf - -C ${outside}/plain && sync -f ${outside}/plain`;
  const started = performance.now();
  onMachine(enter + copy);
  return performance.now() - started;
}

async function cgroupsOf({ cluster }: FilledCluster, member: string): Promise<string[]> {
  const { metadata, status } = await cluster.pod(member);
  const running = status?.containerStatuses?.find(({ name }) => name === containerNames.database);
  return containerCgroups(metadata.uid!, running!.containerID!);
}

function archiveSize(outside: string): number {
  return statSync(`${outside}/plain.tar.zst`).size;
}

function onMachine(script: string): void {
  const { status, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`);
}
