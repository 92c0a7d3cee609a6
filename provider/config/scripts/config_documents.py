"""The texts of ConfigMap CLUSTER-config, parsed once a change."""
import hashlib

import yaml


class Documents:
    def __init__(self):
        self._parsed = {}

    def parse(self, data, key, problems):
        """The parsed text of a key, or None when it is absent or not YAML, which is a problem."""
        text = data.get(key)
        if text is None:
            return None
        digest = sha256(text)
        if self._parsed.get(key, (None,))[0] != digest:
            document = problem = None
            try:
                document = yaml.safe_load(text)
            except yaml.YAMLError as error:
                mark = getattr(error, 'problem_mark', None)
                where = ' in line %d' % (mark.line + 1) if mark else ''
                problem = '%s: not valid YAML%s: %s' % (key, where, getattr(error, 'problem', error))
            self._parsed[key] = (digest, document, problem)
        _, document, problem = self._parsed[key]
        if problem:
            problems.append(problem)
        return document


def sha256(text):
    return hashlib.sha256(text.encode('utf-8')).hexdigest()
