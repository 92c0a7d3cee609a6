import * as assert from 'node:assert/strict';
import { parse as parsePg } from 'pg-connection-string';
import { normalise } from '../../../provider/cluster/normalise';
import { UNKNOWN } from '../../../provider/cluster/spec';
import type { Connection } from '../../../provider/config/connection';
import { connection } from '../../../provider/config/connection';
import { validate, validatePasswords } from '../../../provider/cluster/validation';

/** Role, database and password that work in every form: none of them is refused. */
const nasty: [string, string, string, string][] = [
  ['plain', 'app', 'app', 'secret'],
  ['quotes', `o'brien "the app"`, `d"b'`, `p'a"s\`s`],
  ['spaces', ' lead and trail ', 'my db', ' two  spaces '],
  ['signs of a URI', 'a:b@c/d?e#f&g', 'x:y@z;w&v$u', 'p:a@s/s?w#o&r=d'],
  ['percent', '100%', '%20', '%41%'],
  ['dollars and shell', '$USER', '$(id)', '${HOME}!`id`;|*~'],
  ['backslashes', 'a\\b', 'c\\', '\\:\\\\'],
  ['plus', 'a+b', 'c+d', 'e+f'],
  ['unicode', 'Ünï', 'データ', 'pässwörd-ключ-密码'],
  ['brackets', '[a]', '{b}', '<c>(d)'],
  ['commas', 'a,b', 'c,d', 'e,f'],
];

function connectionOf(user: string, database: string, password: string): Connection {
  const args = {
    namespace: 'shop',
    replicas: 2,
    users: [{ name: user }],
    databases: [{ name: database, owner: user }],
  };
  assert.deepEqual(validate('hippo', args), []);
  assert.deepEqual(validatePasswords([{ path: 'password', value: password }]), []);
  return connection(normalise('hippo', args), user, password);
}

/** As libpq reads a URI (fe-connect.c, conninfo_uri_parse_options): user and password up to `@`, hosts, database, options. */
function parseAsLibpq(uri: string) {
  const match = /^postgresql:\/\/([^:@/]*):([^@/]*)@([^/?]*)\/([^?]*)\?(.*)$/.exec(uri);
  assert.ok(match, uri);
  const [, user = '', password = '', hosts = '', dbname = '', query = ''] = match;
  return {
    user: decodeURIComponent(user),
    password: decodeURIComponent(password),
    hosts: hosts.split(',').map((host) => host.split(':')),
    dbname: decodeURIComponent(dbname),
    options: Object.fromEntries(query.split('&').map((option) => option.split('='))) as Record<
      string,
      string
    >,
  };
}

/** As pgJDBC reads it (Driver.parseURL): java.net.URLDecoder, where `+` is a space. */
function parseAsJdbc(uri: string): Record<string, string | undefined> {
  const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
  const match = /^jdbc:postgresql:\/\/([^/]+)\/([^?]*)\?(.*)$/.exec(uri);
  assert.ok(match, uri);
  const [, host, dbname = '', query = ''] = match;
  const properties = query.split('&').map((property) => {
    const at = property.indexOf('=');
    return [property.slice(0, at), decode(property.slice(at + 1))];
  });
  return { host, dbname: decode(dbname), ...(Object.fromEntries(properties) as Record<string, string>) };
}

/** As libpq reads a password file (fe-connect.c, passwordFromFile): `\` takes the next character as it is. */
function parsePasswordFile(content: string): string[][] {
  return content
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const fields = [''];
      for (let i = 0; i < line.length; i++)
        if (line[i] === '\\') fields[fields.length - 1] += line[++i]!;
        else if (line[i] === ':') fields.push('');
        else fields[fields.length - 1] += line[i]!;
      return fields;
    });
}

describe('every form of a connection carries', () => {
  for (const [sentence, user, database, password] of nasty)
    it(sentence, () => {
      const made = connectionOf(user, database, password);
      const { host, port, dbname } = made;
      assert.deepEqual(
        [host, port, dbname, made.user, made.password],
        ['hippo.shop.svc', '5432', database, user, password],
      );

      for (const form of ['uri', 'ro-uri', 'host-list-uri'] as const) {
        const parsed = parseAsLibpq(made[form]);
        assert.deepEqual([parsed.user, parsed.dbname, parsed.password], [user, database, password], form);
        assert.equal(parsed.options['sslmode'], 'verify-full');
        assert.equal(parsed.options['sslrootcert'], '/etc/postgres-ha/ca.crt');
        // Nothing that a quoted word of a shell, a .env file or a YAML scalar would take apart.
        assert.match(made[form], /^[A-Za-z0-9:/@.,?&=%_~;$+-]+$/);
      }
      const withoutTls = made.uri.replace(/\?.*/, '');
      const node = parsePg(withoutTls);
      assert.deepEqual(
        [node.user, node.database, node.password, node.host],
        [user, database, password, host],
      );

      const jdbc = parseAsJdbc(made['jdbc-uri']);
      assert.deepEqual([jdbc.dbname, jdbc['user'], jdbc['password']], [database, user, password]);
      assert.equal(jdbc['sslmode'], 'verify-full');

      const lines = parsePasswordFile(made.pgpass);
      assert.deepEqual(lines[0], ['hippo.shop.svc', '5432', '*', user, password]);
      for (const fields of lines) assert.deepEqual(fields.slice(2), ['*', user, password]);
    });
});

describe('a connection', () => {
  const spec = normalise('hippo', {
    namespace: 'shop',
    replicas: 2,
    remove: ['hippo-2'],
    users: [{ name: 'app', databases: ['b', 'a'] }, { name: 'bare' }, { name: 'owner' }],
    databases: [{ name: 'a' }, { name: 'b' }, { name: 'c', owner: 'owner' }],
  });

  it('goes to the primary Service, the replica Service, or the members by name', () => {
    const made = connection(spec, 'app', 'x');
    assert.equal(
      made.uri,
      'postgresql://app:x@hippo.shop.svc:5432/b?sslmode=verify-full&sslrootcert=/etc/postgres-ha/ca.crt',
    );
    assert.deepEqual(parseAsLibpq(made['ro-uri']).hosts, [['hippo-replica.shop.svc', '5432']]);
    const list = parseAsLibpq(made['host-list-uri']);
    assert.deepEqual(list.hosts, [
      ['hippo-1-0.hippo-members.shop.svc', '5432'],
      ['hippo-3-0.hippo-members.shop.svc', '5432'],
      ['hippo-4-0.hippo-members.shop.svc', '5432'],
    ]);
    assert.equal(list.options['target_session_attrs'], 'read-write');
  });

  const databases: [string, string][] = [
    ['app', 'b'],
    ['bare', 'postgres'],
    ['owner', 'c'],
    ['postgres', 'postgres'],
  ];
  for (const [user, database] of databases)
    it(`of ${user} is to the database ${database}`, () =>
      assert.equal(connection(spec, user, 'x').dbname, database));

  it('is unknown where its user is', () => {
    const unknown = normalise('hippo', { users: [{ name: UNKNOWN }] });
    const made = connection(unknown, UNKNOWN, 'x');
    assert.ok(made.uri.includes(UNKNOWN));
    assert.equal(made.host, 'hippo.default.svc');
  });
});
