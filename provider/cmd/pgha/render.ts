/** Reports as text for people. Pure. */
import { sizeText } from '../../config/quantity';
import { columns } from './columns';
import type { StatusReport } from './status-report';
import type { TestReport } from './test-report';
import type { UserLine } from './user-report';

export interface Style {
  readonly colour: boolean;
}

const indent = '        ';

/** In the form of `pgo test`; a line that is down says why. */
export function testText(report: TestReport, style: Style): string {
  const line = (type: string, where: string, up: boolean, reason?: string): string =>
    `${indent}${indent}${type} (${where}): ${verdict(up, style)}${reason ? ` - ${reason}` : ''}`;
  return [
    '',
    `cluster : ${report.cluster}`,
    `${indent}Services`,
    ...report.services.map((service) => line(service.type, service.address, service.up, service.reason)),
    `${indent}Instances`,
    ...report.instances.map((instance) => line(instance.type, instance.name, instance.up, instance.reason)),
    '',
  ].join('\n');
}

function verdict(up: boolean, style: Style): string {
  const word = up ? 'UP' : 'DOWN';
  return style.colour ? `\u001b[${up ? 32 : 31}m${word}\u001b[0m` : word;
}

export function statusText(report: StatusReport): string {
  const head = [
    'MEMBER',
    'ROLE',
    'STATE',
    'TIMELINE',
    'LAG',
    'NODE',
    'PENDING RESTART',
    'POSTGRESQL',
    'PATRONI',
  ];
  const rows = report.members.map((member) => [
    member.member,
    member.role,
    member.state,
    member.timeline?.toString() ?? '-',
    lagText(member.lagBytes),
    member.node ?? '-',
    member.pendingRestart.length > 0 ? member.pendingRestart.join(', ') : 'no',
    member.postgres ?? '-',
    member.patroni ?? '-',
  ]);
  const certificates = report.members.map((member) => member.certificate ?? '-');
  const table = columns([
    [...head, 'CERTIFICATE UNTIL'],
    ...rows.map((row, index) => [...row, certificates[index]!]),
  ]);
  const problems = report.problems.map((problem) => `  ${problem}`);
  return [
    `cluster ${report.cluster} in namespace ${report.namespace}, primary ${report.primary ?? 'none'}`,
    '',
    table,
    ...(problems.length > 0 ? ['', 'problems:', ...problems] : []),
    '',
  ].join('\n');
}

export function lagText(bytes: number | undefined): string {
  return bytes === undefined ? '-' : sizeText(bytes);
}

/** In the form of `pgo show user`. */
export function userText(users: readonly UserLine[]): string {
  if (users.length === 0) return 'No users found.\n';
  const head = ['CLUSTER', 'USERNAME', 'PASSWORD', 'EXPIRES', 'STATUS', 'ERROR'];
  const rows = users.map((user) => [
    user.cluster,
    printable(user.username),
    printable(user.password),
    user.expires,
    user.error === undefined ? 'ok' : 'error',
    user.error ?? '',
  ]);
  const widths = head.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]!.length)));
  const rule = widths.map((width) => '-'.repeat(width));
  return `\n${columns([head, rule, ...rows], 1)}\n`;
}

/** A line break or control character in a name or password would break the table: shown as JSON writes it. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return /[\u0000-\u001f\u007f]/.test(text) ? JSON.stringify(text) : text;
}
