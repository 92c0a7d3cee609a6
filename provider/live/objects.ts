/** `Live` against a real API server. */
import { Connection, type ConnectionOptions } from './client';
import { hasReason } from './errors';
import { execIn } from './exec';
import { kindPaths, type Kind, type Kinds } from './kinds';
import type { DeleteOptions, ExecResult, Live, Seen, Selector, UntilOptions, Watched } from './live';
import { listed, path, send } from './requests';
import { until } from './watching';

export const fieldManager = 'postgres-ha';

export async function connect(options: ConnectionOptions): Promise<Live> {
  return new KubernetesLive(await Connection.open(options));
}

class KubernetesLive implements Live {
  constructor(private readonly connection: Connection) {}

  get server(): string {
    return this.connection.server;
  }

  async get<K extends Kind>(kind: K, namespace: string, name: string): Promise<Kinds[K] | undefined> {
    try {
      return await send<Kinds[K]>(this.connection, 'get', 'GET', kind, namespace, name);
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  async list<K extends Kind>(kind: K, namespace: string, selector?: Selector): Promise<Kinds[K][]> {
    return (await listed(this.connection, kind, namespace, selector)).items;
  }

  async create<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]> {
    return await send<Kinds[K]>(
      this.connection,
      'create',
      'POST',
      kind,
      object.metadata.namespace ?? '',
      undefined,
      {
        body: this.typed(kind, object),
        query: { fieldManager },
      },
    );
  }

  async apply<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]> {
    return await send<Kinds[K]>(
      this.connection,
      'patch',
      'PATCH',
      kind,
      object.metadata.namespace ?? '',
      object.metadata.name,
      {
        body: this.typed(kind, object),
        contentType: 'application/apply-patch+yaml',
        query: { fieldManager, force: 'true' },
      },
    );
  }

  async replace<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]> {
    return await send<Kinds[K]>(
      this.connection,
      'update',
      'PUT',
      kind,
      object.metadata.namespace ?? '',
      object.metadata.name,
      {
        body: this.typed(kind, object),
        query: { fieldManager },
      },
    );
  }

  async patch<K extends Kind>(kind: K, namespace: string, name: string, patch: object): Promise<Kinds[K]> {
    return await send<Kinds[K]>(this.connection, 'patch', 'PATCH', kind, namespace, name, {
      body: patch,
      contentType: 'application/merge-patch+json',
      query: { fieldManager },
    });
  }

  async delete(kind: Kind, namespace: string, name: string, options: DeleteOptions = {}): Promise<boolean> {
    const body = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      ...(options.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
      ...(options.uid ? { preconditions: { uid: options.uid } } : {}),
    };
    try {
      await send<unknown>(this.connection, 'delete', 'DELETE', kind, namespace, name, { body });
      return true;
    } catch (error) {
      if (hasReason(error, 'NotFound')) return false;
      // The precondition failed: the object that was meant is gone, and a new one has its name.
      if (options.uid && hasReason(error, 'Conflict')) return false;
      throw error;
    }
  }

  async until<T>(
    watched: readonly Watched[],
    check: (seen: Seen) => T | undefined | Promise<T | undefined>,
    options: UntilOptions,
  ): Promise<T> {
    return await until(this.connection, watched, check, options);
  }

  async exec(
    namespace: string,
    pod: string,
    container: string,
    command: readonly string[],
    timeoutMs = 60_000,
  ): Promise<ExecResult> {
    return await execIn(this.connection.config, namespace, pod, container, command, timeoutMs);
  }

  async logs(
    namespace: string,
    pod: string,
    container: string,
    lines: number,
    previous = false,
  ): Promise<string> {
    try {
      return await this.connection.request({
        method: 'GET',
        path: `${path('Pod', namespace, pod)}/log`,
        query: { container, tailLines: String(lines), previous: previous ? 'true' : undefined },
        attempt: { verb: 'get', plural: 'pods/log', namespace, name: pod },
      });
    } catch {
      return ''; // no such container yet, or no right to read logs: the log is only an addition to an error
    }
  }

  private typed<K extends Kind>(kind: K, object: Kinds[K]): object {
    return { apiVersion: kindPaths[kind].apiVersion, kind, ...object };
  }
}
