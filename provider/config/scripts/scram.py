"""SCRAM-SHA-256 verifiers, made and checked here, so that no password ever reaches PostgreSQL in plain.

The format is that of pg_authid.rolpassword (PostgreSQL, src/common/scram-common.c, scram_build_secret):
SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>. Standard library alone: it is also unit-tested
on machines without PostgreSQL's client.
"""
import base64
import hashlib
import hmac
import os
import re
import stringprep
import unicodedata

# PostgreSQL's own default (scram_iterations).
ITERATIONS = 4096
SALT_BYTES = 16

_FORMAT = re.compile(r'SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)')


def verifier(password, salt=None, iterations=ITERATIONS):
    """What PostgreSQL stores for `password`."""
    salt = os.urandom(SALT_BYTES) if salt is None else salt
    salted = hashlib.pbkdf2_hmac('sha256', _prepared(password), salt, iterations)
    stored_key = hashlib.sha256(_hmac(salted, b'Client Key')).digest()
    server_key = _hmac(salted, b'Server Key')
    return 'SCRAM-SHA-256$%d:%s$%s:%s' % (iterations, _text(salt), _text(stored_key), _text(server_key))


def matches(password, stored):
    """Whether `stored` (pg_authid.rolpassword, may be None or an md5 hash) is a verifier of `password`."""
    parts = _FORMAT.fullmatch(stored or '')
    if not parts:
        return False
    made = verifier(password, base64.b64decode(parts.group(2)), int(parts.group(1)))
    return hmac.compare_digest(made, stored)


def _hmac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def _text(data):
    return base64.b64encode(data).decode('ascii')


def _prepared(password):
    """The password as clients send it: SASLprep, or as it is where SASLprep refuses it (PostgreSQL does the same)."""
    normal = saslprep(password)
    return (password if normal is None else normal).encode('utf-8')


def saslprep(text):
    """RFC 4013 as in PostgreSQL's src/common/saslprep.c; None for a prohibited text."""
    if text.isascii():
        return text
    mapped = ''.join(
        ' ' if stringprep.in_table_c12(c) else c for c in text if not stringprep.in_table_b1(c) or stringprep.in_table_c12(c)
    )
    normal = unicodedata.normalize('NFKC', mapped)
    if not normal or any(_prohibited(c) for c in normal):
        return None
    if any(stringprep.in_table_d1(c) for c in normal):
        right_to_left = stringprep.in_table_d1(normal[0]) and stringprep.in_table_d1(normal[-1])
        if not right_to_left or any(stringprep.in_table_d2(c) for c in normal):
            return None
    return normal


def _prohibited(c):
    return (
        stringprep.in_table_a1(c)
        or stringprep.in_table_c12(c)
        or stringprep.in_table_c21_c22(c)
        or stringprep.in_table_c3(c)
        or stringprep.in_table_c4(c)
        or stringprep.in_table_c5(c)
        or stringprep.in_table_c6(c)
        or stringprep.in_table_c7(c)
        or stringprep.in_table_c8(c)
        or stringprep.in_table_c9(c)
    )
