// Starts, finds and ends the cluster's processes. Each is detached from npm, lies in a network
// namespace and in a cgroup of its own (so that nothing it forks can escape a tear-down), and
// leaves a file that says its process number and when it began.
import { execFile, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { processStart } from '../build/lock';
import { until } from '../until';
import { inState } from './settings';
import { systemCgroup } from './cgroups';

const execute = promisify(execFile);

/** Runs a short command; its standard error becomes the error message. */
export async function run(command: string, ...args: string[]): Promise<string> {
  try {
    return (await execute(command, args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${[command, ...args].join(' ')}: ${stderr?.trim() || message}`, { cause: error });
  }
}

/** The same with something to read on standard input. */
export async function runWithInput(command: string, args: string[], input: string): Promise<string> {
  const running = execute(command, args, { maxBuffer: 64 * 1024 * 1024 });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

export interface Service {
  name: string;
  /** Network namespace. */
  namespace: string;
  /** Inside this process's mount and process namespaces as well: a node's first process. */
  inside?: number;
  /** The command forks and the child is the service (unshare --fork). */
  forks?: boolean;
  command: string[];
  env?: Record<string, string>;
}

const pidFile = (name: string): string => inState('run', `${name}.pid`);
export const logFile = (name: string): string => inState('logs', `${name}.log`);

/** The process number of a service, if the process that was started is still there. */
export function runningPid(name: string): number | undefined {
  let text: string;
  try {
    text = fs.readFileSync(pidFile(name), 'utf8');
  } catch {
    return undefined;
  }
  const [pid, start] = text.split(' ');
  return processStart(Number(pid)) === start ? Number(pid) : undefined;
}

export function knownServices(): string[] {
  try {
    return fs
      .readdirSync(inState('run'))
      .filter((file) => file.endsWith('.pid'))
      .map((file) => file.slice(0, -'.pid'.length))
      .sort();
  } catch {
    return [];
  }
}

/** Starts a service and returns the number of its process as the host sees it. */
export async function start(service: Service): Promise<number> {
  const running = runningPid(service.name);
  if (running !== undefined) return running;
  for (const file of [pidFile(service.name), logFile(service.name)])
    fs.mkdirSync(path.dirname(file), { recursive: true });

  const enter = service.inside
    ? [
        'nsenter',
        `--target=${service.inside}`,
        '--mount',
        '--pid',
        `--net=/run/netns/${service.namespace}`,
        '--',
      ]
    : ['nsenter', `--net=/run/netns/${service.namespace}`, '--'];
  // The shell moves itself before it becomes the service: no moment outside of the cgroup.
  const shell = `for c in ${systemCgroup().join(' ')}; do echo $$ > $c/cgroup.procs || exit 1; done; exec "$@"`;
  const log = fs.openSync(logFile(service.name), 'a');
  const child = spawn('/bin/sh', ['-c', shell, 'sh', ...enter, ...service.command], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...service.env },
  });
  fs.closeSync(log);
  const spawned = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
  child.unref();
  const gone = (): Error => new Error(`${service.name} ended at once:\n${tail(service.name)}`);
  // Entering a process namespace takes a fork: the service is nsenter's child.
  const pid =
    service.inside || service.forks
      ? await until(
          `starting ${service.name}`,
          20,
          async () => childOf(spawned) ?? (processStart(spawned) ? undefined : Promise.reject(gone())),
          10,
        )
      : spawned;
  const began = processStart(pid);
  if (began === undefined) throw gone();
  fs.writeFileSync(pidFile(service.name), `${pid} ${began}`);
  return pid;
}

export function childOf(pid: number): number | undefined {
  try {
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children ? Number(children.split(' ')[0]) : undefined;
  } catch {
    return undefined;
  }
}

export function tail(name: string, lines = 15): string {
  try {
    return fs.readFileSync(logFile(name), 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Ends a service: asks first, then kills. */
export async function stop(name: string, grace = 10): Promise<void> {
  const pid = runningPid(name);
  if (pid === undefined) return;
  signal(pid, 'SIGCONT');
  if (grace > 0) {
    signal(pid, 'SIGTERM');
    try {
      await until(`ending ${name}`, grace, async () => runningPid(name) === undefined, 50);
      return;
    } catch {
      // It did not want to: below.
    }
  }
  signal(pid, 'SIGKILL');
  await until(`killing ${name}`, 10, async () => runningPid(name) === undefined, 20);
}

/** What ended although nobody asked it to. */
export const ended = (): string[] => knownServices().filter((name) => runningPid(name) === undefined);
