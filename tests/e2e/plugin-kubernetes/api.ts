// The API server as the tests see it beside Pulumi: objects by type and name.
import * as fs from 'node:fs';
import * as https from 'node:https';
import * as path from 'node:path';
import { inState } from '../../../local/kubernetes/settings';
import { load } from './kubeconfig';

export const kubeconfig = process.env.KUBECONFIG ?? inState('kubeconfig');

export const cluster = load(fs.readFileSync(kubeconfig, 'utf8'), path.dirname(kubeconfig));

export interface Metadata {
  name: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[] | null;
  ownerReferences?: unknown[];
  managedFields?: { manager: string; operation: string }[];
}

/** Any object; what a test reads of it, it names. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  [field: string]: unknown;
}

class ApiFailure extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const agent = new https.Agent({ keepAlive: true, ...cluster.tls });

function call(method: string, at: string, body?: object, type = 'application/json'): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { Accept: 'application/json', 'Content-Type': type, ...cluster.headers };
    const request = https.request(new URL(at, cluster.server), { method, agent, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        const code = response.statusCode ?? 0;
        if (code < 300) resolve(JSON.parse(text));
        else reject(new ApiFailure(code, `${method} ${at}: ${code} ${text}`));
      });
    });
    request.on('error', reject);
    request.end(body && JSON.stringify(body));
  });
}

const plurals: Record<string, string> = { Endpoints: 'endpoints', NetworkPolicy: 'networkpolicies' };

function pathOf(apiVersion: string, kind: string, namespace?: string, name?: string): string {
  const plural = plurals[kind] ?? kind.toLowerCase() + (kind.endsWith('s') ? 'es' : 's');
  return [
    apiVersion.includes('/') ? '/apis' : '/api',
    apiVersion,
    ...(namespace ? ['namespaces', namespace] : []),
    plural,
    ...(name ? [name] : []),
  ].join('/');
}

const pathOfObject = (object: KubernetesObject): string =>
  pathOf(object.apiVersion, object.kind, object.metadata.namespace, object.metadata.name);

export async function live(
  apiVersion: string,
  kind: string,
  name: string,
  namespace?: string,
): Promise<KubernetesObject | undefined> {
  try {
    return (await call('GET', pathOf(apiVersion, kind, namespace, name))) as KubernetesObject;
  } catch (error) {
    if (error instanceof ApiFailure && error.code === 404) return undefined;
    throw error;
  }
}

export async function list(apiVersion: string, kind: string, namespace: string): Promise<KubernetesObject[]> {
  const found = (await call('GET', pathOf(apiVersion, kind, namespace))) as { items: KubernetesObject[] };
  // The items of a list come without their type.
  return found.items.map((item) => ({ ...item, apiVersion, kind }));
}

export async function create(object: KubernetesObject): Promise<KubernetesObject> {
  const at = pathOf(object.apiVersion, object.kind, object.metadata.namespace);
  return (await call('POST', at, object)) as KubernetesObject;
}

export async function remove(object: KubernetesObject): Promise<void> {
  await call('DELETE', pathOfObject(object));
}

/** Changes an object as somebody else would, under the name of a field manager. */
export async function patchAs(manager: string, object: KubernetesObject): Promise<void> {
  const at = `${pathOfObject(object)}?fieldManager=${encodeURIComponent(manager)}`;
  await call('PATCH', at, object, 'application/merge-patch+json');
}

export async function setStatus(object: KubernetesObject, status: object): Promise<void> {
  await call('PATCH', `${pathOfObject(object)}/status`, { status }, 'application/merge-patch+json');
}

export async function serviceAccountToken(namespace: string, name: string): Promise<string> {
  const at = `${pathOf('v1', 'ServiceAccount', namespace, name)}/token`;
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  };
  const answer = (await call('POST', at, request)) as { status: { token: string } };
  return answer.status.token;
}
