/** `pgha test`: what of a cluster is up. Pure: from objects and the members' answers to a query. */
import { names } from '../../manifests/names';
import { membersOf, readyAddresses, type Answer, type Member, type Objects, type Role } from './observed';

export interface TestReport {
  readonly cluster: string;
  readonly namespace: string;
  readonly up: boolean;
  readonly services: readonly ServiceLine[];
  readonly instances: readonly InstanceLine[];
}

export interface ServiceLine {
  readonly type: 'primary' | 'replica' | 'pooler';
  readonly name: string;
  /** `10.100.43.244:5432`. */
  readonly address: string;
  readonly up: boolean;
  /** Why it is down. */
  readonly reason?: string;
}

export interface InstanceLine {
  readonly type: Role;
  readonly name: string;
  readonly up: boolean;
  readonly reason?: string;
}

export function testReport(objects: Objects, answers: ReadonlyMap<string, Answer>): TestReport {
  const members = membersOf(objects);
  const services = [primaryLine(objects, members, answers)];
  // A single member has no replica: its replica Service has nothing to lead to, and rightly so.
  if (members.length > 1) services.push(replicaLine(objects, members, answers));
  if (objects.services.some(({ metadata }) => metadata.name === names.pooler(objects.cluster)))
    services.push(poolerLine(objects, answers));
  const instances = members.map((member) => instanceLine(member, answers.get(member.pod)));
  const primaries = instances.filter((line) => line.up && line.type === 'primary').length;
  const up = [...services, ...instances].every((line) => line.up) && primaries === 1;
  return { cluster: objects.cluster, namespace: objects.namespace, up, services, instances };
}

function instanceLine(member: Member, answer: Answer | undefined): InstanceLine {
  const line = { type: member.role, name: member.pod };
  if (member.phase === undefined) return { ...line, up: false, reason: 'its pod does not exist' };
  if (!answer) return { ...line, up: false, reason: `its pod is ${member.phase}` };
  if ('error' in answer) return { ...line, up: false, reason: answer.error };
  // What PostgreSQL says of itself counts, not a label that may be a moment late.
  return { ...line, type: answer.inRecovery ? 'replica' : 'primary', up: true };
}

function primaryLine(
  objects: Objects,
  members: readonly Member[],
  answers: ReadonlyMap<string, Answer>,
): ServiceLine {
  const name = names.primaryService(objects.cluster);
  return serviceLine(objects, members, answers, 'primary', name, (answer) => !answer.inRecovery);
}

function replicaLine(
  objects: Objects,
  members: readonly Member[],
  answers: ReadonlyMap<string, Answer>,
): ServiceLine {
  const name = names.replicaService(objects.cluster);
  return serviceLine(objects, members, answers, 'replica', name, (answer) => answer.inRecovery);
}

/** Its pods' own answers say whether PostgreSQL is reached from there. */
function poolerLine(objects: Objects, answers: ReadonlyMap<string, Answer>): ServiceLine {
  const pods = (objects.poolerPods ?? []).map(({ metadata, status }) => ({
    pod: metadata.name,
    address: status?.podIP,
  }));
  return serviceLine(objects, pods, answers, 'pooler', names.pooler(objects.cluster), () => true);
}

/** A Service is up when it leads to members, and each of them answers in the right role. */
function serviceLine(
  objects: Objects,
  members: readonly Pick<Member, 'pod' | 'address'>[],
  answers: ReadonlyMap<string, Answer>,
  type: ServiceLine['type'],
  name: string,
  right: (answer: Exclude<Answer, { error: string }>) => boolean,
): ServiceLine {
  const service = objects.services.find((candidate) => candidate.metadata.name === name);
  const down = (address: string, reason: string): ServiceLine => ({ type, name, address, up: false, reason });
  if (!service) return down('none', `there is no Service ${name}`);
  const address = `${service.spec?.clusterIP ?? 'None'}:${service.spec?.ports?.[0]?.port ?? '?'}`;
  const ready = readyAddresses(objects.endpoints.find((candidate) => candidate.metadata.name === name));
  if (ready.length === 0) return down(address, 'it has no ready endpoint');
  for (const ip of ready) {
    const member = members.find((candidate) => candidate.address === ip);
    if (!member) return down(address, `its endpoint ${ip} is no member`);
    const answer = answers.get(member.pod);
    if (!answer || 'error' in answer)
      return down(address, `its endpoint ${member.pod} does not answer a query`);
    if (!right(answer)) return down(address, `its endpoint ${member.pod} is no ${type}`);
  }
  return { type, name, address, up: true };
}
