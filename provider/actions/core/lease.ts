/** Only one action at a time works on a cluster: a Lease, renewed while it works, free for others once its holder is gone. */
import { hasReason } from '../../live/errors';
import type { Lease } from '../../live/kinds';
import type { Live } from '../../live/live';
import { names } from '../../manifests/names';

const durationSeconds = 15;
const renewMs = 5_000;
/** How long to wait for another holder that is alive. */
const patienceMs = 60_000;

export class Hold {
  private timer?: NodeJS.Timeout;
  private last = Date.now();
  private gone?: string;
  private renewing: Promise<void> = Promise.resolve();

  constructor(
    private readonly live: Live,
    private lease: Lease,
    private readonly holder: string,
  ) {
    this.timer = setInterval(() => (this.renewing = this.renew()), renewMs);
    this.timer.unref();
  }

  /** Why the lease is no longer ours, or undefined while it is. */
  lost(now = Date.now()): string | undefined {
    if (this.gone) return this.gone;
    if (now - this.last > durationSeconds * 1000)
      return `the lock could not be renewed for ${Math.round((now - this.last) / 1000)} s`;
    return undefined;
  }

  private async renew(): Promise<void> {
    const begun = Date.now();
    try {
      const { namespace = '', name } = this.lease.metadata;
      const now = await this.live.get('Lease', namespace, name);
      if (now?.spec?.holderIdentity !== this.holder) {
        this.gone = `the lock was taken by ${now?.spec?.holderIdentity || 'nobody: it was deleted'}`;
        clearInterval(this.timer);
        return;
      }
      this.lease = await this.live.replace('Lease', {
        ...now,
        spec: { ...now.spec, renewTime: micro(new Date()) },
      });
      this.last = begun;
    } catch {
      // Not renewed: lost() says so once it matters; the next round tries again.
    }
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    // One on its way would change the lease under our hands, and whoever is next would wait until it expires.
    await this.renewing;
    if (this.gone) return;
    try {
      const { namespace = '', name } = this.lease.metadata;
      const now = await this.live.get('Lease', namespace, name);
      if (now?.spec?.holderIdentity === this.holder)
        await this.live.replace('Lease', {
          ...now,
          spec: { ...now.spec, holderIdentity: '', leaseDurationSeconds: 1 },
        });
    } catch {
      // It expires by itself.
    }
  }
}

export async function acquire(
  live: Live,
  namespace: string,
  cluster: string,
  holder: string,
  labels: Readonly<Record<string, string>>,
): Promise<Hold> {
  const name = names.lock(cluster);
  // A clock elsewhere may differ from ours, so a lease is expired when we have seen it unchanged for its duration (as client-go does).
  let seen: { version: string; since: number } | undefined;
  const attempt = async (): Promise<Lease | undefined> => {
    const now = new Date();
    const spec = {
      holderIdentity: holder,
      leaseDurationSeconds: durationSeconds,
      acquireTime: micro(now),
      renewTime: micro(now),
    };
    const existing = await live.get('Lease', namespace, name);
    try {
      if (!existing) return await live.create('Lease', { metadata: { name, namespace, labels }, spec });
      const version = existing.metadata.resourceVersion ?? '';
      if (seen?.version !== version) seen = { version, since: Date.now() };
      const long = (existing.spec?.leaseDurationSeconds ?? durationSeconds) * 1000;
      const renewed = Date.parse(existing.spec?.renewTime ?? '') || 0;
      const free =
        !existing.spec?.holderIdentity || Date.now() - seen.since >= long || Date.now() - renewed > 20 * long;
      if (!free) return undefined;
      return await live.replace('Lease', {
        ...existing,
        spec: { ...spec, leaseTransitions: (existing.spec?.leaseTransitions ?? 0) + 1 },
      });
    } catch (error) {
      // Somebody else was quicker.
      if (hasReason(error, 'Conflict') || hasReason(error, 'AlreadyExists')) return undefined;
      throw error;
    }
  };
  const first = await attempt();
  if (first) return new Hold(live, first, holder);
  try {
    const lease = await live.until(
      [{ kind: 'Lease', namespace, selector: { fields: `metadata.name=${name}` } }],
      attempt,
      { deadline: patienceMs, what: 'the lock is free' },
    );
    return new Hold(live, lease, holder);
  } catch (error) {
    if (!hasReason(error, 'DeadlineExceeded')) throw error;
    const other = await live.get('Lease', namespace, name);
    throw new Error(
      `Another action works on ${cluster}: the Lease ${namespace}/${name} is held by ${other?.spec?.holderIdentity ?? 'somebody'} ` +
        `since ${other?.spec?.acquireTime ?? 'some time'}. Nothing was done. Wait until it has ended, then run this again.`,
      { cause: error },
    );
  }
}

/** Kubernetes' MicroTime. */
function micro(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
