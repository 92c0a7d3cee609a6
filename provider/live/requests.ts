/** One request for objects of a kind. */
import type { Connection } from './client';
import { kindPaths, type Kind, type Kinds } from './kinds';
import type { Selector } from './live';

export async function send<T>(
  connection: Connection,
  verb: string,
  method: string,
  kind: Kind,
  namespace: string,
  name: string | undefined,
  more: { body?: unknown; contentType?: string; query?: Record<string, string | undefined> } = {},
): Promise<T> {
  const { plural, namespaced } = kindPaths[kind];
  const attempt = { verb, plural, name, namespace: namespaced ? namespace : undefined };
  return JSON.parse(
    await connection.request({ method, path: path(kind, namespace, name), attempt, ...more }),
  ) as T;
}

export async function listed<K extends Kind>(
  connection: Connection,
  kind: K,
  namespace: string,
  selector?: Selector,
): Promise<{ items: Kinds[K][]; version: string }> {
  const answer = await send<{ items: Kinds[K][]; metadata: { resourceVersion: string } }>(
    connection,
    'list',
    'GET',
    kind,
    namespace,
    undefined,
    {
      query: { labelSelector: selector?.labels, fieldSelector: selector?.fields },
    },
  );
  return { items: answer.items, version: answer.metadata.resourceVersion };
}

export function path(kind: Kind, namespace: string, name?: string): string {
  const { apiVersion, plural, namespaced } = kindPaths[kind];
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespaced ? `/namespaces/${namespace}` : ''}/${plural}${name ? `/${name}` : ''}`;
}
