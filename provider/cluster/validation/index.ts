/** Everything that can be wrong with the arguments of a cluster, said before anything is touched. */
import type { ResolvedArgs } from '../resolved';
import { hbaLines, identLines } from './access-rules';
import { argumentsShape } from './arguments-shape';
import type { Check, Subject } from './check';
import {
  imageReference,
  objectAnnotations,
  objectLabels,
  objectNames,
  tolerations,
} from './kubernetes-names';
import { clusterName, namespaceName, removedMembers } from './names';
import { clusterParameters, memberParameters } from './parameters';
import { pooler } from './pooler';
import type { Problem } from './problem';
import { synchronousReplicas, timings } from './replication';
import { ownBackupSecrets, repositories } from './repositories';
import { restoreFrom } from './restore-from';
import { cipher, schedules, verifications } from './schedules';
import { shaped } from './shape';
import { memoryFits, quantities, walFits } from './sizes';
import { cronDatabase, databases, metricsDatabase, users } from './users';

export type { Problem } from './problem';
export { renderProblem, renderProblems } from './problem';
export { validateChange } from './change';
export type { GivenPassword } from './passwords';
export { validatePasswords } from './passwords';

/** In the order in which their problems are told. */
const checks: readonly Check[] = [
  clusterName,
  namespaceName,
  removedMembers,
  synchronousReplicas,
  imageReference,
  users,
  databases,
  cronDatabase,
  clusterParameters,
  memberParameters,
  hbaLines,
  identLines,
  timings,
  quantities,
  memoryFits,
  walFits,
  pooler,
  metricsDatabase,
  repositories,
  schedules,
  verifications,
  cipher,
  restoreFrom,
  ownBackupSecrets,
  tolerations,
  objectNames,
  objectLabels,
  objectAnnotations,
];

/** All problems at once. A value that is not known yet is passed over. Passwords are checked apart (passwords.ts). */
export function validate(name: string, args: ResolvedArgs): Problem[] {
  const { value, problems } = shaped(argumentsShape, args, '');
  const subject: Subject = { name, args: value as ResolvedArgs };
  return [...problems, ...checks.flatMap((check) => [...check(subject)])];
}
