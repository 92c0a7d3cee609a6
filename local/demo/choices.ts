/** What the user of the demo may choose, by variables. */
import { createHash } from 'node:crypto';
import { imageName } from '../image/recipe';

export interface Choices {
  /** The image of the cluster's pods. */
  readonly image: string;
  readonly stack: string;
  /** The cluster is the user's: it was not made here, and is not taken away here. */
  readonly foreign: boolean;
}

export function choices(environment: NodeJS.ProcessEnv): Choices {
  const { KUBECONFIG_FOR_DEMO: kubeconfig, IMAGE_FOR_DEMO: image } = environment;
  if (!kubeconfig) return { image: image || imageName, stack: 'demo', foreign: false };
  if (!image)
    throw new Error(
      `KUBECONFIG_FOR_DEMO names a cluster of yours, whose nodes can't get ${imageName}: that image is built here, for local clusters. ` +
        'Make it (docker build -t REGISTRY/postgres-ha:18 image/), push it, and name it: ' +
        'IMAGE_FOR_DEMO=REGISTRY/postgres-ha:18 npm run demo',
    );
  // A stack of its own: that of another cluster says what is in that one.
  const mark = createHash('sha256').update(kubeconfig).digest('hex').slice(0, 8);
  return { image, stack: `demo-${mark}`, foreign: true };
}
