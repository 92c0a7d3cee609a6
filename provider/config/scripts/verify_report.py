"""The output of `pgbackrest verify --verbose`, as data. Pure."""
import re

STATUS = re.compile(r'^status: (\w+)', re.M)
WAL = re.compile(r'archiveId: \S+, total WAL checked: (\d+), total valid WAL: (\d+)')
BACKUP = re.compile(r'backup: (\S+), status: ([a-z ]+), total files checked: (\d+), total valid files: (\d+)')
MOST_PROBLEMS = 20
LINE = re.compile(r'^(?:P\d+\s+)?(ERROR|WARN|INFO): (.*)')
# Of what is only information for pgBackRest, what is wrong with a file or a backup.
WRONG = re.compile(r'^(invalid (checksum|size|result)|file missing|duplicate WAL)|may not be recoverable')


def words(errors):
    """What pgBackRest has to say beside its report."""
    lines = map(LINE.match, errors.splitlines())
    return [line[2][:300] for line in lines if line and (line[1] != 'INFO' or WRONG.search(line[2]))]


def verdict(code, output, errors):
    """`ok`, counts, and what is wrong in pgBackRest's own words."""
    status = STATUS.search(output)
    backups = BACKUP.findall(output)
    wal = WAL.findall(output)
    problems = ['backup %s is %s' % (label, state.strip()) for label, state, _, _ in backups if state.strip() != 'valid']
    problems += [
        '%d of %s WAL files are not valid' % (int(checked) - int(valid), checked)
        for checked, valid in wal
        if checked != valid
    ]
    problems += words(errors)
    failed = code != 0 or status is None or status.group(1) != 'ok'
    if failed and not problems:
        problems = ['pgbackrest verify ended with %d and said: %s' % (code, ' '.join(output.split())[:300] or 'nothing')]
    return {
        # A warning alone (a backup in progress, for example) is no failure.
        'ok': not failed,
        'backups': len(backups),
        'files': sum(int(checked) for _, _, checked, _ in backups),
        'wal': sum(int(checked) for checked, _ in wal),
        'problems': problems[:MOST_PROBLEMS],
    }
