// npm run local:up: brings the local Kubernetes up, or finds the one that is.
import { main } from '../kubernetes/main';
import { upForPeople } from '../kubernetes/cluster';

main('local:up', async () => {
  const cluster = await upForPeople();
  process.stdout.write(
    `nodes:      ${cluster.nodes.join(', ')}\nkubeconfig: ${cluster.kubeconfig}\nkubectl:    ${cluster.kubectl}\n`,
  );
  process.stdout.write('a shell with both set: npm run local:shell\n');
  return 0;
});
