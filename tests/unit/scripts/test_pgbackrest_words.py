import unittest

from pgbackrest_words import words

FORBIDDEN = """P00  ERROR: [039]: HTTP request failed with 403 (Forbidden):
            *** Path/Query ***:
            GET /backups/?delimiter=%2F&list-type=2&prefix=hippo
            *** Request Headers ***:
            authorization: <redacted>
            host: s3.eu-central-1.amazonaws.com
            *** Response Headers ***:
            content-length: 231
            *** Response Content ***:
            <?xml version="1.0"?><Error><Code>SignatureDoesNotMatch</Code><Message>The request
            signature does not match.</Message></Error>
"""


class Words(unittest.TestCase):
    def test_an_answer_of_s3_is_its_status_code_and_message_and_what_was_asked_for(self):
        self.assertEqual(
            words(FORBIDDEN),
            '[039]: HTTP request failed with 403 (Forbidden) SignatureDoesNotMatch: The request '
            'signature does not match. (GET /backups/)',
        )

    def test_it_is_no_xml_any_more(self):
        text = FORBIDDEN.replace('The request', 'expecting &#39;eu-central-1&#39;: the request')
        self.assertIn("expecting 'eu-central-1': the request", words(text))

    def test_an_answer_without_content_says_so(self):
        text = 'HTTP request failed with 404 (Not Found):\n*** Path/Query ***:\nHEAD /x\n*** Request Headers ***:\nhost: h\n'
        self.assertEqual(words(text), 'HTTP request failed with 404 (Not Found) without a reason (HEAD /x)')

    def test_other_messages_stay_on_one_line(self):
        text = "P00   WARN: unable to check pg1\nP00  ERROR: [124]: connection refused\n"
        self.assertEqual(words(text), 'unable to check pg1; [124]: connection refused')
        self.assertEqual(words('ERROR: [124]: connection refused'), '[124]: connection refused')


if __name__ == '__main__':
    unittest.main()
