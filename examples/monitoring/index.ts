// A cluster with an exporter, and what the Prometheus Operator must know of it: where its metrics are, and when to alert.
// The operator itself (say, chart kube-prometheus-stack) is there already.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as postgres from 'pulumi-postgres-ha';
import { parse } from 'yaml';

const config = new pulumi.Config();
const namespace = 'databases';
const name = config.get('name') ?? 'hippo';
// By which your Prometheus selects its monitors and rules; of the chart, the name of its release.
const labels = { release: config.get('release') ?? 'monitoring' };

const hippo = new postgres.PostgresCluster(name, {
  namespace,
  image: config.get('image'),
  replicas: 1,
  users: [{ name: 'app' }],
  databases: [{ name: 'shop', owner: 'app' }],
  storage: { size: '1Gi' },
  // Tables are measured of the first database, `shop`.
  metrics: {},
});

const fromPod = (label: string, targetLabel: string) => ({
  sourceLabels: [`__meta_kubernetes_pod_label_postgres_ha_dev_${label}`],
  targetLabel,
});
const endpoint = (port: string) => ({
  port,
  interval: '30s',
  // The agent's series say of which cluster and member they are; the exporter's learn it here.
  honorLabels: true,
  relabelings: [fromPod('cluster', 'cluster'), fromPod('member', 'member')],
});

new k8s.apiextensions.CustomResource(`${name}-metrics`, {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PodMonitor',
  metadata: { name, namespace, labels },
  spec: {
    selector: {
      matchLabels: { 'postgres-ha.dev/cluster': name, 'postgres-ha.dev/component': 'postgres' },
    },
    // The agent: leader, archive, backups. The exporter: PostgreSQL.
    podMetricsEndpoints: [endpoint('metrics'), endpoint('exporter')],
  },
});

new k8s.apiextensions.CustomResource(`${name}-alerts`, {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: 'postgres-ha', namespace, labels },
  spec: parse(readFileSync(join(__dirname, 'alerts.yaml'), 'utf8')) as object,
});

export const primary = hippo.primaryHost;
