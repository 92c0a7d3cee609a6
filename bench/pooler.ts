/**
 * What a pooler costs and saves: pgbench, reads by primary key, in turns to the primary's Service and to the pooler's, with
 * connections that stay and with one for each transaction. Aims: at most 15 % less with 8 that stay; three times as much with
 * one each.
 */
import { up } from '../local/kubernetes/cluster';
import { DeployedCluster } from '../tests/support/cluster';
import { smallCluster } from '../tests/support/small-cluster';
import { TestStack } from '../tests/support/stack';
import { containerNames, podName } from '../provider/manifests/names';
import { numbers } from './options';
import { keep, machine } from './results';
import { figures, table, type Figures } from './statistics';

const namespace = 'bench-pooler';
const ways = ['direct', 'pooler'] as const;
const kinds = {
  '8 clients, connections that stay': ['-c', '8', '-j', '2'],
  '8 clients, a connection a transaction': ['-c', '8', '-j', '2', '-C'],
} as const;

interface Result {
  readonly kind: string;
  readonly way: (typeof ways)[number];
  readonly values: readonly number[];
  readonly figures: Figures;
}

export async function pooler(): Promise<void> {
  const { rounds, time } = numbers({ rounds: 3, time: 10 });
  const on = machine();
  const { kubeconfig } = await up();
  const stack = await TestStack.open(namespace, kubeconfig);
  try {
    await stack.up({ hippo: { ...smallCluster, replicas: 1, pooler: {} } });
    const cluster = await DeployedCluster.of('hippo', namespace, kubeconfig, 'hippo-user-app');
    cluster.close();
    // From a replica's pod: as far from the primary as an application is.
    const client = podName(await cluster.replica());
    const secret = await cluster.live.get('Secret', namespace, 'hippo-user-app');
    const value = (key: string) => Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8');
    const pgbench = async (host: string, ...args: string[]): Promise<string> => {
      const words = `host=${host} dbname=app user=app sslmode=verify-full sslrootcert=/etc/postgres-ha/tls/server/ca.crt`;
      const command = ['env', `PGPASSWORD=${value('password')}`, 'pgbench', ...args, words];
      const { code, stdout, stderr } = await cluster.live.exec(
        namespace,
        client,
        containerNames.database,
        command,
        600_000,
      );
      if (code !== 0) throw new Error(`pgbench ended with ${code}: ${stderr}`);
      return stdout;
    };
    const hosts = { direct: value('host'), pooler: value('pooler-host') };
    await pgbench(hosts.direct, '-q', '-i', '-s', '5');
    const results: Result[] = [];
    for (const [kind, args] of Object.entries(kinds)) {
      const found: Record<(typeof ways)[number], number[]> = { direct: [], pooler: [] };
      for (let round = 1; round <= rounds; round++)
        for (const way of ways) {
          const text = await pgbench(hosts[way], '-n', '-S', '-T', String(time), ...args);
          found[way].push(Number(/^tps = ([\d.]+)/m.exec(text)?.[1]));
          console.log(
            `${round}/${rounds}: ${kind}, ${way}: ${found[way].at(-1)!.toFixed(0)} transactions a second`,
          );
        }
      results.push(...ways.map((way) => ({ kind, way, values: found[way], figures: figures(found[way]) })));
    }
    const rows = results.map(({ kind, way, figures: { min, median, max } }) => [
      `${kind}: ${way}`,
      ...[min, median, max].map((tps) => tps.toFixed(0)),
    ]);
    console.log(`\n${table(['transactions a second', 'min', 'median', 'max'], rows)}\n`);
    const median = (index: number): number => results[index]!.figures.median;
    const ratios = { stay: median(1) / median(0), each: median(3) / median(2) };
    console.log(
      `through the pooler: ${(100 * ratios.stay).toFixed(0)} % with connections that stay (aim ≥ 85), ` +
        `${ratios.each.toFixed(1)} times with one a transaction (aim ≥ 3)\n`,
    );
    keep('pooler', on, { rounds, time, ratios, results });
  } finally {
    await stack.destroy();
  }
}
