/** Patroni's REST API, from inside the database container: writes need a certificate of the cluster's CA, which is there. */
import { LiveError } from './errors';
import type { Live } from './live';

const tls = '/etc/postgres-ha/tls/replication';

/** What `GET /patroni` says of a member now. */
export interface PatroniNow {
  readonly state?: string;
  readonly role?: string;
  readonly replication_state?: string;
  readonly postmaster_start_time?: string;
}

export async function patroniPost(
  live: Live,
  namespace: string,
  pod: string,
  path: string,
  body: object,
  seconds: number,
): Promise<string> {
  return await call(live, namespace, pod, path, seconds, { method: 'POST', body });
}

export async function patroniPatch(
  live: Live,
  namespace: string,
  pod: string,
  path: string,
  body: object,
  seconds: number,
): Promise<string> {
  return await call(live, namespace, pod, path, seconds, { method: 'PATCH', body });
}

/** Also of a member that does not run PostgreSQL now. */
export async function patroniGet(live: Live, namespace: string, pod: string): Promise<PatroniNow> {
  const answer = await call(live, namespace, pod, '/patroni', 5, { method: 'GET', anyStatus: true });
  return JSON.parse(answer) as PatroniNow;
}

interface Request {
  readonly method: string;
  readonly body?: object;
  /** Patroni gives its state with 503 as well. */
  readonly anyStatus?: boolean;
}

async function call(
  live: Live,
  namespace: string,
  pod: string,
  path: string,
  seconds: number,
  { method, body, anyStatus }: Request,
): Promise<string> {
  const result = await live.exec(
    namespace,
    pod,
    'database',
    [
      'curl',
      '--silent',
      '--show-error',
      // The peer is this pod itself; a certificate that the user brings need not name localhost.
      '--insecure',
      ...['--cert', `${tls}/tls.crt`, '--key', `${tls}/tls.key`],
      ...['--max-time', String(seconds)],
      ...['--request', method],
      ...(body ? ['--header', 'Content-Type: application/json', '--data', JSON.stringify(body)] : []),
      ...['--write-out', '\n%{http_code}'],
      `https://localhost:8008${path}`,
    ],
    (seconds + 10) * 1000,
  );
  if (result.code !== 0)
    throw new LiveError(
      'Other',
      `Patroni of ${pod} does not answer: ${result.stderr.trim() || `curl ended with ${result.code}`}`,
    );
  const at = result.stdout.lastIndexOf('\n');
  const [answer, code] = [result.stdout.slice(0, at).trim(), Number(result.stdout.slice(at + 1))];
  if (code >= 300 && !anyStatus)
    throw new LiveError('Other', `Patroni of ${pod} refuses ${path}: ${answer} (${code})`);
  return answer;
}
