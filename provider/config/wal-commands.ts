/** How PostgreSQL's WAL gets to the repositories and back: `archive_command` and `restore_command`, by pgBackRest. */
import type { ClusterSpec } from '../cluster/spec';
import { resolverOptions } from './connection';
import { directories } from './files';
import { stanza } from './pgbackrest';

/**
 * Both commands ask for the address of a repository. The node that is lost may have had a DNS server on it, and Kubernetes sends
 * questions there for another 40 s: a promotion must not wait for each of them.
 */
const resolver = `export RES_OPTIONS="${resolverOptions}"`;

/**
 * With one repository in shell, since starting Python for each segment costs more than pgBackRest itself. It notes in a file when
 * pgBackRest lets WAL go because the queue is full: else only the log would know (scripts/archive_gaps.py).
 *
 * PostgreSQL's stop waits for three tries. A repository that was away the last time gets two seconds for each, not the
 * archive-timeout: meanwhile a former primary holds no commit (docs/decisions/repository-away.md). The last line of postmaster.pid is
 * the state of the postmaster (miscadmin.h, LOCK_FILE_LINE_PM_STATUS).
 *
 * Of an older time line the last segment is not archived (scripts/left_segment.py), and a partial one that is there already, from
 * another member that was promoted, is enough: exit code 45 is pgBackRest's ArchiveDuplicateError.
 */
export function archiveCommand(spec: ClusterSpec): string {
  // pgBackRest's check wants its name in the command (command/check/common.c).
  if (spec.repositories.length > 1)
    return `${resolver}; python3 /etc/postgres-ha/scripts/pgbackrest_push.py "%p"`;
  const mark = `${directories.socket}/repository-1.failing`;
  const gap = `case "$o" in *"dropped WAL"*) echo "%f" >> ${directories.gaps}/dropped-1;; esac`;
  return [
    resolver,
    'for h in pg_wal/*.history; do :; done',
    `if [ -e "$h" ]; then IFS=/.; set -- $h; unset IFS`,
    `case "%f" in $2*|*.*) ;; *) python3 /etc/postgres-ha/scripts/left_segment.py "%p" && exit 0;; esac; fi`,
    `t=; if [ -e ${mark} ]; then while read -r l; do s=$l; done 2>/dev/null <postmaster.pid`,
    `[ "$s" != stopping ] || t=--archive-timeout=2; fi`,
    `o=$(pgbackrest --stanza=${stanza} $t archive-push "%p" 2>&1); c=$?`,
    `case $c:%f in 45:*.partial) c=0;; esac`,
    `if [ $c -ne 0 ]; then touch ${mark}; elif [ -e ${mark} ]; then rm -f ${mark}; fi`,
    `[ -z "$o" ] || { echo "$o" >&2; ${gap}; }; exit $c`,
  ].join('; ');
}

/** How long a repository that did not answer is not asked again. */
const awaySeconds = 15;

/**
 * Asks one repository after the other. Before it ends recovery PostgreSQL asks four or five times, for WAL and for time lines,
 * and one that does not answer would hold up each by its time-out, and a failover by all of them
 * (docs/decisions/repository-away.md). So it is asked once, and taken for one that lacks the file for a while: to
 * PostgreSQL every end but 0 is the same.
 *
 * pgBackRest's asynchronous process fetches ahead, which is what a replica that catches up wants, but takes 110 ms to say that a
 * file is not there, where it takes 20 without. So it is for the file after one that was found. And the history of a time line that is
 * there already, from the leader mostly, is not asked for: PostgreSQL takes that one then (RestoreArchivedFile, xlogarchive.c).
 *
 * In shell, inline: a file that an older pod lacks would end with 127, at which PostgreSQL gives up. By the time since boot,
 * since no clock that is set may keep a repository away. No "%", which PostgreSQL would take for its own.
 */
export function restoreCommand(spec: ClusterSpec): string {
  const mark = `${directories.socket}/repository-$r`;
  const clock = 'IFS=. read -r now _ </proc/uptime';
  const configuration =
    '--config=/etc/pgbackrest/repo$r/pgbackrest.conf --config-include-path=/etc/pgbackrest/repo$r/conf.d';
  return [
    resolver,
    'case %f in *.history) [ -e pg_wal/%f ] && exit 1;; esac',
    `for r in ${spec.repositories.map(({ number }) => number).join(' ')}; do m=${mark}`,
    `${clock}; [ -e $m.away ] && read -r then <$m.away && [ $then -le $now ] && [ $then -gt $((now - ${awaySeconds})) ] && continue`,
    'a=--no-archive-async; [ -e $m.found ] && a=',
    `pgbackrest ${configuration} --stanza=${stanza} $a archive-get %f "%p" && { : >$m.found; exit 0; }`,
    `if [ $? -gt 1 ]; then ${clock}; echo $now >$m.away; else rm -f $m.away $m.found; fi`,
    'done; exit 1',
  ].join('; ');
}
