"""Start of container `database`: puts Patroni's configuration together and becomes Patroni.

/etc/patroni/patroni.yml is the same for every member. A member's own parameters (members.yaml) are Patroni's local
configuration too; they get a file of their own, which the agent rewrites when the ConfigMap changes.
"""
import os
import sys

import yaml

import data_lock
import fencing
import in_place
import unfinished
from patroni_config import BASE_FILE, DIRECTORY, MEMBER_FILE, member_document, write_file

MEMBERS = '/etc/postgres-ha/config/members.yaml'


def own_parameters():
    # A member must be able to start with a ConfigMap that somebody is just editing; the agent reports it too.
    try:
        with open(MEMBERS, encoding='utf-8') as file:
            members = yaml.safe_load(file)
    except FileNotFoundError:
        members = None
    except yaml.YAMLError as error:
        print('start: members.yaml is not valid YAML: %s' % ' '.join(str(error).split()), file=sys.stderr)
        members = None
    document, problems = member_document(members, os.environ['MEMBER_NAME'])
    for problem in problems:
        print('start: %s' % problem, file=sys.stderr)
    return document


def main():
    data_lock.hold()
    if fencing.fenced(os.environ['MEMBER_NAME']):
        fencing.wait(os.environ['MEMBER_NAME'])
    os.makedirs(DIRECTORY, mode=0o770, exist_ok=True)
    # It goes on with what it has copied itself.
    in_place.prepare(os.environ['MEMBER_NAME'])
    if unfinished.Volume().set_aside(unfinished.is_initialised):
        print('start: the data here are of a copy that was interrupted: it is begun again', file=sys.stderr)
    with open('/etc/patroni/patroni.yml', encoding='utf-8') as file:
        write_file(os.path.join(DIRECTORY, BASE_FILE), file.read())
    own = yaml.safe_dump(own_parameters(), allow_unicode=True)
    write_file(os.path.join(DIRECTORY, MEMBER_FILE), own)
    patroni = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'patroni_main.py')
    os.execvp('python3', ['python3', patroni, *sys.argv[1:], DIRECTORY])


main()
