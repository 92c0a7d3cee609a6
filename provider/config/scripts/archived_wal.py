"""Which WAL a repository lacks, by the names of what it has. Pure.

`pgbackrest verify` reads what is there and says nothing of what is not (command/verify/verify.c, createArchiveIdRange).
"""
import re

# ARCHIVE/TIMELINE+LOG/SEGMENT-CHECKSUM.EXTENSION below archive/STANZA. A partial one is no segment, and neither is a history.
WAL = re.compile(r'^(?P<archive>[^/]+)/[0-9A-F]{16}/(?P<segment>[0-9A-F]{24})-[0-9a-f]{40}(\.\w+)?$')
# Segments of 16 MiB: initdb is never told another size.
IN_LOG = 256


def number(segment):
    """Place in the row of all segments, whatever the timeline."""
    return int(segment[8:16], 16) * IN_LOG + int(segment[16:], 16)


def name(timeline, place):
    return '%s%08X%08X' % (timeline, place // IN_LOG, place % IN_LOG)


def ranges(segments):
    """[timeline, first, last] of segments without a gap between them, in order."""
    found = []
    for segment in sorted(segments):
        timeline, place = segment[:8], number(segment)
        if found and found[-1][0] == timeline and place == found[-1][2] + 1:
            found[-1][2] = place
        else:
            found.append([timeline, place, place])
    return found


def by_archive(names):
    """Segments of each archive (`18-1`: major version and number of the data)."""
    archives = {}
    for match in filter(None, map(WAL.match, names)):
        archives.setdefault(match['archive'], set()).add(match['segment'])
    return archives


def lacking(names):
    """Gaps, as first and last segment, between the first segment of an archive and its last one."""
    archives = by_archive(names)
    return [gap for archive in sorted(archives) for gap in gaps(archives[archive])]


def gaps(segments):
    found = ranges(segments)
    for index, (timeline, first, _) in enumerate(found):
        before = found[:index]
        own = [last for of, _, last in before if of == timeline]
        if own:
            yield {'from': name(timeline, own[-1] + 1), 'to': name(timeline, first - 1)}
            continue
        # A timeline begins within the segment in which the one before it ends; that one may have gone on, and may have
        # been left for a third one since.
        ends = [last for _, _, last in before if last < first]
        if ends and not any(start <= first <= last + 1 for _, start, last in before):
            yield {'from': name(timeline, max(ends) + 1), 'to': name(timeline, first - 1)}
