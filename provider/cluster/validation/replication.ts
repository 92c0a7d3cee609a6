/** Replication mode and failure detection. */
import { defaultPatroni } from '../defaults';
import type { Check } from './check';
import { known } from './check';
import type { Problem } from './problem';

export function* synchronousReplicas({ args }: Parameters<Check>[0]): Iterable<Problem> {
  const mode = known(args.synchronous);
  const number = known(args.synchronousNumber) ?? 1;
  const replicas = args.replicas ?? 1;
  if (mode === undefined || mode === 'async') return;
  if (replicas === 0)
    yield {
      code: 'synchronous-without-replica',
      path: 'synchronous',
      found: `"${mode}" with replicas: 0`,
      allowed: `"${mode}" with at least one replica`,
      instead: 'Write replicas: 1 or more, or synchronous: "async".',
    };
  else if (number > replicas)
    yield {
      code: 'synchronous-number-beyond-replicas',
      path: 'synchronousNumber',
      found: `${number} with replicas: ${replicas}`,
      allowed: `at most the number of replicas, ${replicas}`,
      instead: `Write synchronousNumber: ${replicas}, or replicas: ${number} or more.`,
    };
}

/** Patroni would shorten loop_wait or retry_timeout without a word (patroni/config.py, _validate_and_adjust_timeouts). */
export function* timings({ args }: Parameters<Check>[0]): Iterable<Problem> {
  const given = args.patroni ?? {};
  const ttl = given.ttl ?? defaultPatroni.ttl;
  const loopWait = given.loopWait ?? defaultPatroni.loopWait;
  const retryTimeout = given.retryTimeout ?? defaultPatroni.retryTimeout;
  if ([ttl, loopWait, retryTimeout].some((seconds) => known(seconds) === undefined)) return;
  const least = loopWait + 2 * retryTimeout;
  if (least <= ttl) return;
  const retry = Math.floor((ttl - loopWait) / 2);
  yield {
    code: 'timing-adjusted-by-patroni',
    path: 'patroni',
    found: `ttl ${ttl}, loopWait ${loopWait}, retryTimeout ${retryTimeout}`,
    allowed: `loopWait + 2 · retryTimeout (here ${least}) of at most ttl; Patroni would change them silently`,
    instead: `Write ttl: ${least}${retry >= 3 ? `, or retryTimeout: ${retry}` : ''}.`,
  };
}
