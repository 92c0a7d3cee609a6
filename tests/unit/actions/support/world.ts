/** A Kubernetes API in memory, with members that Patroni keeps: time passes only while somebody waits. */
import { LiveError } from '../../../../provider/live/errors';
import type { Kind, Kinds, KubernetesObject } from '../../../../provider/live/kinds';
import type {
  DeleteOptions,
  ExecResult,
  Live,
  Seen,
  Selector,
  UntilOptions,
  Watched,
} from '../../../../provider/live/live';

type Stored = KubernetesObject & Record<string, unknown>;

export class World implements Live {
  readonly server = 'https://world.test';
  readonly objects = new Map<string, Stored>();
  /** Verbs and kinds that were used, "get Pod". */
  readonly used = new Set<string>();
  /** Every change, for tests that nothing was changed. */
  changes = 0;
  private version = 0;
  private uid = 0;

  /** What goes on by itself while somebody waits. */
  tick(): void {}
  run(_pod: string, _command: readonly string[]): ExecResult {
    return { stdout: '', stderr: '', code: 0 };
  }
  deleted(_kind: Kind, _name: string): void {}

  private key(kind: Kind, name: string): string {
    return `${kind}/${name}`;
  }

  put<K extends Kind>(kind: K, object: Kinds[K]): Kinds[K] {
    this.changes++;
    const before = this.objects.get(this.key(kind, object.metadata.name));
    const stored = {
      ...(object as unknown as Stored),
      metadata: {
        ...object.metadata,
        uid: object.metadata.uid ?? before?.metadata.uid ?? `uid-${++this.uid}`,
        resourceVersion: String(++this.version),
      },
    };
    this.objects.set(this.key(kind, object.metadata.name), stored);
    return stored as unknown as Kinds[K];
  }

  peek<K extends Kind>(kind: K, name: string): Kinds[K] | undefined {
    return this.objects.get(this.key(kind, name)) as unknown as Kinds[K] | undefined;
  }

  all<K extends Kind>(kind: K): Kinds[K][] {
    return [...this.objects]
      .filter(([key]) => key.startsWith(`${kind}/`))
      .map(([, object]) => object as unknown as Kinds[K]);
  }

  drop(kind: Kind, name: string): void {
    this.changes++;
    this.objects.delete(this.key(kind, name));
  }

  async get<K extends Kind>(kind: K, _namespace: string, name: string): Promise<Kinds[K] | undefined> {
    this.used.add(`get ${kind}`);
    return this.peek(kind, name);
  }

  async list<K extends Kind>(kind: K, _namespace: string, selector?: Selector): Promise<Kinds[K][]> {
    this.used.add(`list ${kind}`);
    return this.all(kind).filter((one) => matches(one, selector));
  }

  async create<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]> {
    this.used.add(`create ${kind}`);
    if (this.peek(kind, object.metadata.name))
      throw new LiveError('AlreadyExists', `${object.metadata.name} exists`);
    return this.put(kind, object);
  }

  async apply<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]> {
    this.used.add(`patch ${kind}`);
    return this.put(kind, { ...this.peek(kind, object.metadata.name), ...object });
  }

  async replace<K extends Kind>(kind: K, object: Kinds[K]): Promise<Kinds[K]> {
    this.used.add(`update ${kind}`);
    const there = this.peek(kind, object.metadata.name);
    if (!there) throw new LiveError('NotFound', `${object.metadata.name} is not there`);
    const { resourceVersion } = object.metadata;
    if (resourceVersion && resourceVersion !== there.metadata.resourceVersion)
      throw new LiveError('Conflict', 'changed meanwhile');
    return this.put(kind, object);
  }

  async patch<K extends Kind>(kind: K, _namespace: string, name: string, patch: object): Promise<Kinds[K]> {
    this.used.add(`patch ${kind}`);
    const there = this.peek(kind, name);
    if (!there) throw new LiveError('NotFound', `${name} is not there`);
    return this.put(kind, merge(there, patch) as Kinds[K]);
  }

  async delete(kind: Kind, _namespace: string, name: string, options: DeleteOptions = {}): Promise<boolean> {
    this.used.add(`delete ${kind}`);
    const there = this.peek(kind, name);
    if (!there || (options.uid && options.uid !== there.metadata.uid)) return false;
    this.drop(kind, name);
    this.deleted(kind, name);
    return true;
  }

  async until<T>(
    watched: readonly Watched[],
    check: (seen: Seen) => T | undefined | Promise<T | undefined>,
    options: UntilOptions,
  ): Promise<T> {
    for (const { kind } of watched) this.used.add(`watch ${kind}`);
    const seen: Seen = {
      of: <K extends Kind>(kind: K) => {
        const one = watched.find((each) => each.kind === kind);
        return this.all(kind).filter((object) => matches(object, one?.selector));
      },
    };
    for (let ticks = 0; ticks < 400; ticks++) {
      if (options.signal?.aborted)
        throw new LiveError('Aborted', `stopped while waiting until ${options.what}`);
      const result = await check(seen);
      if (result !== undefined) return result;
      this.tick();
    }
    throw new LiveError('DeadlineExceeded', `not in time: ${options.what}`);
  }

  async exec(
    _namespace: string,
    pod: string,
    _container: string,
    command: readonly string[],
  ): Promise<ExecResult> {
    this.used.add('create pods/exec');
    return this.run(pod, command);
  }

  async logs(): Promise<string> {
    return '';
  }
}

function matches(object: KubernetesObject, selector: Selector | undefined): boolean {
  const labels = (selector?.labels ?? '').split(',').filter(Boolean);
  const fields = (selector?.fields ?? '').split(',').filter(Boolean);
  return (
    labels.every((one) => {
      const [key = '', value] = one.split('=');
      const has = object.metadata.labels?.[key];
      return value === undefined ? has !== undefined : has === value;
    }) &&
    fields.every(
      (one) => !one.startsWith('metadata.name=') || one === `metadata.name=${object.metadata.name}`,
    )
  );
}

function merge(there: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const before = (there ?? {}) as Record<string, unknown>;
  const kept = Object.entries(before).filter(([key]) => (patch as Record<string, unknown>)[key] !== null);
  const result: Record<string, unknown> = Object.fromEntries(kept);
  for (const [key, value] of Object.entries(patch))
    if (value !== null) result[key] = merge(result[key] ?? {}, value);
  return result;
}
