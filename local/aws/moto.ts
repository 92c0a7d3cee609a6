// AWS's API on this machine: moto's server in a virtual environment in the cache. It keeps what it is
// told and gives it back; it enforces no policy and believes every token, so it proves that
// resources are made as asked, and nothing about who may do what.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import * as net from 'node:net';
import * as path from 'node:path';
import { until } from '../until';
import { built } from '../build/cache';

const version = '5.2.5';
/** What moto's server needs for the services in use; its extra `server` brings three times as much. */
const requirements = [`moto==${version}`, 'py-partiql-parser', 'PyYAML', 'flask', 'flask-cors'];

/** The folder of the virtual environment: `bin/moto_server`, and `bin/python` with boto3. */
export function motoEnvironment(): Promise<string> {
  return built({
    name: 'moto',
    version: requirements.join(' '),
    sources: [__filename],
    async build(directory, log) {
      await Promise.resolve();
      run('python3', ['-m', 'venv', directory], log);
      const pip = ['install', '--quiet', '--disable-pip-version-check', '--no-compile', ...requirements];
      run(path.join(directory, 'bin', 'python'), ['-m', 'pip', ...pip], log);
    },
  });
}

function run(program: string, args: string[], log: (line: string) => void): void {
  log([program, ...args].join(' '));
  const done = spawnSync('nice', [program, ...args], { encoding: 'utf8' });
  `${done.stdout}${done.stderr}`.split('\n').filter(Boolean).forEach(log);
  if (done.status !== 0) throw new Error(`${program} ended with ${done.status}`);
}

export interface Moto {
  /** URL of every service. */
  readonly endpoint: string;
  stop(): void;
}

/** A server of its own, empty. */
export async function startMoto(): Promise<Moto> {
  const directory = await motoEnvironment();
  const port = await freePort();
  // The build's folder is moved after it is made, so its scripts' first lines are not to be used.
  const child = spawn(
    path.join(directory, 'bin', 'python'),
    ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    {
      stdio: 'ignore',
      env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'false' },
    },
  );
  const stop = (): void => void child.kill();
  process.once('exit', stop);
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await answers(endpoint, child);
  } catch (error) {
    // It would keep this process from ending.
    stop();
    throw error;
  }
  return { endpoint, stop };
}

/** Python reads some thousand files first: on a busy machine that takes minutes. */
async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  const answered = await until('an answer of moto', 240, async () => {
    if (child.exitCode !== null) return 'ended';
    return (await fetch(`${endpoint}/moto-api/`)).ok && 'ok';
  });
  if (answered === 'ended') throw new Error(`moto ended with ${child.exitCode}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address() as net.AddressInfo;
      server.close(() => resolve(address.port));
    });
  });
}
