/** `archive_command` and `restore_command`, run by the shell: what PostgreSQL is told, and how pgBackRest is called. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalise } from '../../../provider/cluster/normalise';
import { directories } from '../../../provider/config/files';
import { archiveCommand, restoreCommand } from '../../../provider/config/wal-commands';

const s3 = { type: 's3' as const, bucket: 'shop-backups', region: 'eu-central-1' };
const one = normalise('hippo', { repositories: [{ type: 'local' }] });
const two = normalise('hippo', { repositories: [{ type: 'local' }, { ...s3, keyType: 'web-id' }] });
const wal = '000000020000000000000007';
const killed = 137;
const scripts = join(__dirname, '../../../provider/config/scripts');

describe('a command that PostgreSQL runs', () => {
  let directory: string;

  /** Its end, its words, and how pgBackRest was called, which is a script here; in a directory that stands for all others. */
  function ran(
    command: string,
    pgbackrest: string,
    wanted = wal,
  ): { code: number | null; said: string; calls: string[] } {
    const calls = join(directory, 'calls');
    rmSync(calls, { force: true });
    const program = join(directory, 'pgbackrest');
    writeFileSync(program, `#!/bin/sh\necho "$@" >>${calls}\n${pgbackrest}\n`);
    chmodSync(program, 0o755);
    const text = [directories.socket, directories.gaps]
      .reduce((all, path) => all.replaceAll(path, directory), command)
      .replaceAll('/etc/postgres-ha/scripts', scripts)
      .replaceAll('%f', wanted)
      .replaceAll('%p', `pg_wal/${wanted}`);
    assert.ok(!text.includes('%'), 'PostgreSQL would take it for a placeholder');
    const { status, stderr } = spawnSync('/bin/sh', ['-c', text], {
      cwd: directory,
      env: { PATH: `${directory}:${process.env['PATH']}`, PYTHONDONTWRITEBYTECODE: '1' },
      encoding: 'utf8',
    });
    const lines = existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
    return { code: status, said: stderr, calls: lines };
  }

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'command-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  describe('restore_command', () => {
    const found = 0;
    const lacks = 1;
    const away = 103;
    const mark = (repository: number): string => join(directory, `repository-${repository}.away`);
    const uptime = (): number => Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));

    /** What it ends with, and the repositories asked, where each ends as given. */
    function ask(
      ends: Readonly<Record<number, number>>,
      spec = two,
    ): { code: number | null; asked: string[] } {
      const cases = Object.entries(ends).map(([number, code]) => `*repo${number}/conf.d*) exit ${code};;`);
      const { code, said, calls } = ran(restoreCommand(spec), `case "$*" in ${cases.join(' ')} esac`);
      assert.equal(said, '');
      for (const line of calls) assert.ok(line.endsWith(`archive-get ${wal} pg_wal/${wal}`), line);
      return { code, asked: calls.map((line) => /repo(\d)/.exec(line)![1]!) };
    }

    it('asks one repository after the other until one has the file', () => {
      assert.deepEqual(ask({ 1: found, 2: found }), { code: 0, asked: ['1'] });
      assert.deepEqual(ask({ 1: lacks, 2: found }), { code: 0, asked: ['1', '2'] });
      assert.deepEqual(ask({ 1: lacks, 2: lacks }), { code: 1, asked: ['1', '2'] });
      assert.deepEqual(ask({ 1: lacks }, one), { code: 1, asked: ['1'] });
    });

    it('does not ask one that did not answer again, but every other', () => {
      assert.deepEqual(ask({ 1: away, 2: lacks }), { code: 1, asked: ['1', '2'] });
      assert.deepEqual(ask({ 1: found, 2: lacks }), { code: 1, asked: ['2'] });
      assert.deepEqual(ask({ 1: found, 2: found }), { code: 0, asked: ['2'] });
    });

    it('asks it again after a while', () => {
      writeFileSync(mark(1), String(uptime() - 20));
      assert.deepEqual(ask({ 1: found }, one), { code: 0, asked: ['1'] });
    });

    it('does not take a file that is not there for a repository that does not answer', () => {
      assert.deepEqual(ask({ 1: lacks }, one), { code: 1, asked: ['1'] });
      assert.ok(!existsSync(mark(1)));
      assert.deepEqual(ask({ 1: found }, one), { code: 0, asked: ['1'] });
    });

    it('lets pgBackRest fetch ahead only after a file that was found', () => {
      const ahead = (end: number): boolean => {
        const { calls } = ran(restoreCommand(one), `exit ${end}`);
        return !calls[0]!.includes(' --no-archive-async ');
      };
      assert.deepEqual([found, found, lacks, lacks, found, away].map(ahead), [
        false,
        true,
        true,
        false,
        false,
        true,
      ]);
    });

    it('leaves the history of a time line that is there already to PostgreSQL', () => {
      const asked = (file: string): number => ran(restoreCommand(one), 'exit 0', file).calls.length;
      assert.equal(asked('00000003.history'), 1);
      mkdirSync(join(directory, 'pg_wal'));
      writeFileSync(join(directory, 'pg_wal', '00000003.history'), '');
      writeFileSync(join(directory, 'pg_wal', wal), '');
      const { code, calls } = ran(restoreCommand(one), 'exit 0', '00000003.history');
      assert.deepEqual({ code, calls }, { code: 1, calls: [] });
      assert.equal(asked('00000004.history'), 1);
      assert.equal(asked(wal), 1, 'WAL of the archive counts more than what is there');
    });

    it('ends with 1 where pgBackRest was killed: at more than 125 PostgreSQL gives up', () => {
      assert.deepEqual(ask({ 1: killed }, one), { code: 1, asked: ['1'] });
      assert.ok(existsSync(mark(1)));
    });

    it('asks where the mark is from before the machine was booted', () => {
      writeFileSync(mark(1), String(uptime() + 10_000));
      assert.deepEqual(ask({ 1: found }, one), { code: 0, asked: ['1'] });
    });

    it('asks where the mark is empty', () => {
      writeFileSync(mark(1), '');
      assert.equal(ask({ 1: found }, one).code, 0);
    });
  });

  describe('archive_command of one repository', () => {
    const plain = `--stanza=db archive-push pg_wal/${wal}`;
    const inHurry = `--stanza=db --archive-timeout=2 archive-push pg_wal/${wal}`;
    const push = (pgbackrest: string) => ran(archiveCommand(one), pgbackrest);
    const postmaster = (state: string): void => {
      const lines = ['7', '/pgdata/data', '1', '5432', '/run/postgresql', '*', '  1  2', state];
      writeFileSync(join(directory, 'postmaster.pid'), `${lines.join('\n')}\n`);
    };

    it('ends as pgBackRest does, with its words', () => {
      assert.deepEqual(push('exit 0'), { code: 0, said: '', calls: [plain] });
      assert.deepEqual(push('echo "ERROR: [082]" >&2; exit 82'), {
        code: 82,
        said: 'ERROR: [082]\n',
        calls: [plain],
      });
    });

    it('notes WAL that pgBackRest lets go', () => {
      const said = 'WARN: dropped WAL file because archive queue exceeded 64MB';
      assert.deepEqual(push(`echo "${said}"`), { code: 0, said: `${said}\n`, calls: [plain] });
      assert.equal(readFileSync(join(directory, 'dropped-1'), 'utf8'), `${wal}\n`);
    });

    it('in a stop does not wait long for a repository that did not take the last segment', () => {
      postmaster('stopping');
      assert.deepEqual(push('exit 82').calls, [plain]);
      assert.deepEqual(push('exit 82').calls, [inHurry]);
      postmaster('ready   ');
      assert.deepEqual(push('exit 82').calls, [plain]);
      postmaster('stopping');
      assert.deepEqual(push('exit 0').calls, [inHurry]);
      assert.deepEqual(push('exit 0').calls, [plain]);
    });

    describe('on a member that has seen time lines begin', () => {
      beforeEach(() => {
        mkdirSync(join(directory, 'pg_wal'));
        const history =
          '1\t0/3000110\tno recovery target specified\n\n2\t0/70000A0\tno recovery target specified\n';
        writeFileSync(join(directory, 'pg_wal', '00000002.history'), history.split('\n')[0]!);
        writeFileSync(join(directory, 'pg_wal', '00000003.history'), history);
      });
      const pushed = (segment: string, pgbackrest = 'exit 0') =>
        ran(archiveCommand(one), pgbackrest, segment);

      it('leaves out the segment in which a time line was left, whatever a member has of it', () => {
        for (const left of ['000000020000000000000007', '000000010000000000000003']) {
          const { code, said, calls } = pushed(left, 'exit 45');
          assert.deepEqual([code, calls], [0, []]);
          assert.match(said, new RegExp(`${left} is the end of a time line that was left: not archived`));
        }
      });

      it('archives all others: of the time line of now, of older ones, histories, partial ones', () => {
        const others = ['000000030000000000000007', '000000020000000000000006', '00000003.history'];
        for (const other of [...others, '000000020000000000000007.partial'])
          assert.deepEqual(pushed(other).calls, [`--stanza=db archive-push pg_wal/${other}`], other);
      });

      it('is content with a partial one that another member has archived, and with nothing else that differs', () => {
        assert.equal(pushed('000000020000000000000007.partial', 'exit 45').code, 0);
        assert.equal(pushed('000000030000000000000007', 'exit 45').code, 45);
      });
    });

    it('waits where there is no postmaster, as for Patroni, which archives what a lost primary has left', () => {
      assert.deepEqual(push('exit 82').calls, [plain]);
      assert.deepEqual(push('exit 82'), { code: 82, said: '', calls: [plain] });
    });
  });
});
