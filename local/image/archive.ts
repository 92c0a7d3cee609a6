// An OCI image layout as one tar file (image-layout.md of the OCI image specification), as `ctr images import`
// reads it. Layers are compressed with zstd, whose decompression costs a node least.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import type { ImageConfig } from './content';
import { TarFile } from './tar';

/** OCI's name of the machine's architecture (GOARCH). */
const architecture: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

interface Blob {
  digest: string;
  size: number;
}

/** A layer on disk, compressed, with what the image's configuration says of it. */
export interface Layer extends Blob {
  file: string;
  /** Digest and size of the uncompressed tar. */
  diffId: string;
  unpacked: number;
}

/** Compresses a tar into the file. */
export async function writeLayer(tar: Readable, file: string): Promise<Layer> {
  const plain = new Digest();
  const compressed = new Digest();
  await pipeline(
    tar,
    plain.stream(),
    // Higher levels gain little on programs and cost minutes.
    zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_compressionLevel]: 3 } }),
    compressed.stream(),
    fs.createWriteStream(file),
  );
  const { digest, size } = plain.blob();
  return { file, ...compressed.blob(), diffId: digest, unpacked: size };
}

export interface ArchiveInput {
  layers: Layer[];
  config: ImageConfig;
  /** Full image name with tag, which the import gives it. */
  name: string;
  /** Seconds since 1970: when the content was current. */
  created: number;
}

/** Writes the archive. */
export async function writeArchive(file: string, input: ArchiveInput): Promise<void> {
  const tar = new TarFile(file, input.created);
  const config = json(ociConfig(input));
  const manifest = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...blobOf(config) },
    layers: input.layers.map(({ digest, size }) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd',
      digest,
      size,
    })),
  });
  tar.text('oci-layout', json({ imageLayoutVersion: '1.0.0' }));
  tar.text('index.json', json(index(input.name, blobOf(manifest))));
  tar.text(blobPath(blobOf(config)), config);
  tar.text(blobPath(blobOf(manifest)), manifest);
  for (const layer of input.layers) await tar.file(blobPath(layer), layer.file);
  tar.end();
}

function index(name: string, manifest: Blob): unknown {
  return {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        ...manifest,
        annotations: {
          // containerd names the imported image by the first, other tools by the second.
          'io.containerd.image.name': name,
          'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
        },
      },
    ],
  };
}

function ociConfig(input: ArchiveInput): unknown {
  const { config } = input;
  const created = new Date(input.created * 1000).toISOString();
  return {
    created,
    architecture: architecture[process.arch] ?? process.arch,
    os: 'linux',
    config: {
      User: config.user,
      Env: config.environment,
      Entrypoint: config.entrypoint,
      Cmd: config.command,
      WorkingDir: config.workingDirectory,
      StopSignal: config.stopSignal,
      Labels: config.labels,
    },
    rootfs: { type: 'layers', diff_ids: input.layers.map((layer) => layer.diffId) },
    history: input.layers.map(() => ({ created, created_by: 'local/image/recipe.ts' })),
  };
}

function json(value: unknown): string {
  return JSON.stringify(value);
}

function blobOf(text: string): Blob {
  return {
    digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
    size: Buffer.byteLength(text),
  };
}

function blobPath(blob: Blob): string {
  return `blobs/${blob.digest.replace(':', '/')}`;
}

/** Hashes and counts what flows through. */
class Digest {
  private readonly hash = createHash('sha256');
  private size = 0;
  private done: Blob | undefined;

  stream(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, callback) => {
        this.hash.update(chunk);
        this.size += chunk.length;
        callback(null, chunk);
      },
    });
  }

  blob(): Blob {
    this.done ??= { digest: `sha256:${this.hash.digest('hex')}`, size: this.size };
    return this.done;
  }
}
