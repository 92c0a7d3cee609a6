// npm run local:down [-- --own]: removes the local cluster, also one that crashed or never came up; with --own
// not that of kind.
import { kindDown } from '../kubernetes/kind';
import { main } from '../kubernetes/main';
import { locked } from '../kubernetes/own-cluster';
import { tearDown } from '../kubernetes/teardown';

async function ownDown(): Promise<void> {
  const left = await locked(tearDown);
  const remains = [
    ...left.processes.map((pid) => `process ${pid}`),
    ...left.namespaces.map((name) => `network namespace ${name}`),
    ...left.cgroups.map((directory) => `cgroup ${directory}`),
  ];
  if (remains.length) throw new Error(`could not remove ${remains.join(', ')}`);
}

main('local:down', async () => {
  const kind = !process.argv.includes('--own') && (await kindDown());
  const root = process.getuid?.() === 0;
  if (root) await ownDown();
  else if (!kind)
    throw new Error(
      'there is no kind cluster, and any other local cluster belongs to root: run this with sudo',
    );
  process.stdout.write('the local cluster is gone\n');
  return 0;
});
