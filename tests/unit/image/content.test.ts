// What the two ways of making the image have in common, and the bytes that we write ourselves.
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { mirrorsOf, sourcesOf } from '../../../local/image/apt';
import { imageConfig, listed } from '../../../local/image/content';
import { contentRecipe, debootstrapArguments, imageRecipe, newestDate } from '../../../local/image/recipe';
import { header } from '../../../local/image/tar';

const image = path.join(__dirname, '..', '..', '..', 'image');
const read = (name: string): string => fs.readFileSync(path.join(image, name), 'utf8');
const names = (sources: string[]): string[] => sources.map((source) => path.basename(source));

describe('the image: what it is made of', () => {
  it('has the same extensions for both majors', () => {
    const packages = listed(read('packages.txt'));
    const of = (major: string): string[] =>
      packages
        .filter((name) => name.startsWith(`postgresql-${major}`))
        .map((name) => name.replace(major, 'N'));
    assert.ok(of('18').length > 1);
    assert.deepEqual(of('18'), of('17'));
  });

  it('names each package once, and no version', () => {
    const packages = listed(read('packages.txt'));
    assert.deepEqual([...new Set(packages)], packages);
    for (const name of packages) assert.match(name, /^[a-z0-9][a-z0-9+.-]+$/);
  });

  it('is made by the Dockerfile from the files that the recipe reads', () => {
    const dockerfile = read('Dockerfile');
    for (const name of [
      'packages.txt',
      'suites.txt',
      'build/prepare.sh',
      'build/trim.sh',
      'build/dpkg-excludes',
    ]) {
      assert.ok(dockerfile.includes(name), `the Dockerfile does not use ${name}`);
    }
    const installed = /apt-get install[^;]*/.exec(dockerfile.replaceAll('\\\n', ' '))?.[0] ?? '';
    assert.match(
      installed,
      /--no-install-recommends$/,
      'the Dockerfile installs something beside packages.txt',
    );
  });

  it('is made by both ways of the same packages, from the same suites, by the same scripts in the same order', () => {
    const dockerfile = read('Dockerfile');
    const made = debootstrapArguments('/root', '/dates', ['deb of forky']);
    const script = (name: string): number => made.findIndex((one) => one.includes(`/image-build/${name}`));
    const packages = made.find((one) => one.startsWith('--include='))!;
    assert.deepEqual(packages.slice('--include='.length).split(','), listed(read('packages.txt')));
    assert.match(dockerfile, /sed 's\/#\.\*\/\/' \/image\/packages\.txt \| \\/);
    assert.ok(made.includes('--aptopt=APT::Install-Recommends "false"'));
    const [base] = listed(read('suites.txt'));
    assert.deepEqual(made.slice(-3), [base, '/root', 'deb of forky']);
    assert.match(dockerfile, new RegExp(`^ARG BASE=debian:${base}-slim$`, 'm'));
    assert.match(dockerfile, /\/image\/suites\.txt \| while read -r suite/);
    assert.ok(made.some((one) => one.startsWith('--dpkgopt=') && one.endsWith('image/build/dpkg-excludes')));
    const [prepare, packaged, trim] = ['build/prepare.sh; \\', 'apt-get install', 'build/trim.sh; \\'].map(
      (one) => dockerfile.indexOf(one),
    );
    assert.ok(prepare! > 0 && prepare! < packaged! && packaged! < trim!, 'order of the Dockerfile');
    // Of mmdebstrap's hooks the essential ones run before the packages, the customizing ones after.
    assert.ok(made[script('prepare.sh')]!.startsWith('--essential-hook='));
    assert.ok(made[script('trim.sh')]!.startsWith('--customize-hook='));
    assert.deepEqual(fs.readdirSync(path.join(image, 'build')), ['dpkg-excludes', 'prepare.sh', 'trim.sh']);
    assert.match(dockerfile, /^COPY rootfs\/ \/$/m);
  });

  it('is made again when any of its files changes, and its packages only when theirs do', () => {
    const all = ['packages.txt', 'suites.txt', 'build', 'Dockerfile', 'rootfs'];
    for (const name of all) assert.ok(names(imageRecipe.sources).includes(name), name);
    assert.ok(!names(contentRecipe.sources).includes('rootfs'));
    for (const source of imageRecipe.sources) assert.ok(fs.existsSync(source), source);
  });
});

