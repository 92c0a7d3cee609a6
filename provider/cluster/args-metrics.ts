/** What a stack author writes about metrics of PostgreSQL. */
import type { Input } from '@pulumi/pulumi';

/** Metrics of PostgreSQL for Prometheus: container `exporter` of each member, port 9187, path `/metrics`. To add, change or remove it replaces each member's pod. */
export interface MetricsArgs {
  /** The database whose tables and indexes are measured; what the whole of PostgreSQL is measured by does not depend on it. Default: the first of `databases`, or else `postgres`. */
  database?: Input<string>;
  /** CPU and memory of the exporter in each pod. Default: 10m and 96Mi. */
  resources?: MetricsResourcesArgs;
}

/** CPU and memory of the exporter in each pod, as Kubernetes quantities. */
export interface MetricsResourcesArgs {
  /** Guaranteed CPU. Default: "10m". */
  cpu?: Input<string>;
  /** Memory, both guaranteed and the limit. It grows with the number of tables. Default: "96Mi". */
  memory?: Input<string>;
}
