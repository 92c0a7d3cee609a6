/** Errors of the Kubernetes API, in words for people. */

/** What Kubernetes answers in `reason` of a Status, and two of ours. */
export type LiveReason =
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Forbidden'
  | 'Unauthorized'
  | 'Invalid'
  | 'Unreachable'
  | 'DeadlineExceeded'
  | 'Aborted'
  | 'Other';

export class LiveError extends Error {
  constructor(
    readonly reason: LiveReason,
    message: string,
  ) {
    super(message);
    this.name = 'LiveError';
  }
}

export interface Attempt {
  readonly verb: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
}

function what(attempt: Attempt): string {
  const object = attempt.name ? `${attempt.plural}/${attempt.name}` : attempt.plural;
  return attempt.namespace ? `${object} in namespace ${attempt.namespace}` : object;
}

const reasons: Readonly<Record<string, LiveReason>> = {
  NotFound: 'NotFound',
  AlreadyExists: 'AlreadyExists',
  Conflict: 'Conflict',
  Forbidden: 'Forbidden',
  Unauthorized: 'Unauthorized',
  Invalid: 'Invalid',
};

/** From the Status object that the API server sent, or from whatever text a proxy sent instead. */
export function statusError(attempt: Attempt, code: number, body: string, server: string): LiveError {
  let status: { reason?: string; message?: string } = {};
  try {
    status = JSON.parse(body) as typeof status;
  } catch {
    status = { message: body.slice(0, 300) };
  }
  const known = reasons[status.reason ?? ''];
  const reason: LiveReason =
    known ??
    (code === 404
      ? 'NotFound'
      : code === 403
        ? 'Forbidden'
        : code === 401
          ? 'Unauthorized'
          : code === 409
            ? 'Conflict'
            : 'Other');
  if (reason === 'Forbidden' && /cannot|forbidden: User/.test(status.message ?? ''))
    return new LiveError(
      reason,
      `Not allowed: the right to ${attempt.verb} ${what(attempt)} is missing. ` +
        `Give "${attempt.verb}" on "${attempt.plural}" to this user, or use other credentials. (${status.message ?? ''})`,
    );
  if (reason === 'Unauthorized')
    return new LiveError(
      reason,
      `The API server ${server} does not accept these credentials. Renew them, or name another kubeconfig or context.`,
    );
  return new LiveError(
    reason,
    `Could not ${attempt.verb} ${what(attempt)}: ${status.message || `HTTP status ${code}`}`,
  );
}

export function unreachable(attempt: Attempt, server: string, cause: Error & { code?: string }): LiveError {
  const why = cause.code ? `${cause.code}: ${cause.message}` : cause.message;
  return new LiveError(
    'Unreachable',
    `Could not ${attempt.verb} ${what(attempt)}: the API server ${server} can't be reached (${why}). Check kubeconfig and context.`,
  );
}

export function hasReason(error: unknown, reason: LiveReason): boolean {
  return error instanceof LiveError && error.reason === reason;
}
