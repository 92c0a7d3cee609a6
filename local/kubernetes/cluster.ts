// The one way to a Kubernetes for the demo and the tests: the cluster the user names, else kind
// where a Docker engine answers, else our own.
import { kindCluster, kindUsable } from './kind';
import { upOwn } from './own-cluster';
import { namedCluster } from './named';

export interface LocalCluster {
  kubeconfig: string;
  /** Path of the program. */
  kubectl: string;
  nodes: string[];
}

export interface UpOptions {
  /** The user's own cluster; `KUBECONFIG_FOR_DEMO` otherwise. */
  kubeconfig?: string;
}

export async function up(options: UpOptions = {}): Promise<LocalCluster> {
  const named = options.kubeconfig ?? process.env.KUBECONFIG_FOR_DEMO;
  if (named) return namedCluster(named);
  if (await kindUsable()) return kindCluster();
  return upOwn();
}
