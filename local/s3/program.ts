// The S3 server of demo and tests, as a container image on the local cluster's nodes.
import * as path from 'node:path';
import { built } from '../build/cache';
import { importImage } from '../kubernetes/containerd';
import { programImage } from '../kubernetes/images';
import { socketOf } from '../kubernetes/node';
import { nodes } from '../kubernetes/settings';
import { buildGo } from '../pulumi/go';

/** In the tag, since a node that has an image of the name does not look again. */
export interface ServerImage {
  readonly name: string;
  /** The node that has it; all of them if none is named. */
  readonly node?: string;
}

const program = 's3-server';

async function archive(): Promise<{ file: string; name: string }> {
  const module = path.join(__dirname, 'server');
  const directory = await built({
    name: program,
    version: 'image 1',
    sources: [module],
    async build(output, log) {
      const binary = path.join(output, program);
      await buildGo({ module, main: '.', output: binary, variables: {} }, log);
      await programImage(binary, imageName(output), path.join(output, 'image.tar'));
    },
  });
  return { file: path.join(directory, 'image.tar'), name: imageName(directory) };
}

/** Named by the build's content; while it is built its directory has a further suffix. */
function imageName(directory: string): string {
  const [content] = path.basename(directory).split('.');
  return `localhost/pulumi-postgres-ha-s3:${content!.slice(program.length + 1)}`;
}

/** Builds the image if it is not there, and puts it where its pod can run. */
export async function serverImage(): Promise<ServerImage> {
  const named = process.env.KUBECONFIG_FOR_DEMO;
  if (named)
    throw new Error(
      `the S3 server's image can't be put on the nodes of the cluster in ${named}: unset KUBECONFIG_FOR_DEMO to use a cluster of this machine`,
    );
  const { file, name } = await archive();
  // One node is enough, and unpacking takes a second on each.
  const node = nodes().at(-1)!;
  await importImage(socketOf(node), file);
  return { name, node: node.name };
}
