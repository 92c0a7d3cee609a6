/** Where secrets stand, and that they open the door. */
import assert from 'node:assert/strict';
import type { OneCluster } from '../../support/one-cluster';

/** A role and a password with everything that one form of a connection or another would trip over. */
export const oddUser = `o'Hara "é" 50%:$x`;
export const oddPassword = `p @:/?#[]%20'"$\\ü;&=+,`;

export async function password(one: OneCluster, secret: string): Promise<string> {
  return Buffer.from(await one.get(`secret/${secret}`, '{.data.password}'), 'base64').toString();
}

export function secrets(one: OneCluster): void {
  it('puts nothing secret in the state, ConfigMaps, pods or logs', async function () {
    this.timeout(60_000);
    const secrets = [
      oddPassword,
      await password(one, 'hippo-user-app'),
      await password(one, 'hippo-user-postgres'),
    ];
    const key = await one.get('secret/hippo-ca', '{.data.ca\\.key}');
    const places: Record<string, string> = {
      state: JSON.stringify(await one.stack.resources()),
      objects: await one.kubectl.run([
        'get',
        'configmaps,pods,statefulsets,endpoints,cronjobs',
        '-n',
        one.namespace,
        '-o',
        'json',
      ]),
    };
    for (const pod of await one.hippo.pods())
      for (const container of ['database', 'agent'])
        places[`${pod.metadata.name} ${container}`] = await one.kubectl.run([
          'logs',
          '-n',
          one.namespace,
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

  it('lets an odd user in by each form in its Secret, with verify-full', async function () {
    this.timeout(60_000);
    const secret = (await one.kubectl.run(['get', 'secrets', '-n', one.namespace, '-o', 'json'])) as string;
    const found = (
      JSON.parse(secret) as { items: { metadata: { name: string }; data: Record<string, string> }[] }
    ).items.find(({ data }) => data.user && Buffer.from(data.user, 'base64').toString() === oddUser);
    assert.ok(found);
    const value = (form: string): string => Buffer.from(found.data[form]!, 'base64').toString();
    const primary = `${await one.hippo.primary()}-0`;
    // The CA is where the forms say, in a pod of the application; here it is brought there for the test.
    const ca = '/tmp/e2e-ca.crt';
    await one.hippo.live.exec(one.namespace, primary, 'database', [
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
      const { stdout, stderr } = await one.hippo.live.exec(one.namespace, primary, 'database', query);
      assert.equal(stdout.trim(), `${oddUser}|t`, `${form}: ${stderr}`);
    }
  });
}
