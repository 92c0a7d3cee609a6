/** `Live` against a real API server. */
import { createInterface } from 'node:readline';
import { Connection, type ConnectionOptions } from './client';
import { LiveError, hasReason } from './errors';
import { execIn } from './exec';
import { kindPaths, type Kind, type Kinds, type KubernetesObject } from './kinds';
import type { DeleteOptions, ExecResult, Live, Seen, Selector, UntilOptions, Watched } from './live';

export const fieldManager = 'postgres-ha';

export async function connect(options: ConnectionOptions): Promise<Live> {
  return new KubernetesLive(await Connection.open(options));
}

/** A check that found nothing new is asked again after this, since time alone may matter to it (deadlines, events of other objects). */
const againMs = 2_000;
/** The API server ends a watch after this; a new list then finds what was missed. */
const watchSeconds = 240;

class KubernetesLive implements Live {
  constructor(private readonly connection: Connection) {}

  get server(): string {
    return this.connection.server;
  }

  async get<K extends Kind>(kind: K, namespace: string, name: string): Promise<Kinds[K] | undefined> {
    try {
      return await this.send<Kinds[K]>('get', 'GET', kind, namespace, name);
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  async list<K extends Kind>(kind: K, namespace: string, selector?: Selector): Promise<Kinds[K][]> {
    return (await this.listed(kind, namespace, selector)).items;
  }

  private async listed<K extends Kind>(
    kind: K,
    namespace: string,
    selector?: Selector,
  ): Promise<{ items: Kinds[K][]; version: string }> {
    const answer = await this.send<{ items: Kinds[K][]; metadata: { resourceVersion: string } }>(
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

  async create<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]> {
    return await this.send<Kinds[K]>('create', 'POST', kind, object.metadata.namespace ?? '', undefined, {
      body: this.typed(kind, object),
      query: { fieldManager },
    });
  }

  async apply<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]> {
    return await this.send<Kinds[K]>(
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
    return await this.send<Kinds[K]>(
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
    return await this.send<Kinds[K]>('patch', 'PATCH', kind, namespace, name, {
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
      await this.send<unknown>('delete', 'DELETE', kind, namespace, name, { body });
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
    const stop = new AbortController();
    const end = Date.now() + options.deadline;
    let wake: () => void = () => undefined;
    let failure: unknown;
    const views = watched.map(() => new Map<string, KubernetesObject>());
    try {
      await Promise.all(
        watched.map((one, index) =>
          this.follow(
            one,
            views[index]!,
            () => wake(),
            stop.signal,
            (error) => (failure = error),
          ),
        ),
      );
      const seen: Seen = {
        of: <K extends Kind>(kind: K) =>
          watched.flatMap((one, index) =>
            one.kind === kind ? [...views[index]!.values()] : [],
          ) as unknown as Kinds[K][],
      };
      for (;;) {
        const changed = new Promise<void>((resolve) => (wake = resolve));
        if (failure) throw failure;
        if (options.signal?.aborted)
          throw new LiveError('Aborted', `Stopped while waiting until ${options.what}.`);
        const result = await check(seen);
        if (result !== undefined) return result;
        const left = end - Date.now();
        if (left <= 0)
          throw new LiveError(
            'DeadlineExceeded',
            `Not within ${Math.round(options.deadline / 1000)} s: ${options.what}.`,
          );
        await within(changed, Math.min(left, againMs), options.signal);
      }
    } finally {
      stop.abort();
    }
  }

  /** Lists once, then goes on watching in the background; a watch that ends begins again with a list. */
  private async follow(
    one: Watched,
    view: Map<string, KubernetesObject>,
    changed: () => void,
    signal: AbortSignal,
    failed: (error: unknown) => void,
  ): Promise<void> {
    const relist = async () => {
      const { items, version } = await this.listed(one.kind, one.namespace, one.selector);
      view.clear();
      for (const item of items) view.set(item.metadata.name, item);
      changed();
      return version;
    };
    let version = await relist();
    const loop = async () => {
      let trouble = 0;
      while (!signal.aborted) {
        try {
          await this.watch(one, version, signal, (type, object) => {
            if (type === 'DELETED') view.delete(object.metadata.name);
            else view.set(object.metadata.name, object);
            changed();
          });
          version = await relist();
          trouble = 0;
        } catch (error) {
          if (signal.aborted) return;
          // An API server that restarts is no reason to give up; one that refuses is.
          if (!hasReason(error, 'Unreachable') && !hasReason(error, 'Other') && !hasReason(error, 'Conflict'))
            throw error;
          await within(new Promise(() => undefined), Math.min(500 * ++trouble, 5_000), signal);
          version = await relist().catch(() => version);
        }
      }
    };
    void loop().catch((error: unknown) => {
      failed(error);
      changed();
    });
  }

  private async watch(
    one: Watched,
    version: string,
    signal: AbortSignal,
    event: (type: string, object: KubernetesObject) => void,
  ): Promise<void> {
    const response = await this.connection.open(
      {
        method: 'GET',
        path: path(one.kind, one.namespace),
        query: {
          watch: 'true',
          resourceVersion: version,
          timeoutSeconds: String(watchSeconds),
          labelSelector: one.selector?.labels,
          fieldSelector: one.selector?.fields,
        },
        attempt: { verb: 'watch', plural: kindPaths[one.kind].plural, namespace: one.namespace },
      },
      signal,
      (watchSeconds + 30) * 1000,
    );
    for await (const line of createInterface({ input: response })) {
      const { type, object } = JSON.parse(line) as { type: string; object: KubernetesObject };
      if (type === 'ERROR') return; // 410: too old a version; the caller lists again
      event(type, object);
    }
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

  private async send<T>(
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
      await this.connection.request({ method, path: path(kind, namespace, name), attempt, ...more }),
    ) as T;
  }
}

function path(kind: Kind, namespace: string, name?: string): string {
  const { apiVersion, plural, namespaced } = kindPaths[kind];
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespaced ? `/namespaces/${namespace}` : ''}/${plural}${name ? `/${name}` : ''}`;
}

/** Waits for a promise, at most so long, or until the signal. */
async function within(promise: Promise<void>, ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
    void promise.then(done);
  });
}
