// The image's contract (image/README.md) on a real node: what is in it, what a pod gets when it keeps the
// contract, and what it is told when it does not.
import * as assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { built } from '../../local/build/cache';
import { parametersText, recordedParameters } from '../../local/image/parameters';
import { contentRecipe, imageName } from '../../local/image/recipe';
import { type LocalCluster, up } from '../../local/kubernetes/cluster';

const run = promisify(execFile);
const namespace = `image-test-${process.pid}`;
const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
};

interface Container {
  args: string[];
  env?: Record<string, string>;
  /** Paths that are emptyDirs. */
  mounts?: string[];
  /** Shell commands in an init container with the same mounts. */
  before?: string;
  security?: Record<string, unknown>;
}

interface Ended {
  code: number;
  message: string;
  log: string;
}

let cluster: LocalCluster;

async function kubectl(args: string[], input?: string): Promise<string> {
  const running = run(cluster.kubectl, ['--kubeconfig', cluster.kubeconfig, ...args]);
  running.child.stdin?.end(input ?? '');
  return (await running).stdout;
}

function pod(name: string, container: Container): unknown {
  const volume = (mount: string): string => mount.replaceAll('/', '-').slice(1);
  const volumeMounts = (container.mounts ?? []).map((mount) => ({ name: volume(mount), mountPath: mount }));
  const common = {
    image: imageName,
    imagePullPolicy: 'Never',
    securityContext: container.security ?? restricted,
    volumeMounts,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 2,
      securityContext: { fsGroup: 26, seccompProfile: { type: 'RuntimeDefault' } },
      ...(container.before
        ? { initContainers: [{ ...common, name: 'before', args: ['sh', '-euc', container.before] }] }
        : {}),
      containers: [
        {
          ...common,
          name: 'main',
          args: container.args,
          env: Object.entries(container.env ?? {}).map(([key, value]) => ({ name: key, value })),
        },
      ],
      volumes: (container.mounts ?? []).map((mount) => ({ name: volume(mount), emptyDir: {} })),
    },
  };
}

interface PodStatus {
  phase: string;
  containerStatuses?: { state: { terminated?: { exitCode: number; message?: string } } }[];
}

async function statusOf(name: string): Promise<PodStatus> {
  return JSON.parse(await kubectl(['-n', namespace, 'get', 'pod', name, '-o', 'jsonpath={.status}'])) as PodStatus;
}

/** Runs the pod to its end. */
async function end(name: string, container: Container): Promise<Ended> {
  await kubectl(['apply', '-f', '-'], JSON.stringify(pod(name, container)));
  const deadline = Date.now() + 60_000;
  for (;;) {
    const status = await statusOf(name);
    const terminated = status.containerStatuses?.[0]?.state.terminated;
    if (terminated) {
      const log = await kubectl(['-n', namespace, 'logs', name, '-c', 'main']);
      return { code: terminated.exitCode, message: terminated.message ?? '', log };
    }
    if (Date.now() > deadline) throw new Error(`pod ${name} has not ended in 60 s: ${JSON.stringify(status)}`);
    await delay(250);
  }
}

const patroniMounts = ['/pgdata', '/tmp', '/run/postgresql', '/etc/patroni'];
const withData = (version: string): string =>
  `mkdir -m 0700 /pgdata/data; echo ${version} >/pgdata/data/PG_VERSION; touch /etc/patroni/patroni.yml`;

