"""Whether a WAL segment is the one in which its time line was left: archive_command asks, and such a one is not archived.

Whoever was promoted then has begun the next time line with a copy of it (xlog.c, XLogInitNewTimeLine), and has archived its own
as `.partial`. All others keep theirs without a mark: a WAL receiver sets it when it closes the file, and one whose primary
stops ends before (walreceiver.c, "could not send end-of-streaming message"). When such a member leads and makes a
checkpoint, PostgreSQL takes the file for a whole one that was forgotten (xlogarchive.c, XLogArchiveCheckDone), whatever
lies behind the end of the WAL in it. The second of that name differs from the first, pgBackRest refuses it
(ArchiveDuplicateError), and PostgreSQL would archive nothing else any more, nor stop in time.
"""
import os
import sys

from archive_handover import forks
from archived_wal import number


def left_here(wal):
    """`wal` is its path. By the newest time line that is known here."""
    directory, segment = os.path.split(wal)
    histories = [one for one in os.listdir(directory or '.') if one.endswith('.history')]
    if not histories or '.' in segment:
        return False
    with open(os.path.join(directory, max(histories)), encoding='ascii') as file:
        return (segment[:8], number(segment)) in forks(file.read())


if __name__ == '__main__':
    if not left_here(sys.argv[1]):
        sys.exit(1)
    print('%s is the end of a time line that was left: not archived' % sys.argv[1], file=sys.stderr)
