// A tar file written by us (POSIX ustar, pax(1)): plain files with fixed times and owners, so that the same
// content is the same bytes. Sizes go to 8 GiB, the format's own limit.
import * as fs from 'node:fs';

const block = 512;

/** The 512 bytes before a file's content. */
export function header(name: string, size: number, seconds: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`${name}: a name in the archive has at most 100 bytes`);
  if (size >= 8 ** 11)
    throw new Error(`${name} has ${size} bytes; a file in the archive has less than 8 GiB`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, offset: number, width: number): void => {
    bytes.write(`${value.toString(8).padStart(width - 1, '0')}\0`, offset, 'latin1');
  };
  bytes.write(name, 0, 'utf8');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(seconds, 136, 12);
  bytes.write('        ', 148, 'latin1');
  bytes.write('0', 156, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  let sum = 0;
  for (const byte of bytes) sum += byte;
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

export class TarFile {
  private readonly descriptor: number;

  constructor(
    file: string,
    private readonly seconds: number,
  ) {
    this.descriptor = fs.openSync(file, 'w');
  }

  text(name: string, content: string): void {
    const bytes = Buffer.from(content);
    this.write(header(name, bytes.length, this.seconds));
    this.write(bytes);
    this.pad(bytes.length);
  }

  async file(name: string, source: string): Promise<void> {
    const { size } = fs.statSync(source);
    this.write(header(name, size, this.seconds));
    for await (const chunk of fs.createReadStream(source, { highWaterMark: 1 << 20 })) {
      this.write(chunk as Buffer);
    }
    this.pad(size);
  }

  end(): void {
    this.write(Buffer.alloc(2 * block));
    fs.closeSync(this.descriptor);
  }

  private write(bytes: Buffer): void {
    let written = 0;
    while (written < bytes.length) written += fs.writeSync(this.descriptor, bytes, written);
  }

  private pad(size: number): void {
    const rest = size % block;
    if (rest) this.write(Buffer.alloc(block - rest));
  }
}
