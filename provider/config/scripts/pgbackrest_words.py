"""pgBackRest's messages on one line, short enough for an annotation. Pure."""
import html
import re

from published import shortened

NO_REASON = 'without a reason'
PREFIX = re.compile(r'^(?:P\d+\s+)?(?:ERROR|WARN): ')
# An answer of S3 that was no success is told with all headers before its content, in which alone the reason is
# (common/io/http/request.c, httpRequestError).
PARTS = re.compile(r'\*\*\* (Path/Query|Request Headers|Response Headers|Response Content) \*\*\*:?')
CODE = re.compile(r'<Code>(.*?)</Code>', re.S)
MESSAGE = re.compile(r'<Message>(.*?)</Message>', re.S)


def words(text):
    """What went wrong; of an answer of S3 its status, code and message, and what was asked for."""
    lines = [PREFIX.sub('', line.strip()) for line in text.splitlines() if line.strip()]
    return shortened(answer('\n'.join(lines)) or '; '.join(lines))


def answer(text):
    first, *rest = PARTS.split(text)
    parts = dict(zip(rest[::2], (one.strip() for one in rest[1::2])))
    if 'Path/Query' not in parts:
        return None
    content = parts.get('Response Content', '')
    reason = ': '.join(html.unescape(found.group(1)) for found in (CODE.search(content), MESSAGE.search(content)) if found)
    asked = parts['Path/Query'].split('?')[0]
    return ' '.join(('%s %s (%s)' % (first.strip().rstrip(':'), reason or NO_REASON, asked)).split())
