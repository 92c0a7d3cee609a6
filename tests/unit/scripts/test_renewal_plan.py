import unittest

import renewal_plan as plan

DAY = 86400
PROFILE = {
    'secret': 'hippo-server',
    'commonName': 'hippo.ns',
    'dnsNames': ['hippo', 'localhost'],
    'ipAddresses': ['127.0.0.1'],
    'usages': ['serverAuth'],
    'days': 90,
}
FOUND = {**PROFILE, 'notBefore': 0, 'notAfter': 90 * DAY, 'issued': True}
AUTHORITY = {'notBefore': 0, 'notAfter': 3650 * DAY}


class Reasons(unittest.TestCase):
    CASES = (
        ('young', FOUND, AUTHORITY, 1 * DAY, []),
        ('a day before two thirds', FOUND, AUTHORITY, 59 * DAY, []),
        ('a day after two thirds', FOUND, AUTHORITY, 61 * DAY, ['over two thirds of its life have passed']),
        ('expired', FOUND, AUTHORITY, 91 * DAY, ['over two thirds of its life have passed']),
        ('old, but the CA lasts no longer', FOUND, {**AUTHORITY, 'notAfter': 90 * DAY}, 61 * DAY, []),
        ('of another CA', {**FOUND, 'issued': False}, AUTHORITY, 0, ['not issued by the present CA']),
        (
            'another name is wanted',
            {**FOUND, 'dnsNames': ['hippo', 'old']},
            AUTHORITY,
            0,
            ['names without localhost', 'names with old, which is not wanted'],
        ),
        ('the order of names does not matter', {**FOUND, 'dnsNames': ['localhost', 'hippo']}, AUTHORITY, 0, []),
        ('another common name', {**FOUND, 'commonName': 'x'}, AUTHORITY, 0, ['common name is x, wanted is hippo.ns']),
        ('without its usage', {**FOUND, 'usages': []}, AUTHORITY, 0, ['usages without serverAuth']),
        ('not readable', {'error': 'the Secret has no key tls.key'}, AUTHORITY, 0, ['the Secret has no key tls.key']),
    )

    def test_cases(self):
        for what, found, authority, now, expected in self.CASES:
            with self.subTest(what):
                self.assertEqual(plan.reasons(PROFILE, found, authority, now), expected)


class TheAuthority(unittest.TestCase):
    def test_is_told_of_in_time(self):
        self.assertIsNone(plan.authority_trouble(AUTHORITY, 2400 * DAY))
        soon = plan.authority_trouble(AUTHORITY, 3640 * DAY)
        self.assertEqual(soon, 'the CA expires in 10 days and is not renewed by itself: see docs/certificates.md, "A new CA"')
        gone = plan.authority_trouble(AUTHORITY, 3650 * DAY)
        self.assertEqual(gone, 'the CA has expired: clients that verify refuse the cluster; see docs/certificates.md, "A new CA"')
