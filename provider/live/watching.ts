/** Waiting for objects to change: a list, then a watch, then again a list. */
import { createInterface } from 'node:readline';
import type { Connection } from './client';
import { LiveError, hasReason } from './errors';
import { kindPaths, type Kind, type Kinds, type KubernetesObject } from './kinds';
import type { Seen, UntilOptions, Watched } from './live';
import { listed, path } from './requests';

/** A check that found nothing new is asked again after this, since time alone may matter to it (deadlines, events of other objects). */
const againMs = 2_000;
/** The API server ends a watch after this; a new list then finds what was missed. */
const watchSeconds = 240;

/** `Live.until`, on one connection. */
export async function until<T>(
  connection: Connection,
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
        follow(
          connection,
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
async function follow(
  connection: Connection,
  one: Watched,
  view: Map<string, KubernetesObject>,
  changed: () => void,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> {
  const relist = async () => {
    const { items, version } = await listed(connection, one.kind, one.namespace, one.selector);
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
        await watch(connection, one, version, signal, (type, object) => {
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

async function watch(
  connection: Connection,
  one: Watched,
  version: string,
  signal: AbortSignal,
  event: (type: string, object: KubernetesObject) => void,
): Promise<void> {
  const response = await connection.open(
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
