/** A cluster as the API server shows it, for the tests of reports. */
import type { Answer, Objects } from '../../../provider/cmd/pgha/observed';

export interface MemberState {
  readonly role?: 'primary' | 'replica';
  readonly ip?: string;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly patroni?: object;
  readonly agent?: object;
}

/** `members` by name; undefined: the StatefulSet is there, its pod is not. */
export function world(
  members: Readonly<Record<string, MemberState | undefined>>,
  endpoints: Readonly<Record<string, readonly string[]>>,
  annotations: Readonly<Record<string, Record<string, string>>> = {},
): Objects {
  const service = (name: string, clusterIP: string) => ({
    metadata: { name },
    spec: { clusterIP, ports: [{ port: 5432 }] },
  });
  return {
    cluster: 'hippo',
    namespace: 'pg',
    statefulSets: Object.keys(members).map((name) => ({ metadata: { name } })),
    pods: Object.entries(members).flatMap(([name, state]) =>
      state === undefined
        ? []
        : [
            {
              metadata: {
                name: `${name}-0`,
                labels: (state.role ? { 'postgres-ha.dev/role': state.role } : {}) as Record<string, string>,
                annotations: {
                  ...(state.patroni ? { status: JSON.stringify(state.patroni) } : {}),
                  ...(state.agent ? { 'postgres-ha.dev/status': JSON.stringify(state.agent) } : {}),
                } as Record<string, string>,
              },
              spec: { nodeName: 'node-1' },
              status: {
                phase: state.phase ?? 'Running',
                podIP: state.ip,
                conditions: [{ type: 'Ready', status: (state.ready ?? true) ? 'True' : 'False' }],
              },
            },
          ],
    ),
    services: [service('hippo', '10.100.43.244'), service('hippo-replica', '10.100.157.106')],
    endpoints: [...new Set([...Object.keys(endpoints), ...Object.keys(annotations)])].map((name) => ({
      metadata: { name, annotations: annotations[name] },
      subsets: endpoints[name]?.length ? [{ addresses: endpoints[name].map((ip) => ({ ip })) }] : [],
    })),
  };
}

export const primaryAnswer: Answer = { inRecovery: false, version: '18.6' };
export const replicaAnswer: Answer = { inRecovery: true, version: '18.6' };