describe('the image: its configuration', () => {
  const config = imageConfig(read('Dockerfile'));

  it('runs as 26:26 below tini, without -g', () => {
    assert.equal(config.user, '26:26');
    assert.deepEqual(config.entrypoint, ['/usr/bin/tini', '--', '/usr/local/bin/entrypoint']);
    assert.deepEqual(config.command, ['patroni']);
    assert.equal(config.stopSignal, 'SIGTERM');
  });

  it('defaults to PostgreSQL 18, and has a PATH that names no version', () => {
    assert.ok(config.environment.includes('PG_MAJOR=18'));
    const paths = config.environment.filter((variable) => variable.startsWith('PATH='));
    assert.equal(paths.length, 1);
    assert.doesNotMatch(paths[0] ?? '', /postgresql/);
  });

  const refused: [string, string, RegExp][] = [
    ['no stage', 'RUN x\n', /has no FROM/],
    ['a RUN in the last stage', 'FROM scratch\nRUN x\n', /last stage has "RUN x"; allowed are COPY, ENV/],
    ['a line that goes on', 'FROM scratch\nENV A=\\\n', /without spaces, quotes or variables/],
    ['two variables a line', 'FROM scratch\nENV A=1 B=2\n', /one NAME=value a line/],
    ['a variable in a value', 'FROM scratch\nENV A=$B\n', /one NAME=value a line/],
    ['the shell form', 'FROM scratch\nCMD patroni\n', /only the JSON form/],
  ];
  for (const [what, dockerfile, message] of refused) {
    it(`refuses ${what}, which it would read wrongly`, () => {
      assert.throws(() => imageConfig(dockerfile), message);
    });
  }

  it('reads the last stage only', () => {
    assert.deepEqual(imageConfig('FROM a\nENV A=1\nFROM b\n# comment\nENV B=2\n').environment, ['B=2']);
  });
});

describe('the image: where packages come from', () => {
  const targets = [
    'Other|Debian|http://other.test/debian/',
    'Debian|Debian|http://mirror.test/debian/',
    'Debian|Debian|http://second.test/debian/',
    'Debian|Debian-Security|http://mirror.test/debian-security/',
    '',
  ].join('\n');

  it("takes the first mirror of Debian's own archives", () => {
    assert.deepEqual(mirrorsOf(targets), {
      main: 'http://mirror.test/debian/',
      security: 'http://mirror.test/debian-security/',
    });
  });

  it('keeps the signature checked and switches off the date alone', () => {
    const { sources } = sourcesOf(['forky'], mirrorsOf(targets));
    assert.deepEqual(sources, [
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg check-valid-until=no] ' +
        'http://mirror.test/debian/ forky main',
    ]);
  });

  it('takes -security suites from the security mirror, and says when there is none', () => {
    const main = { main: 'http://mirror.test/debian/' };
    assert.deepEqual(sourcesOf(['trixie-security'], main), { sources: [], missing: ['trixie-security'] });
    assert.match(
      sourcesOf(['trixie-security'], mirrorsOf(targets)).sources[0] ?? '',
      /debian-security\/ trixie-security main$/,
    );
  });

  it('dates the image by its newest suite', () => {
    const dates = 'Date: Fri, 30 Oct 2026 08:08:01 UTC\nDate: Sat, 21 Nov 2026 09:15:44 UTC\n';
    assert.equal(newestDate(dates), Date.UTC(2026, 10, 21, 9, 15, 44) / 1000);
    assert.throws(() => newestDate('\n'), /no date in the suites' Release files/);
  });
});

describe('the image: the tar headers of its archive', () => {
  it('are ustar, with a checksum over the header with blanks in its place', () => {
    const bytes = header('blobs/sha256/abc', 1234, 1_700_000_000);
    assert.equal(bytes.length, 512);
    assert.equal(bytes.toString('latin1', 257, 265), 'ustar\x0000');
    assert.equal(bytes.toString('latin1', 124, 136), '00000002322\0');
    const recorded = parseInt(bytes.toString('latin1', 148, 154), 8);
    bytes.fill(' ', 148, 156);
    assert.equal(
      recorded,
      bytes.reduce((sum, byte) => sum + byte, 0),
    );
  });

  it('refuse what the format cannot hold', () => {
    assert.throws(() => header('x'.repeat(101), 0, 0), /at most 100 bytes/);
    assert.throws(() => header('x', 8 ** 11, 0), /less than 8 GiB/);
  });
});
