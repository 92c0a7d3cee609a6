import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { dynamicProvider } from '../../../provider/actions/core/provider';
import type { FoundationInputs } from '../../../provider/actions/foundation/inputs';
import { foundation } from '../../../provider/actions/foundation/provider';
import { normalise } from '../../../provider/cluster/normalise';
import { foundationInputs } from '../../../provider/cluster/parts';
import { UNKNOWN } from '../../../provider/cluster/spec';
import { labels } from '../../../provider/manifests/names';
import { World } from './support/world';

type Properties = Record<string, unknown>;

function inputs(args: object = {}, more: object = {}): FoundationInputs & Properties {
  const spec = normalise('hippo', {
    namespace: 'ns',
    replicas: 1,
    repositories: [],
    users: [{ name: 'app' }],
    ...args,
  } as never);
  return JSON.parse(
    JSON.stringify({ ...foundationInputs(spec), passwords: {}, repositoryKeys: {}, ...more }),
  ) as FoundationInputs & Properties;
}

function lines(properties: Properties): string[] {
  return Object.values(properties['plan'] as Record<string, string[]>).flat();
}

function secret(world: World, name: string, key: string): string {
  return Buffer.from(world.peek('Secret', name)!.data![key]!, 'base64').toString();
}

async function made(given = inputs()) {
  const world = new World();
  const provider = dynamicProvider(foundation, async () => world);
  const { inputs: checked } = await provider.check({}, given);
  const { id, outs } = await provider.create(checked);
  return { world, provider, checked, id, outs };
}

