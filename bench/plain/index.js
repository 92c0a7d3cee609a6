// The same objects as a PostgresCluster makes, each as a plain @pulumi/kubernetes resource:
// what bench/preview.ts compares with. The objects come from a file, as manifests.
'use strict';
const { readFileSync } = require('node:fs');
const k8s = require('@pulumi/kubernetes');
const pulumi = require('@pulumi/pulumi');

const file = new pulumi.Config().require('objects');
for (const { name, type, inputs } of JSON.parse(readFileSync(file, 'utf8'))) {
  // 'kubernetes:apps/v1:StatefulSet' → k8s.apps.v1.StatefulSet; the core group has no name of its own there.
  const [, groupVersion, kind] = type.split(':');
  const [group, version] = groupVersion.split('/');
  new k8s[group.split('.')[0]][version][kind](name, inputs);
}
