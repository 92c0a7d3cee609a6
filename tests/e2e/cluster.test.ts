/** The life of a cluster: created, looked at, reconfigured, renewed, grown, destroyed, and taken up again. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { up } from '../../local/kubernetes/cluster';
import { restartComponent } from '../../local/kubernetes/faults';
import { Kubectl } from '../../local/kubernetes/kubectl';
import { DeployedCluster } from '../support/cluster';
import { keepLogs } from '../support/logs';
import { TestStack, type PlainClusterArgs } from '../support/stack';

const namespace = 'e2e-cluster';
const members = 3;
/** A role and a password with everything that one form of a connection or another would trip over. */
const oddUser = `o'Hara "é" 50%:$x`;
const oddPassword = `p @:/?#[]%20'"$\\ü;&=+,`;

const args: PlainClusterArgs = {
  replicas: members - 1,
  synchronous: 'strict',
  ...{ storage: { size: '1Gi' }, repositories: [] },
  resources: { memory: '384Mi' },
  users: [{ name: 'app' }, { name: oddUser, password: oddPassword, databases: ['shop'] }],
  databases: [{ name: 'shop', owner: 'app', extensions: ['pg_stat_statements'] }],
};

describe('a cluster', () => {
  let stack: TestStack;
  let kubectl: Kubectl;
  let hippo: DeployedCluster;

  const config = (over: PlainClusterArgs = {}) => ({
    namespace,
    namespaceExists: 'true',
    clusters: JSON.stringify({ hippo: { ...args, ...over } }),
  });
  const get = async (what: string, path: string): Promise<string> =>
    (await kubectl.run(['get', what, '-n', namespace, '-o', `jsonpath=${path}`])).trim();
  const eventually = async (what: string, seconds: number, check: () => Promise<boolean>): Promise<void> => {
    const end = performance.now() + seconds * 1000;
    while (!(await check())) {
      if (performance.now() > end) assert.fail(`${what}: not after ${seconds} s`);
      await pause(300);
    }
  };

  before(async function () {
    this.timeout(300_000);
    const kubeconfig = process.env.KUBECONFIG!;
    kubectl = new Kubectl((await up()).kubectl, kubeconfig);
    stack = await TestStack.open(namespace, kubeconfig, { namespace: true });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await keepLogs(hippo, this.currentTest.title);
  });

  after(async function () {
    this.timeout(180_000);
    hippo?.close();
    await stack?.destroy();
    await kubectl?.run(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('is refused in preview with everything that is wrong, and nothing is touched', async function () {
    this.timeout(60_000);
    const wrong = {
      replicas: 0,
      synchronous: 'strict',
      storage: { size: 'ten' },
      config: { parameters: { Wrok_mem: '1' } },
    };
    const refused = stack.previewWith(config(wrong)).then(
      () => assert.fail('it was not refused'),
      (error: unknown) => String(error),
    );
    const text = await refused;
    for (const part of [/synchronous/, /storage\.size/, /[Dd]id you mean/, /work_mem/])
      assert.match(text, part);
    assert.equal(await get('statefulsets,pvc,secrets', '{.items[*].metadata.name}'), '');
  });

  it('is ready when `pulumi up` ends', async function () {
    this.timeout(300_000);
    const started = performance.now();
    await stack.upWith(config());
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    const primary = await hippo.whole(members, 1000);
    console.log(`      ${((performance.now() - started) / 1000).toFixed(1)} s, primary ${primary}`);
    const sync = await hippo.sql(
      `${primary}-0`,
      `select count(*) from pg_stat_replication where sync_state in ('sync','quorum')`,
    );
    assert.equal(sync, '1');
  });

  it('has no changes at the next preview', async function () {
    this.timeout(60_000);
    const { changeSummary } = await stack.previewWith(config());
    assert.deepEqual(Object.keys(changeSummary), ['same']);
  });

  it('puts nothing secret in the state, ConfigMaps, pods or logs', async function () {
    this.timeout(60_000);
    const secrets = [oddPassword, await password('hippo-user-app'), await password('hippo-user-postgres')];
    const key = await get('secret/hippo-ca', '{.data.ca\\.key}');
    const places: Record<string, string> = {
      state: JSON.stringify(await stack.resources()),
      objects: await kubectl.run([
        'get',
        'configmaps,pods,statefulsets,endpoints,cronjobs',
        '-n',
        namespace,
        '-o',
        'json',
      ]),
    };
    for (const pod of await hippo.pods())
      for (const container of ['database', 'agent'])
        places[`${pod.metadata.name} ${container}`] = await kubectl.run([
          'logs',
          '-n',
          namespace,
          pod.metadata.name,
          '-c',
          container,
        ]);
    for (const [place, text] of Object.entries(places))
      for (const secret of [
        ...secrets,
        key.slice(40, 100),
        Buffer.from(key, 'base64').toString().split('\n')[1]!,
      ])
        for (const form of [
          secret,
          JSON.stringify(secret).slice(1, -1),
          Buffer.from(secret).toString('base64'),
        ])
          assert.ok(!text.includes(form), `a secret stands in ${place}`);
  });

  const password = async (secret: string): Promise<string> =>
    Buffer.from(await get(`secret/${secret}`, '{.data.password}'), 'base64').toString();

  it('lets an odd user in by each form in its Secret, with verify-full', async function () {
    this.timeout(60_000);
    const secret = (await kubectl.run(['get', 'secrets', '-n', namespace, '-o', 'json'])) as string;
    const found = (
      JSON.parse(secret) as { items: { metadata: { name: string }; data: Record<string, string> }[] }
    ).items.find(({ data }) => data.user && Buffer.from(data.user, 'base64').toString() === oddUser);
    assert.ok(found);
    const value = (form: string): string => Buffer.from(found.data[form]!, 'base64').toString();
    const primary = `${await hippo.primary()}-0`;
    // The CA is where the forms say, in a pod of the application; here it is brought there for the test.
    const ca = '/tmp/e2e-ca.crt';
    await hippo.live.exec(namespace, primary, 'database', [
      'sh',
      '-c',
      `printf %s "$0" > ${ca}`,
      value('ca.crt'),
    ]);
    for (const form of ['uri', 'ro-uri', 'host-list-uri']) {
      const uri = value(form).replace(/sslrootcert=[^&]*/, `sslrootcert=${ca}`);
      const query = [
        'psql',
        '-XAtq',
        uri,
        '-c',
        'select current_user, ssl from pg_stat_ssl where pid = pg_backend_pid()',
      ];
      const { stdout, stderr } = await hippo.live.exec(namespace, primary, 'database', query);
      assert.equal(stdout.trim(), `${oddUser}|t`, `${form}: ${stderr}`);
    }
  });

  it('takes up an edited ConfigMap within seconds', async function () {
    this.timeout(60_000);
    const primary = `${await hippo.primary()}-0`;
    const before = await get('configmap/hippo-config', '{.data.dcs\\.yaml}');
    const edited = before.replace(/log_statement: .*/, 'log_statement: ddl');
    assert.notEqual(edited, before);
    const patch = (text: string) =>
      kubectl.run([
        'patch',
        'configmap',
        'hippo-config',
        '-n',
        namespace,
        '--type=merge',
        '-p',
        JSON.stringify({ data: { 'dcs.yaml': text } }),
      ]);
    await patch(edited);
    await eventually(
      'log_statement is ddl',
      15,
      async () => (await hippo.sql(primary, 'show log_statement')) === 'ddl',
    );
    await patch(before);
    await eventually(
      'log_statement is none',
      15,
      async () => (await hippo.sql(primary, 'show log_statement')) === 'none',
    );
  });

  it('renews its certificates by itself, and serves the new one without a restart', async function () {
    this.timeout(180_000);
    const primary = `${await hippo.primary()}-0`;
    const started = await hippo.sql(primary, 'select pg_postmaster_start_time()');
    const serial = async (): Promise<string> =>
      new X509Certificate(Buffer.from(await get('secret/hippo-server', '{.data.tls\\.crt}'), 'base64'))
        .serialNumber;
    const before = await serial();
    const job = JSON.parse(
      await kubectl.run([
        'create',
        'job',
        'renew-now',
        '-n',
        namespace,
        '--from=cronjob/hippo-renew-certificates',
        '--dry-run=client',
        '-o',
        'json',
      ]),
    ) as {
      spec: { template: { spec: { containers: { args: string[] }[] } } };
    };
    job.spec.template.spec.containers[0]!.args = ['renew-certificates', '--now'];
    await kubectl.apply([job]);
    await kubectl.run([
      'wait',
      '-n',
      namespace,
      'job/renew-now',
      '--for=condition=Complete',
      '--timeout=90s',
    ]);
    const after = await serial();
    assert.notEqual(after, before);
    const served = async (): Promise<string> => {
      const command = `openssl s_client -starttls postgres -connect localhost:5432 </dev/null 2>/dev/null | openssl x509 -noout -serial`;
      const { stdout } = await hippo.live.exec(namespace, primary, 'database', ['sh', '-c', command]);
      return stdout.trim().replace(/^serial=/, '');
    };
    // The kubelet brings a changed Secret into the pod within about a minute.
    await eventually(
      'the new certificate is served',
      120,
      async () => BigInt(`0x${await served()}`) === BigInt(`0x${after}`),
    );
    assert.equal(await hippo.sql(primary, 'select pg_postmaster_start_time()'), started);
  });

  it('grows its volumes online', async function () {
    this.timeout(120_000);
    await stack.upWith(config({ storage: { size: '2Gi' } }));
    await eventually('the volumes have grown', 30, async () =>
      (await get('pvc', '{.items[*].status.capacity.storage}')).split(' ').every((size) => size === '2Gi'),
    );
    await assert.rejects(stack.previewWith(config({ storage: { size: '1Gi' } })), /shrink|smaller/);
  });

  it('keeps what Patroni knows when the controller manager restarts', async function () {
    this.timeout(120_000);
    const primary = await hippo.primary();
    const before = await get('endpoints', '{.items[*].metadata.uid}');
    await restartComponent('kube-controller-manager');
    // The endpoints controller deletes leftovers at its start; nothing says that it is through.
    await pause(10_000);
    assert.equal(await get('endpoints', '{.items[*].metadata.uid}'), before);
    assert.equal(await hippo.whole(members), primary);
  });

  it('leaves its data at destroy, and takes it up when it is made again', async function () {
    this.timeout(400_000);
    const primary = `${await hippo.primary()}-0`;
    await hippo.sql(primary, 'create table kept as select generate_series(1, 1000) as n');
    const identifier = await hippo.sql(primary, 'select system_identifier from pg_control_system()');
    const before = await password('hippo-user-app');
    hippo.close();
    await stack.destroy();
    assert.equal((await get('pvc', '{.items[*].metadata.name}')).split(' ').length, members);
    assert.equal(
      await get(
        'statefulsets,pods,services,configmaps',
        '{.items[?(@.metadata.labels.postgres-ha\\.dev/cluster=="hippo")].metadata.name}',
      ),
      // What Patroni knew is kept for the next time (actions/foundation/kept.ts).
      'hippo-journal',
    );
    const { stdout } = await stack.upWith(config({ storage: { size: '2Gi' } }));
    assert.match(stdout, /take up/);
    hippo = await DeployedCluster.of('hippo', namespace, process.env.KUBECONFIG!, 'hippo-user-app');
    const next = `${await hippo.whole(members)}-0`;
    assert.equal(await hippo.sql(next, 'select count(*) from kept'), '1000');
    assert.equal(await hippo.sql(next, 'select system_identifier from pg_control_system()'), identifier);
    assert.equal(await password('hippo-user-app'), before);
  });

  it('deletes its data at destroy when it was told to', async function () {
    this.timeout(300_000);
    await stack.upWith(config({ storage: { size: '2Gi' }, deletionPolicy: 'delete' }));
    hippo.close();
    await stack.destroy();
    await eventually(
      'everything is gone',
      60,
      async () =>
        (await get(
          'pvc,secrets,endpoints,configmaps',
          '{.items[?(@.metadata.labels.postgres-ha\\.dev/cluster=="hippo")].metadata.name}',
        )) === '',
    );
  });
});