describe('the Foundation', () => {
  it('shows what it makes, and changes nothing by showing it', async () => {
    const world = new World();
    const { inputs: checked, failures } = await dynamicProvider(foundation, async () => world).check(
      {},
      inputs(),
    );
    assert.deepEqual(failures, []);
    assert.equal(world.changes, 0);
    assert.deepEqual(
      [...world.used].filter((one) => !/^(get|list|watch) /.test(one) || one.endsWith('Secret')),
      [],
    );
    assert.deepEqual(lines(checked).slice(0, 3), [
      'create PersistentVolumeClaim hippo-1-data (10Gi)',
      'create PersistentVolumeClaim hippo-2-data (10Gi)',
      'make the certificate authority in Secret hippo-ca (one that is there is kept)',
    ]);
  });

  it('makes volumes, certificates, users and settings', async () => {
    const { world, outs } = await made();
    const authority = new X509Certificate(secret(world, 'hippo-ca', 'ca.crt'));
    const server = new X509Certificate(secret(world, 'hippo-server', 'tls.crt'));
    assert.ok(server.checkIssued(authority));
    assert.equal(server.checkHost('hippo.ns.svc'), 'hippo.ns.svc');
    assert.match(secret(world, 'hippo-user-app', 'password'), /^[2-9a-zA-Z]{24}$/);
    assert.equal(secret(world, 'hippo-user-app', 'ca.crt'), secret(world, 'hippo-ca', 'ca.crt'));
    assert.deepEqual(Object.keys(world.peek('ConfigMap', 'hippo-config')!.data!).sort(), [
      'databases.yaml',
      'dcs.yaml',
      'members.yaml',
      'owned.json',
    ]);
    assert.equal(
      world.peek('PersistentVolumeClaim', 'hippo-2-data')!.metadata.labels![labels.member],
      'hippo-2',
    );
    // What was generated goes nowhere but into the Secret.
    for (const one of [secret(world, 'hippo-user-app', 'password'), secret(world, 'hippo-ca', 'ca.key')]) {
      assert.ok(!JSON.stringify(outs).includes(one));
      assert.ok(!JSON.stringify(world.all('ConfigMap')).includes(one));
    }
  });

  it('asks nothing when nothing has changed, whatever kubeconfig is used', async () => {
    const { world, provider, checked, outs, id } = await made();
    world.used.clear();
    const again = await provider.check(checked, { ...inputs(), kubeconfig: 'other', context: 'other' });
    assert.deepEqual(again.inputs['plan'], checked['plan']);
    assert.deepEqual(await provider.diff(id, outs, again.inputs), { changes: false });
    assert.deepEqual([...world.used], []);
  });

  it('keeps generated passwords and certificates, and takes given ones', async () => {
    const { world, provider, checked, id, outs } = await made();
    const before = {
      app: secret(world, 'hippo-user-app', 'password'),
      server: secret(world, 'hippo-server', 'tls.crt'),
    };
    const changed = inputs(
      { metadata: { labels: { team: 'a' } } },
      { passwords: { postgres: 'given: "%"' } },
    );
    const next = await provider.check(checked, changed);
    assert.ok(lines(next.inputs).includes('set the password in Secret hippo-user-postgres of user postgres'));
    await provider.update(id, outs, next.inputs);
    assert.equal(secret(world, 'hippo-user-postgres', 'password'), 'given: "%"');
    assert.equal(secret(world, 'hippo-user-app', 'password'), before.app);
    assert.equal(secret(world, 'hippo-server', 'tls.crt'), before.server);
    assert.ok(
      !JSON.stringify([next.inputs['plan'], next.inputs['planDigest'], world.all('ConfigMap')]).includes(
        'given:',
      ),
    );
  });

  it('takes up kept volumes, and gives Patroni back what it knew', async () => {
    const { world, provider, checked, outs, id } = await made();
    for (const name of ['hippo', 'hippo-config', 'hippo-sync'])
      world.put('Endpoints', {
        metadata: {
          name,
          annotations: {
            hippo: { leader: 'hippo-2-0', optime: '77' },
            'hippo-config': { initialize: '7001', config: '{}' },
            'hippo-sync': { leader: 'hippo-2-0' },
          }[name],
        },
      });
    for (const { metadata } of world.all('PersistentVolumeClaim'))
      world.put('PersistentVolumeClaim', {
        ...world.peek('PersistentVolumeClaim', metadata.name)!,
        status: { phase: 'Bound' },
      });
    const password = secret(world, 'hippo-user-app', 'password');
    await provider.delete(id, outs);
    for (const name of ['hippo', 'hippo-config', 'hippo-sync']) world.drop('Endpoints', name); // with their Services
    assert.equal(world.peek('ConfigMap', 'hippo-config'), undefined);

    const again = await provider.check({}, inputs());
    assert.deepEqual(lines(again.inputs).slice(0, 3), [
      'take up PersistentVolumeClaim hippo-1-data (10Gi): kept from an earlier cluster',
      'take up PersistentVolumeClaim hippo-2-data (10Gi): kept from an earlier cluster',
      'give back to Patroni what it knew (system identifier 7001, last primary hippo-2)',
    ]);
    await provider.create(again.inputs);
    assert.equal(world.peek('Endpoints', 'hippo')!.metadata.annotations!['leader'], 'hippo-2-0');
    assert.equal(world.peek('Endpoints', 'hippo-config')!.metadata.annotations!['initialize'], '7001');
    assert.equal(secret(world, 'hippo-user-app', 'password'), password);
    assert.equal(world.peek('ConfigMap', 'hippo-journal')!.data!['patroni.json'], undefined);
    void checked;
  });

  it('finds at refresh what has gone since, and makes it again at the next update', async () => {
    const { world, provider, checked, id, outs } = await made();
    assert.equal((await provider.read(id, outs)).props['unfinished'], undefined);
    world.drop('PersistentVolumeClaim', 'hippo-2-data');
    const { props } = await provider.read(id, outs);
    assert.equal(props['unfinished'], 'found at refresh: create PersistentVolumeClaim hippo-2-data (10Gi)');
    assert.deepEqual(await provider.diff(id, props, checked), { changes: true });
    const { outs: again } = await provider.update(id, props, checked);
    assert.ok(world.peek('PersistentVolumeClaim', 'hippo-2-data'));
    assert.equal(again['unfinished'], undefined);
  });

  it('removes everything when told so', async () => {
    const { world, provider, outs, id } = await made();
    await provider.delete(id, { ...outs, deletionPolicy: 'delete' });
    assert.deepEqual([...world.objects.keys()], []);
  });

  it('refuses to shrink a kept volume or to change its class, before anything is touched', async () => {
    const { world, provider } = await made();
    const claim = world.peek('PersistentVolumeClaim', 'hippo-1-data')!;
    world.put('PersistentVolumeClaim', {
      ...claim,
      spec: { ...claim.spec, storageClassName: 'fast' },
      status: { phase: 'Bound' },
    });
    world.changes = 0;
    const { failures } = await provider.check({}, inputs({ storage: { size: '5Gi', storageClass: 'slow' } }));
    assert.deepEqual(
      failures.map(({ property }) => property),
      ['storage.size', 'storage.storageClass', 'storage.size'],
    );
    assert.equal(
      failures[0]!.reason,
      'PersistentVolumeClaim hippo-1-data has 10Gi, and a volume never shrinks. Allowed: 10Gi or more; write "10Gi".',
    );
    assert.equal(world.changes, 0);
  });

  it('keeps the volume of a removed member, and says so', async () => {
    const { provider, checked } = await made();
    const { inputs: next } = await provider.check(checked, inputs({ replicas: 0 }));
    assert.ok(
      lines(next).includes(
        'keep PersistentVolumeClaim hippo-2-data: hippo-2 is removed; its data stays until you delete it, and is taken up if the member comes back',
      ),
    );
    const gone = await provider.check(checked, inputs({ replicas: 0, removedData: 'delete' }));
    assert.deepEqual(
      lines(gone.inputs).filter((text) => text.includes('PersistentVolumeClaim')),
      [],
    );
  });

  it('makes the volume of a member that comes back anew when the old one is being deleted', async () => {
    const { world, provider, checked, id, outs } = await made();
    const { inputs: smaller } = await provider.check(checked, inputs({ replicas: 0 }));
    const { outs: one } = await provider.update(id, outs, smaller);
    const claim = world.peek('PersistentVolumeClaim', 'hippo-2-data')!;
    const metadata = { ...claim.metadata, deletionTimestamp: '2026-11-24T12:00:00Z' };
    world.put('PersistentVolumeClaim', { ...claim, metadata, status: { phase: 'Bound' } });
    let waited = 0;
    world.tick = () => {
      if (++waited === 3) world.drop('PersistentVolumeClaim', 'hippo-2-data');
    };
    const { inputs: back } = await provider.check(smaller, inputs());
    const text =
      'create PersistentVolumeClaim hippo-2-data (10Gi): the one that is there goes with the pod that used it';
    assert.ok(lines(back).includes(text), lines(back).join('\n'));
    await provider.update(id, one, back);
    const fresh = world.peek('PersistentVolumeClaim', 'hippo-2-data')!;
    assert.notEqual(fresh.metadata.uid, claim.metadata.uid);
    assert.equal(fresh.metadata.deletionTimestamp, undefined);
  });

  it('has no plan while an input is unknown, and asks nothing', async () => {
    const world = new World();
    const { inputs: checked } = await dynamicProvider(foundation, async () => world).check(
      {},
      inputs({}, { passwords: { app: UNKNOWN } }),
    );
    assert.equal(checked['plan'], UNKNOWN);
    assert.deepEqual([...world.used], []);
  });

  it('performs the approved plan or none', async () => {
    const world = new World();
    const provider = dynamicProvider(foundation, async () => world);
    const { inputs: shown } = await provider.check({}, inputs());
    const refused = await provider.check({}, inputs({}, { approvedPlan: 'feedfeedfeed' }));
    assert.match(
      refused.failures[0]!.reason,
      /The approved plan is feedfeedfeed, but the plan is now [0-9a-f]{12}; nothing was done/,
    );
    const approved = await provider.check({}, inputs({}, { approvedPlan: shown['planDigest'] as string }));
    assert.deepEqual(approved.failures, []);
  });

  it('refuses another Kubernetes cluster', async () => {
    const { world, provider, checked, outs, id } = await made();
    world.put('Namespace', { metadata: { name: 'kube-system', uid: 'other' } });
    const next = await provider.check(checked, inputs({ storage: { size: '20Gi' } }));
    await assert.rejects(
      provider.diff(id, { ...outs, identity: { kubernetes: 'ours' } }, next.inputs),
      /was made in another Kubernetes cluster/,
    );
  });
});
