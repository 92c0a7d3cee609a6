"""The verifier is PostgreSQL's: the first case is what `CREATE ROLE … PASSWORD 'pencil'` stores for this salt."""
import base64
import unittest

import scram

SALT = base64.b64decode('W22ZaJ0SNY7soEsUEjb6gQ==')


class Verifier(unittest.TestCase):
    def test_is_that_of_rfc_7677(self):
        # RFC 7677, section 3: user "user", password "pencil", this salt, 4096 iterations. The keys follow from its
        # proof and server signature.
        made = scram.verifier('pencil', SALT)
        self.assertEqual(made, 'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$' + KEYS)

    def test_matches_its_password_and_no_other(self):
        for password in ('x', 'pä$$ ß', 'with : colon', "it's \\ \"", 'a' * 200):
            made = scram.verifier(password)
            self.assertTrue(scram.matches(password, made), password)
            self.assertFalse(scram.matches(password + ' ', made), password)

    def test_other_iterations_match_too(self):
        self.assertTrue(scram.matches('x', scram.verifier('x', iterations=10000)))

    def test_nothing_an_md5_hash_and_rubbish_match_no_password(self):
        for stored in (None, '', 'md5' + 32 * '0', 'SCRAM-SHA-256$4096:xx', 'plain'):
            self.assertFalse(scram.matches('plain', stored), stored)


class Saslprep(unittest.TestCase):
    # RFC 4013, section 3, and PostgreSQL's src/common/saslprep.c: plain ASCII is left as it is.
    CASES = (
        ('a soft hyphen vanishes', 'I\u00adX', 'IX'),
        ('ASCII stays', 'USER', 'USER'),
        ('compatibility forms are made plain', '\u00aa', 'a'),
        ('a Roman numeral becomes letters', '\u2168', 'IX'),
        ('a ligature becomes letters', '\ufb01', 'fi'),
        ('another space becomes a space', 'a\u00a0\u00df', 'a \u00df'),
        ('a control character beside non-ASCII is prohibited', '\u00e4\u0007', None),
        ('both directions are prohibited', '\u0627\u0031', None),
        ('ASCII control characters alone stay', 'a\u0007', 'a\u0007'),
    )

    def test_cases(self):
        for what, given, expected in self.CASES:
            with self.subTest(what):
                self.assertEqual(scram.saslprep(given), expected)


def _rfc_keys():
    """StoredKey and ServerKey out of the exchange printed in RFC 7677, without the code under test."""
    import hashlib
    import hmac

    client_first = 'n=user,r=rOprNGfwEbeRWgbNEkqO'
    nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
    server_first = 'r=%s,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096' % nonce
    auth = ','.join((client_first, server_first, 'c=biws,r=' + nonce)).encode()
    proof = base64.b64decode('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=')
    signature = base64.b64decode('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
    salted = hashlib.pbkdf2_hmac('sha256', b'pencil', SALT, 4096)
    stored = hashlib.sha256(hmac.new(salted, b'Client Key', 'sha256').digest()).digest()
    server = hmac.new(salted, b'Server Key', 'sha256').digest()
    key = bytes(a ^ b for a, b in zip(proof, hmac.new(stored, auth, 'sha256').digest()))
    assert hashlib.sha256(key).digest() == stored and hmac.new(server, auth, 'sha256').digest() == signature
    return '%s:%s' % (base64.b64encode(stored).decode(), base64.b64encode(server).decode())


KEYS = _rfc_keys()
