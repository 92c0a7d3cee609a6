/**
 * What the cluster must own of its settings: key `owned.json` of ConfigMap `NAME-config`. An edit of `dcs.yaml` or
 * `members.yaml` beside it that changes any of this is refused by the agent (scripts/settings_check.py), as the
 * program's arguments are by validation/parameters.ts. In the same ConfigMap, so that both are always of one moment.
 */
import type { ClusterSpec } from '../cluster/spec';
import { clusterMaps, clusterRules } from './hba';
import { clusterWideLeast, ownedParameters } from './parameter-owned';
import { parameterValues } from './parameters';

export function ownedJson(spec: ClusterSpec): string {
  const values = parameterValues(spec);
  const parameters = Object.fromEntries(
    [...ownedParameters].map(([name, { why, instead }]) => [
      name,
      {
        ...(values[name] === undefined ? {} : { value: values[name] }),
        why: `it ${why}${instead === undefined ? '' : `. In the program: ${instead}`}`,
      },
    ]),
  );
  const least = Object.fromEntries([...clusterWideLeast].filter(([, value]) => value !== undefined));
  return `${JSON.stringify(
    {
      parameters,
      least,
      everywhere: [...clusterWideLeast.keys()],
      pg_hba: clusterRules(spec).map(({ line }) => line),
      pg_ident: clusterMaps(spec).map(({ line }) => line),
    },
    undefined,
    1,
  )}\n`;
}
