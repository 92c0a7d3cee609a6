// The ways to a Kubernetes: for the demo and for the tests.
import { kindCluster, kindUsable } from './kind';
import { upOwn } from './own-cluster';
import { namedCluster } from './named';

export interface LocalCluster {
  kubeconfig: string;
  /** Path of the program. */
  kubectl: string;
  nodes: string[];
  /** Folder for what belongs to the cluster: the demo's project, Pulumi's stacks. */
  state: string;
}

/** For the tests, whose faults reach into the platform: the cluster that `KUBECONFIG_FOR_DEMO` names, else our own. */
export async function up(): Promise<LocalCluster> {
  return (await theUsers()) ?? upOwn();
}

/** For people: kind before our own, since it needs no more rights than Docker. */
export async function upForPeople(): Promise<LocalCluster> {
  const named = await theUsers();
  if (named) return named;
  return (await kindUsable()) ? kindCluster() : upOwn();
}

async function theUsers(): Promise<LocalCluster | undefined> {
  const named = process.env.KUBECONFIG_FOR_DEMO;
  return named ? namedCluster(named) : undefined;
}
