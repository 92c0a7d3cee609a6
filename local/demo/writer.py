"""Writes numbered rows through the primary's Service as fast as one every 20 ms, and at the
end compares what was acknowledged with what is there. Runs in a pod, so that it meets a
failover as an application does.

Each row has one of three outcomes: acknowledged, failed (the server said so before the
commit was sent), or unknown (the connection or the server ended after it was sent; the row may be there).
Prints one JSON line an event; the last one is the result.
"""
import json
import os
import sys
import time

import psycopg2

SECRET = '/etc/app'
INTERVAL = 0.02


def secret(key):
    with open(os.path.join(SECRET, key), encoding='utf-8') as file:
        return file.read()


def connect():
    connection = psycopg2.connect(
        host=secret('host'), port=secret('port'), dbname=secret('dbname'), user=secret('user'),
        password=secret('password'), sslmode='verify-full', sslrootcert=os.path.join(SECRET, 'ca.crt'),
        connect_timeout=2, options='-c statement_timeout=2000',
        keepalives_idle=1, keepalives_interval=1, keepalives_count=2, tcp_user_timeout=2000)
    connection.autocommit = True
    return connection


def say(**event):
    print(json.dumps(event), flush=True)


def main():
    connection = None
    acknowledged, unknown = [], []
    last, longest, refused, number = time.monotonic(), 0.0, 0, 0
    started = time.monotonic()
    while not os.path.exists('/tmp/stop') and time.monotonic() - started < 600:
        number += 1
        sent = False
        try:
            if connection is None:
                connection = connect()
                with connection.cursor() as cursor:
                    if not acknowledged:
                        # Of an earlier demo on the same cluster.
                        cursor.execute('DROP TABLE IF EXISTS demo')
                    cursor.execute('CREATE TABLE IF NOT EXISTS demo (n bigint PRIMARY KEY)')
            with connection.cursor() as cursor:
                sent = True
                cursor.execute('INSERT INTO demo VALUES (%s)', (number,))
            now = time.monotonic()
            if not acknowledged:
                say(event='started')
            elif now - last > 0.5:
                say(event='writing', row=number, after=round(now - last, 2))
            longest = max(longest, now - last) if acknowledged else 0.0
            last = now
            acknowledged.append(number)
        except psycopg2.Error as error:
            # A server that answers "read-only" has not committed. One that shuts down while a commit waits for a
            # standby has, if only locally (PostgreSQL's syncrep.c).
            if sent and (error.pgcode is None or error.pgcode.startswith('57P')):
                unknown.append(number)
            refused += 1
            if connection is not None:
                connection.close()
            connection = None
        time.sleep(INTERVAL)

    while True:
        try:
            with connect().cursor() as cursor:
                cursor.execute('SELECT n FROM demo')
                found = {row[0] for row in cursor}
            break
        except psycopg2.Error:
            time.sleep(0.2)
    lost = [n for n in acknowledged if n not in found]
    ghosts = found - set(acknowledged) - set(unknown)
    say(event='result', acknowledged=len(acknowledged), refused=refused, unknown=len(unknown), found=len(found),
        lost=len(lost), ghosts=len(ghosts), longestGap=round(longest, 2))
    return 1 if lost or ghosts else 0


if __name__ == '__main__':
    sys.exit(main())
