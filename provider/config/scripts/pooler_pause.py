"""Run in a pooler's pod by whoever changes or restarts the primary (actions/members/pooler.ts).

    pooler_pause.py pause MOST_SECONDS WAIT_SECONDS    no statement is on its way any more, and clients wait: until another
                                                       primary, or a restarted one, takes writes (pooler.py looks for it)
    pooler_pause.py resume WAIT_SECONDS                waits that long for that; then clients go on whatever there is
    pooler_pause.py check                              whether the primary is reached from here, for `pgha test`

Exit code 0 if so. `pause` fails where transactions do not end in time, and then nothing is paused.
"""
import sys
import time

import pooler_console as console
import pooler_primary


def resume(seconds):
    until = time.monotonic() + seconds
    while console.paused() is not None and time.monotonic() < until:
        time.sleep(0.05)
    console.resume()


def main():
    what, *rest = sys.argv[1:]
    if what == 'pause':
        most, wait = (float(one) for one in rest)
        # A primary that is only slow must not have its clients broken.
        console.pause(time.time() + most, wait, pooler_primary.identity(wait))
    elif what == 'resume':
        resume(float(rest[0]))
    elif what == 'check':
        pooler_primary.identity()
    else:
        sys.exit('%s is none of pause, resume, check' % what)


if __name__ == '__main__':
    try:
        main()
    except (console.Failed, pooler_primary.Away) as error:
        sys.exit(str(error))
