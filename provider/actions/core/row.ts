import * as pulumi from '@pulumi/pulumi';
import { dynamicType } from './part';

/**
 * The URN of a dynamic resource, for its own inputs: a dynamic provider is not told it, and needs it to
 * write progress to the resource's row. As a promise, since an output made of the parent's URN would
 * make the resource depend on its parent, and so on itself. The input can't be called `urn`, which the
 * SDK leaves out.
 */
export function rowOf(name: string, type: string, parent: pulumi.Resource | undefined): Promise<string> {
  return new Promise((resolve) => {
    pulumi.createUrn(name, dynamicType(type), parent).apply(resolve);
  });
}
