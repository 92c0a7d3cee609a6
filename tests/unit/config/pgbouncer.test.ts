import * as assert from 'node:assert/strict';
import { normalise } from '../../../provider/cluster/normalise';
import type { ResolvedArgs } from '../../../provider/cluster/resolved';
import { UNKNOWN } from '../../../provider/cluster/spec';
import { ownedPoolerSettings, pgbouncerIni, poolerSettings } from '../../../provider/config/pgbouncer';
import { golden } from '../../support/golden';

function ini(pooler: ResolvedArgs['pooler'], rest: ResolvedArgs = {}): string {
  const spec = normalise('hippo', { ...rest, pooler });
  return pgbouncerIni(spec, spec.pooler!);
}

function value(text: string, name: string): string | undefined {
  return new RegExp(`^${name} = (.*)$`, 'm').exec(text)?.[1];
}

describe('pgbouncer.ini', () => {
  it('of a pooler with nothing said', () => golden('config/default/pgbouncer.ini', ini({})));

  it("takes the user's settings over the defaults, and none over the cluster's own", () => {
    const text = ini({ parameters: { Server_Login_Retry: '3', pool_mode: 'session', auth_type: 'trust' } });
    assert.deepEqual(
      ['server_login_retry', 'pool_mode', 'auth_type'].map((name) => value(text, name)),
      ['3', 'transaction', 'scram-sha-256'],
    );
  });

  const shares: [string, ResolvedArgs['pooler'], ResolvedArgs, string][] = [
    ['two pods share what 100 connections leave', {}, {}, '42'],
    ['three pods of 300', { replicas: 3 }, { config: { parameters: { max_connections: '300' } } }, '95'],
    ['never none', { replicas: 20 }, { config: { parameters: { max_connections: '20' } } }, '1'],
    ['not known before the number of pods is', { replicas: UNKNOWN as unknown as number }, {}, UNKNOWN],
  ];
  for (const [title, pooler, rest, share] of shares)
    it(`${title}`, () => assert.equal(value(ini(pooler, rest), 'max_db_connections'), share));

  it('has no setting that is both given and owned', () =>
    assert.deepEqual(
      poolerSettings.filter((name) => ownedPoolerSettings.has(name)),
      [],
    ));
});
