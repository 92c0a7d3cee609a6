/** pgBackRest by hand, in a member's pod: for one repository, as the member's own processes run it. */
import type { DeployedCluster } from './cluster';

export interface Ran {
  readonly code: number;
  readonly text: string;
}

export async function pgbackrest(
  cluster: DeployedCluster,
  pod: string,
  repository: number,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const directory = `/etc/pgbackrest/repo${repository}`;
  const command = [
    'env',
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    'pgbackrest',
    `--config=${directory}/pgbackrest.conf`,
    `--config-include-path=${directory}/conf.d`,
    '--stanza=db',
    '--log-level-console=off',
    '--log-level-stderr=warn',
    '--log-timestamp=n',
    ...args,
  ];
  const { code, stdout, stderr } = await cluster.live.exec(
    cluster.namespace,
    pod,
    'pgbackrest',
    command,
    120_000,
  );
  return { code, text: `${stdout}${stderr}` };
}

interface Information {
  readonly archive: readonly { readonly max: string | null }[];
  readonly backup: readonly { readonly label: string; readonly type: string }[];
}

/** What there is in a repository. */
export async function information(
  cluster: DeployedCluster,
  pod: string,
  repository: number,
): Promise<Information> {
  const { code, text } = await pgbackrest(cluster, pod, repository, ['--output=json', 'info']);
  if (code !== 0) throw new Error(text);
  return (JSON.parse(text) as Information[])[0]!;
}

/** Names of WAL segments that are missing between the first and the last of a timeline of a repository path, by the keys of what there is. */
export function missing(keys: readonly string[]): string[] {
  const segment = /^(?:(.*)\/archive\/)?.*\b([0-9A-F]{24})-[0-9a-f]{40}/;
  const found = new Set(keys.flatMap((key) => segment.exec(key)?.slice(1).join(' ') ?? []));
  return [...found].sort().flatMap((each, index, all) => {
    const [path, name] = each.split(' ') as [string, string];
    const [nextPath, next] = all[index + 1]?.split(' ') ?? [];
    if (nextPath !== path || next?.slice(0, 8) !== name.slice(0, 8)) return [];
    const lost: string[] = [];
    for (let one = following(name); one !== next; one = following(one)) lost.push(one);
    return lost;
  });
}

/** Segments of 16 MB: 256 to a number of 4 GB. */
function following(name: string): string {
  const number = parseInt(name.slice(8, 16), 16) * 256 + parseInt(name.slice(16), 16) + 1;
  const hex = (part: number): string => part.toString(16).toUpperCase().padStart(8, '0');
  return name.slice(0, 8) + hex(Math.floor(number / 256)) + hex(number % 256);
}