describe('the image on a node', function () {
  this.timeout(120_000);

  before(async function () {
    this.timeout(30 * 60_000);
    cluster = await up();
    await kubectl(['create', 'namespace', namespace]);
    const level = ['pod-security.kubernetes.io/enforce=restricted', 'pod-security.kubernetes.io/enforce-version=latest'];
    await kubectl(['label', 'namespace', namespace, ...level]);
  });

  after(async () => {
    if (cluster) await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('runs as 26 on a read-only root in a restricted namespace, with the programs of the contract', async () => {
    const script = `
      id -u; id -g; id -Gn; cat /proc/1/comm
      if touch /x 2>/dev/null; then echo writable; else echo read-only; fi
      grep -E '^(NoNewPrivs|CapEff|Seccomp):' /proc/self/status | tr -d '\\t'
      for major in 17 18; do PG_MAJOR=$major psql --version; PG_MAJOR=$major postgres --version; done
      patroni --version; pgbackrest version; pgbouncer --version; pgbadger --version
      prometheus-postgres-exporter --version 2>&1 | head -n 1
      python3 -c 'import psycopg, psycopg2, yaml, cryptography, patroni.dcs.kubernetes; print("modules")'
      curl --version | head -n 1; jq --version; openssl version; ps --version; locale -a`;
    const { code, log } = await end('versions', { args: ['sh', '-euc', script], mounts: ['/tmp'] });
    assert.equal(code, 0, log);
    assert.match(log, /^26\n26\npostgres\ntini\nread-only\n/);
    assert.match(log, /^NoNewPrivs:1$/m);
    assert.match(log, /^CapEff:0+$/m);
    assert.match(log, /^Seccomp:2$/m);
    for (const major of [17, 18]) {
      assert.match(log, new RegExp(`^psql \\(PostgreSQL\\) ${major}\\.`, 'm'));
      assert.match(log, new RegExp(`^postgres \\(PostgreSQL\\) ${major}\\.`, 'm'));
    }
    assert.match(log, /^patroni 4\.1\./m);
    atLeast(log, /^pgBackRest (\d+)\.(\d+)/m, [2, 59]);
    atLeast(log, /^PgBouncer (\d+)\.(\d+)/m, [1, 26]);
    assert.match(log, /^pgBadger version 1\d/m);
    assert.match(log, /^postgres_exporter, version/m);
    assert.match(log, /^modules$/m);
    assert.match(log, /^C\.utf8$/m);
  });

  const broken: [string, Container, number, RegExp[]][] = [
    [
      'says everything that is wrong at once',
      { args: ['patroni'], env: { PG_MAJOR: '16', PGDATA: '/data' } },
      78,
      [
        /PG_MAJOR is "16"; this image has PostgreSQL 17 18; set PG_MAJOR/,
        /nothing is mounted at \/pgdata; .*; mount a volume at \/pgdata/,
        /PGDATA is "\/data"; it is \/pgdata\/data/,
        /\/tmp cannot be written/,
        /\/run\/postgresql cannot be written/,
        /there is no \/etc\/patroni\/patroni\.yml/,
      ],
    ],
    [
      'refuses a PG_MAJOR that is no number',
      { args: ['patroni'], env: { PG_MAJOR: '../18' }, mounts: patroniMounts, before: 'touch /etc/patroni/patroni.yml' },
      78,
      [/^image contract: PG_MAJOR is "\.\.\/18"/],
    ],
    [
      'refuses data of another major version',
      { args: ['patroni'], env: { PG_MAJOR: '18' }, mounts: patroniMounts, before: withData('17') },
      78,
      [/^image contract: \/pgdata\/data was made by PostgreSQL "17", PG_MAJOR is "18"; .* Upgrade resource\n$/],
    ],
    [
      'refuses data whose WAL volume is missing',
      {
        args: ['patroni'],
        mounts: patroniMounts,
        before: `${withData('18')}; ln -s /pgwal/pg_wal /pgdata/data/pg_wal`,
      },
      78,
      [/pg_wal points to \/pgwal\/pg_wal and nothing is mounted at \/pgwal/],
    ],
    [
      'refuses a volume that is all but full, with a code of its own',
      {
        args: ['patroni'],
        env: { POSTGRES_HA_RESERVE_MB: '99999999' },
        mounts: patroniMounts,
        before: withData('18'),
      },
      73,
      [/^image contract: \d+ MiB are free at \/pgdata; PostgreSQL needs 99999999 MiB to start; make the volume larger/],
    ],
    [
      'refuses another user for the data',
      {
        args: ['patroni'],
        mounts: patroniMounts,
        security: { ...restricted, runAsUser: 1000 },
        before: 'touch /etc/patroni/patroni.yml',
      },
      78,
      [/role patroni runs as user 1000; it runs as user 26 \(postgres\)/],
    ],
    ['refuses an agent without its program', { args: ['agent'], mounts: ['/tmp'] }, 78, [/scripts\/agent\.py/]],
    ['refuses an exporter without a database', { args: ['exporter'] }, 78, [/none of DATA_SOURCE_NAME/]],
    ['refuses a pooler without its file', { args: ['pgbouncer'], mounts: ['/tmp'] }, 78, [/pgbouncer\.ini/]],
    ['refuses a repository host without a repository', { args: ['repo-host'] }, 78, [/mounted at \/pgbackrest/]],
  ];
  broken.forEach(([what, container, expected, messages], index) => {
    it(`${what}: exit code ${expected}`, async () => {
      const { code, message, log } = await end(`broken-${index}`, container);
      assert.equal(code, expected, log);
      // What kubectl describe shows is what the log says.
      assert.equal(message, log);
      for (const expectedMessage of messages) assert.match(message, expectedMessage);
    });
  });

  it('tells the roles when there is none of that name', async () => {
    const { code, log } = await end('no-role', { args: ['postgres'] });
    assert.equal(code, 64);
    assert.match(log, /"postgres" is no role; the roles are patroni, agent, renew-certificates/);
  });

  it('puts the mode of the data right that fsGroup has widened', async () => {
    const { log } = await end('mode', {
      args: ['patroni'],
      mounts: patroniMounts,
      before: `${withData('18')}; chmod 2770 /pgdata/data`,
    });
    assert.match(log, /mode of \/pgdata\/data is 2770, made 0750/);
    assert.doesNotMatch(log, /image contract/);
  });

  it('hands kill 1 on to the role, which ends in order', async () => {
    const script = 'trap "echo in order; exit 7" TERM; kill 1; while :; do sleep 0.1; done';
    const { code, log } = await end('kill-1', { args: ['sh', '-c', script] });
    assert.deepEqual({ code, log }, { code: 7, log: 'in order\n' });
  });

  it('leaves nothing alive when the role is killed with 9', async () => {
    // The orphan would keep the container, and its log, going on for a minute.
    const script = '(sleep 3; echo alive) & kill -9 $$';
    const { code, log } = await end('kill-9', { args: ['sh', '-c', script] });
    assert.deepEqual({ code, log }, { code: 137, log: '' });
  });

  it('reaps orphans', async () => {
    const script = '(sleep 0.2 & exit 0); sleep 1; ps -eo stat= | grep -c Z || true';
    const { log } = await end('orphan', { args: ['sh', '-c', script] });
    assert.equal(log, '0\n');
  });

  it('accepts the parameters that parameters-data.json says', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const root = path.join(await built(contentRecipe), 'root');
    assert.equal(
      parametersText(root),
      recordedParameters(),
      'write it again with "node local/bootstrap.cjs image-parameters" and look at the difference',
    );
  });
});

function atLeast(text: string, pattern: RegExp, [major, minor]: [number, number]): void {
  const found = pattern.exec(text);
  assert.ok(found, `${pattern} is not in:\n${text}`);
  const version = [Number(found[1]), Number(found[2])];
  assert.ok(
    (version[0] ?? 0) > major || (version[0] === major && (version[1] ?? 0) >= minor),
    `${found[0]} is older than ${major}.${minor}`,
  );
}
