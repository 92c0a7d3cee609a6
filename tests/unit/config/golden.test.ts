import * as assert from 'node:assert/strict';
import { parse } from 'yaml';
import { normalise } from '../../../provider/cluster/normalise';
import { UNKNOWN } from '../../../provider/cluster/spec';
import { certificatesJson } from '../../../provider/config/certificates';

import { databasesYaml, dcsYaml, membersYaml, patroniYaml } from '../../../provider/config/patroni';
import { golden } from '../../support/golden';
import { specs } from './specs';

describe('configuration files', () => {
  for (const [name, spec] of Object.entries(specs)) {
    it(`of a cluster "${name}": patroni.yml`, () => golden(`config/${name}/patroni.yml`, patroniYaml(spec)));
    it(`of a cluster "${name}": dcs.yaml`, () => golden(`config/${name}/dcs.yaml`, dcsYaml(spec)));
    it(`of a cluster "${name}": databases.yaml`, () =>
      golden(`config/${name}/databases.yaml`, databasesYaml(spec)));
    it(`of a cluster "${name}": members.yaml`, () =>
      golden(`config/${name}/members.yaml`, membersYaml(spec)));
    it(`of a cluster "${name}": certificates.json`, () =>
      golden(`config/${name}/certificates.json`, certificatesJson(spec)));
    it(`of a cluster "${name}": bootstrap.dcs is dcs.yaml`, () => {
      const { bootstrap } = parse(patroniYaml(spec), { version: '1.1' }) as { bootstrap: { dcs: unknown } };
      assert.deepEqual(bootstrap.dcs, parse(dcsYaml(spec), { version: '1.1' }));
    });
  }

  it('hold the mark of whatever is not known yet, and nothing else changes', () => {
    const text = dcsYaml(normalise('hippo', { synchronous: UNKNOWN as 'sync' }));
    assert.equal(text.split(UNKNOWN).length - 1, 2);
    const rest = normalise('hippo', { config: { hba: UNKNOWN as unknown as string[] } });
    assert.ok(dcsYaml(rest).includes(`- ${UNKNOWN}\n`));
    assert.ok(!databasesYaml(rest).includes(UNKNOWN));
  });
});
