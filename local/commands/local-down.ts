// npm run local:down: removes the local cluster, also one that crashed or never came up.
import { kindDown } from '../kubernetes/kind';
import { main } from '../kubernetes/main';
import { locked } from '../kubernetes/own-cluster';
import { tearDown } from '../kubernetes/teardown';

main('local:down', async () => {
  await kindDown();
  if (process.getuid?.() !== 0) throw new Error('the local cluster belongs to root: run this with sudo');
  const left = await locked(tearDown);
  const remains = [
    ...left.processes.map((pid) => `process ${pid}`),
    ...left.namespaces.map((name) => `network namespace ${name}`),
    ...left.cgroups.map((directory) => `cgroup ${directory}`),
  ];
  if (remains.length) throw new Error(`could not remove ${remains.join(', ')}`);
  process.stdout.write('the local cluster is gone\n');
  return 0;
});
