/** What changes in a cluster that runs, with no member restarted. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { restartComponent } from '../../../local/kubernetes/faults';
import { until } from '../../../local/until';
import type { OneCluster } from '../../support/one-cluster';

export function changes(one: OneCluster): void {
  it('takes up an edited ConfigMap within seconds', async function () {
    this.timeout(60_000);
    const primary = `${await one.hippo.primary()}-0`;
    const before = await one.get('configmap/hippo-config', '{.data.dcs\\.yaml}');
    const edited = before.replace(/log_statement: .*/, 'log_statement: ddl');
    assert.notEqual(edited, before);
    const patch = (text: string) =>
      one.kubectl.run([
        'patch',
        'configmap',
        'hippo-config',
        '-n',
        one.namespace,
        '--type=merge',
        '-p',
        JSON.stringify({ data: { 'dcs.yaml': text } }),
      ]);
    await patch(edited);
    await until(
      'log_statement is ddl',
      15,
      async () => (await one.hippo.sql(primary, 'show log_statement')) === 'ddl',
    );
    await patch(before);
    await until(
      'log_statement is none',
      15,
      async () => (await one.hippo.sql(primary, 'show log_statement')) === 'none',
    );
  });

  it('renews its certificates by itself, and serves the new one without a restart', async function () {
    this.timeout(180_000);
    const primary = `${await one.hippo.primary()}-0`;
    const started = await one.hippo.sql(primary, 'select pg_postmaster_start_time()');
    const serial = async (): Promise<string> =>
      new X509Certificate(Buffer.from(await one.get('secret/hippo-server', '{.data.tls\\.crt}'), 'base64'))
        .serialNumber;
    const before = await serial();
    const job = JSON.parse(
      await one.kubectl.run([
        'create',
        'job',
        'renew-now',
        '-n',
        one.namespace,
        '--from=cronjob/hippo-renew-certificates',
        '--dry-run=client',
        '-o',
        'json',
      ]),
    ) as {
      spec: { template: { spec: { containers: { args: string[] }[] } } };
    };
    job.spec.template.spec.containers[0]!.args = ['renew-certificates', '--now'];
    await one.kubectl.apply([job]);
    await one.kubectl.run([
      'wait',
      '-n',
      one.namespace,
      'job/renew-now',
      '--for=condition=Complete',
      '--timeout=90s',
    ]);
    const after = await serial();
    assert.notEqual(after, before);
    const served = async (): Promise<string> => {
      const command = `openssl s_client -starttls postgres -connect localhost:5432 </dev/null 2>/dev/null | openssl x509 -noout -serial`;
      const { stdout } = await one.hippo.live.exec(one.namespace, primary, 'database', ['sh', '-c', command]);
      return stdout.trim().replace(/^serial=/, '');
    };
    // The kubelet brings a changed Secret into the pod within about a minute.
    await until(
      'the new certificate is served',
      120,
      async () => BigInt(`0x${await served()}`) === BigInt(`0x${after}`),
    );
    assert.equal(await one.hippo.sql(primary, 'select pg_postmaster_start_time()'), started);
  });

  it('grows its volumes online', async function () {
    this.timeout(120_000);
    await one.stack.upWith(one.config({ storage: { size: '2Gi' } }));
    await until('the volumes have grown', 30, async () =>
      (await one.get('pvc', '{.items[*].status.capacity.storage}'))
        .split(' ')
        .every((size) => size === '2Gi'),
    );
    await assert.rejects(one.stack.previewWith(one.config({ storage: { size: '1Gi' } })), /shrink|smaller/);
  });

  it('keeps what Patroni knows when the controller manager restarts', async function () {
    this.timeout(120_000);
    const primary = await one.hippo.primary();
    const before = await one.get('endpoints', '{.items[*].metadata.uid}');
    await restartComponent('kube-controller-manager');
    // The endpoints controller deletes leftovers at its start; nothing says that it is through.
    await pause(10_000);
    assert.equal(await one.get('endpoints', '{.items[*].metadata.uid}'), before);
    assert.equal(await one.hippo.whole(one.members), primary);
  });
}
