// The image's contract (image/README.md) on a real node: what is in it, what a pod gets when it keeps the
// contract, and what it is told when it does not.
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { built } from '../../local/build/cache';
import { parametersText, recordedParameters } from '../../local/image/parameters';
import { contentRecipe } from '../../local/image/recipe';
import { up } from '../../local/kubernetes/cluster';
import { type Container, PodNamespace, restricted } from '../support/image-pods';

const roleFiles = `
  printf '%s\\n' '[pgbouncer]' listen_addr=127.0.0.1 auth_type=any admin_users=admin unix_socket_dir=/tmp \\
    >/etc/pgbouncer/pgbouncer.ini
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=127.0.0.1 \\
    -keyout /etc/pgbackrest/key -out /etc/pgbackrest/crt 2>/dev/null
  chmod 0600 /etc/pgbackrest/key
  printf '%s\\n' '[global]' repo1-path=/pgbackrest log-level-file=off tls-server-address=127.0.0.1 \\
    tls-server-cert-file=/etc/pgbackrest/crt tls-server-key-file=/etc/pgbackrest/key \\
    tls-server-ca-file=/etc/pgbackrest/crt 'tls-server-auth=127.0.0.1=*' >/etc/pgbackrest/pgbackrest.conf`;
const rolesAnswer = `
  soon() { for _ in $(seq 100); do if "$@" 2>/dev/null; then return; fi; sleep 0.1; done; "$@"; }
  metrics() { curl -sf http://127.0.0.1:9187/metrics | grep -x 'pg_up 0'; }
  entrypoint pgbouncer & entrypoint exporter & entrypoint repo-host &
  soon psql -h /tmp -p 6432 -U admin -Atc 'SHOW VERSION' pgbouncer
  soon metrics
  soon pgbackrest server-ping 127.0.0.1
  echo 'repository host answers'`;

const patroniMounts = ['/pgdata', '/tmp', '/run/postgresql', '/etc/patroni'];
const withData = (version: string): string =>
  `mkdir -m 0700 /pgdata/data; echo ${version} >/pgdata/data/PG_VERSION; touch /etc/patroni/patroni.yml`;

describe('the image on a node', function () {
  this.timeout(120_000);

  let pods: PodNamespace | undefined;

  before(async function () {
    this.timeout(30 * 60_000);
    pods = new PodNamespace(await up(), `image-test-${process.pid}`);
    await pods.create();
  });

  after(async () => pods?.remove());

  function end(name: string, container: Container): ReturnType<PodNamespace['end']> {
    if (!pods) throw new Error('there is no namespace');
    return pods.end(name, container);
  }

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
      {
        args: ['patroni'],
        env: { PG_MAJOR: '../18' },
        mounts: patroniMounts,
        before: 'touch /etc/patroni/patroni.yml',
      },
      78,
      [/^image contract: PG_MAJOR is "\.\.\/18"/],
    ],
    [
      'refuses data of another major version',
      { args: ['patroni'], env: { PG_MAJOR: '18' }, mounts: patroniMounts, before: withData('17') },
      78,
      [
        /^image contract: \/pgdata\/data was made by PostgreSQL "17", PG_MAJOR is "18"; .* Upgrade resource\n$/,
      ],
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
      [
        /^image contract: \d+ MiB are free at \/pgdata; PostgreSQL needs 99999999 MiB to start; make the volume larger/,
      ],
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
    [
      'refuses an agent without its program',
      { args: ['agent'], mounts: ['/tmp'] },
      78,
      [/scripts\/agent\.py/],
    ],
    ['refuses an exporter without a database', { args: ['exporter'] }, 78, [/none of DATA_SOURCE_NAME/]],
    ['refuses a pooler without its file', { args: ['pgbouncer'], mounts: ['/tmp'] }, 78, [/pgbouncer\.ini/]],
    [
      'refuses a repository host without a repository',
      { args: ['repo-host'] },
      78,
      [/mounted at \/pgbackrest/],
    ],
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
    // Kubernetes makes $$ of $$$$ (expansion of variables in args).
    const script = '(sleep 3; echo alive) & kill -9 $$$$';
    const { code, log } = await end('kill-9', { args: ['sh', '-c', script] });
    assert.deepEqual({ code, log }, { code: 137, log: '' });
  });

  it('reaps orphans', async () => {
    const script = '(sleep 0.2 & exit 0); sleep 1; ps -eo stat= | grep -c Z || true';
    const { log } = await end('orphan', { args: ['sh', '-c', script] });
    assert.equal(log, '0\n');
  });

  it('runs the pooler, the exporter and the repository host on their mounted files', async () => {
    const { code, log } = await end('roles', {
      args: ['sh', '-euc', rolesAnswer],
      env: { DATA_SOURCE_URI: '127.0.0.1:1/none' },
      mounts: ['/tmp', '/pgbackrest', '/etc/pgbouncer', '/etc/pgbackrest'],
      before: roleFiles,
    });
    assert.equal(code, 0, log);
    assert.match(log, /^PgBouncer 1\./m);
    assert.match(log, /^pg_up 0$/m);
    assert.match(log, /^repository host answers$/m);
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
