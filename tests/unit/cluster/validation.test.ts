import * as assert from 'node:assert/strict';
import { normalise } from '../../../provider/cluster/normalise';
import type { ResolvedArgs } from '../../../provider/cluster/resolved';
import { UNKNOWN } from '../../../provider/cluster/spec';
import {
  renderProblem,
  renderProblems,
  validate,
  validateChange,
  validatePasswords,
} from '../../../provider/cluster/validation';
import { problemsOf } from './refused';

describe('accepted are', () => {
  const table: [string, unknown][] = [
    ['no arguments at all', {}],
    ['null for what is left out', { replicas: null, config: { parameters: null } }],
    ['one member alone', { replicas: 0 }],
    ['the most replicas', { replicas: 20, synchronous: 'quorum', synchronousNumber: 20 }],
    ['any replica removed', { replicas: 1, remove: ['hippo-2', 'hippo-17'] }],
    ['other timing that holds the rule', { patroni: { ttl: 30, loopWait: 10, retryTimeout: 10 } }],
    ['a user of the database postgres', { users: [{ name: 'app', databases: ['postgres'] }] }],
    ['extensions in the database postgres', { databases: [{ name: 'postgres', extensions: ['pgaudit'] }] }],
    [
      'values as YAML has them',
      { config: { parameters: { max_connections: 200, jit: true, random_page_cost: 1.1 } } },
    ],
    [
      'parameters in any letters, with units',
      { config: { parameters: { Work_Mem: '64 MB', WAL_Compression: 'ZSTD' } } },
    ],
    ['parameters of a module that is not in the image', { config: { parameters: { 'my_app.tenant': 'x' } } }],
    [
      '-1 where it means off',
      { config: { parameters: { log_min_duration_statement: '-1', max_slot_wal_keep_size: '-1' } } },
    ],
    [
      'a lower commit without synchronous replication',
      { config: { parameters: { synchronous_commit: 'off' } } },
    ],
    ['time zones', { config: { parameters: { timezone: 'Europe/Berlin', log_timezone: 'EST5EDT' } } }],
    [
      'an own library and extension in an own image',
      {
        image: 'example.com/postgres:1',
        databases: [{ name: 'a', extensions: ['postgis'] }],
        config: { parameters: { shared_preload_libraries: 'timescaledb' } },
      },
    ],
    [
      'lines of every kind',
      {
        config: {
          hba: [
            '# a comment',
            'hostssl "my db",other +admins,/^app_ 10.0.0.0/8 scram-sha-256',
            'host all all ::1/128 reject',
            'hostssl all all 10.0.0.0 255.0.0.0 cert map=people',
            'local all all peer map=people',
            'hostssl all all .example.com ldap ldapserver=ldap.example.com ldapprefix="cn="',
          ],
          ident: ['people /^(.*)@example\\.com$ \\1', 'people "CN with space" app'],
        },
      },
    ],
    [
      'annotations of a load balancer',
      {
        service: {
          type: 'LoadBalancer',
          annotations: { 'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb' },
        },
      },
    ],
    ['a toleration of everything', { scheduling: { tolerations: [{ operator: 'Exists' }] } }],
    ['images by digest and with a port', { image: `localhost:5000/a/b:1@sha256:${'0'.repeat(64)}` }],
  ];
  for (const [sentence, args] of table) it(sentence, () => assert.deepEqual(problemsOf('hippo', args), []));

  it('names of 33 characters', () => assert.deepEqual(problemsOf('a'.repeat(33), { replicas: 20 }), []));
});

describe('what is not known yet', () => {
  it('is passed over, wherever it stands', () => {
    const u = UNKNOWN;
    const args = {
      namespace: u,
      synchronous: u,
      synchronousNumber: u,
      postgresVersion: u,
      image: u,
      imagePullSecrets: u,
      users: [
        { name: u, databases: u, options: [u], connectionLimit: u },
        { name: 'app', databases: [u] },
      ],
      databases: [
        { name: u, owner: u, extensions: u },
        { name: 'a', owner: 'later' },
      ],
      config: { parameters: { work_mem: u }, memberParameters: u, hba: [u], ident: u },
      patroni: { ttl: u },
      storage: { size: u, storageClass: u },
      resources: { cpu: u, cpuLimit: u, memory: u },
      scheduling: { tolerations: [u], nodeSelector: u },
      service: { annotations: { a: u } },
      tls: { serverSecret: u },
      metadata: { labels: u },
      deletionPolicy: u,
      removedData: u,
      restartPolicy: u,
    };
    assert.deepEqual(problemsOf('hippo', args), []);
  });

  it('does not hide what is wrong beside it', () => {
    const args = { config: { parameters: { work_mem: UNKNOWN, jit: 'maybe' } } };
    assert.deepEqual(problemsOf('hippo', args), [
      'config.parameters.jit: found "maybe"; allowed: on or off. [parameter-value]',
    ]);
  });
});

describe('all problems', () => {
  it('are told at once, in one text', () => {
    const args = { replicas: 0, synchronous: 'strict', storage: { size: '5GB' } } as ResolvedArgs;
    assert.equal(
      renderProblems('Hippo', validate('Hippo', args)),
      [
        'PostgresCluster "Hippo" has 3 problems in its arguments:',
        '  name: found "Hippo"; allowed: small letters a-z, digits and "-", beginning with a letter and ending with a letter or digit. For example "hippo". [name-not-a-dns-label]',
        '  synchronous: found "strict" with replicas: 0; allowed: "strict" with at least one replica. Write replicas: 1 or more, or synchronous: "async". [synchronous-without-replica]',
        '  storage.size: found "5GB"; allowed: a size, at least 512Mi, for example "100Gi". Did you mean "5Gi"? [not-a-quantity]',
      ].join('\n'),
    );
  });
});

describe('passwords', () => {
  const table: [string, unknown, string | undefined][] = [
    ['plain', 'correct horse battery staple', undefined],
    ['signs', `'"\`$%:@/?#&=+\\;,{}[]<>|~*! `, undefined],
    ['letters of other scripts', 'pässwörd-ключ-密码', undefined],
    ['not known yet', UNKNOWN, undefined],
    ['empty', '', 'an empty password'],
    ['NUL', 'a\0b', 'a NUL character'],
    [
      'line end',
      'secret\n',
      'a line end; a password file has one line a password, and Secrets read from files often end in one',
    ],
    ['tab', 'a\tb', 'a control character'],
    [
      'ligature, which some clients take apart',
      'ﬁsh',
      'a character that clients encode in different ways (RFC 4013)',
    ],
    [
      'no-break space, which some clients make a space',
      'a\u00a0b',
      'a character that clients encode in different ways (RFC 4013)',
    ],
    ['decomposed', 'u\u0308', 'a character that clients encode in different ways (RFC 4013)'],
    ['newer than Unicode 3.2', '😀', 'a character that clients encode in different ways (RFC 4013)'],
    ['right to left', 'אב1', 'a character that clients encode in different ways (RFC 4013)'],
    ['half of a pair', 'a\ud800', 'a character that clients encode in different ways (RFC 4013)'],
    ['long', 'a'.repeat(1001), '1001 characters'],
    ['a number', 12345, 'something that is no text'],
  ];
  for (const [sentence, value, found] of table)
    it(`${found === undefined ? 'accepted' : 'refused'}: ${sentence}`, () => {
      const problems = validatePasswords([{ path: 'superuserPassword', value: value as string }]);
      assert.deepEqual(
        problems.map((problem) => problem.found),
        found === undefined ? [] : [found],
      );
      if (found !== undefined && value !== '')
        assert.ok(!JSON.stringify(problems).includes(JSON.stringify(value).slice(1, -1)));
    });
});

describe('a living cluster refuses', () => {
  const table: [string, ResolvedArgs, ResolvedArgs, string[]][] = [
    ['nothing, when nothing changes', {}, {}, []],
    ['no growth', { storage: { size: '1Gi' } }, { storage: { size: '2Gi' } }, []],
    ['no other way to write a size', { storage: { size: '1Gi' } }, { storage: { size: '1024Mi' } }, []],
    ['no class left out', { storage: { storageClass: 'fast' } }, {}, []],
    [
      'nothing unknown',
      { storage: { size: '10Gi' } },
      { storage: { size: UNKNOWN }, namespace: UNKNOWN },
      [],
    ],
    [
      'a volume that shrinks',
      { storage: { size: '10Gi' } },
      { storage: { size: '5Gi' } },
      [
        'storage.size: found "10Gi" → "5Gi"; allowed: "10Gi" or more: a volume grows, and never shrinks. [volume-shrinks]',
      ],
    ],
    [
      'another class',
      { storage: { storageClass: 'fast' } },
      { storage: { storageClass: 'slow' } },
      [
        'storage.storageClass: found "fast" → "slow"; allowed: "fast": the class of a volume can\'t be changed. Make a new cluster with the other class, and move the data. [storage-class-changed]',
      ],
    ],
    [
      'a WAL volume that comes',
      {},
      { walStorage: { size: '5Gi' } },
      [
        'walStorage: found a WAL volume for a cluster that has none; allowed: what the cluster was made with: WAL does not move. Leave walStorage out. [wal-volume-changed]',
      ],
    ],
    [
      'a WAL volume that goes',
      { walStorage: { size: '5Gi' } },
      {},
      [
        'walStorage: found no WAL volume for a cluster that has one; allowed: what the cluster was made with: WAL does not move. Write walStorage: { size: "5Gi" }. [wal-volume-changed]',
      ],
    ],
    [
      'a WAL volume that shrinks',
      { walStorage: { size: '5Gi' } },
      { walStorage: { size: '1Gi' } },
      [
        'walStorage.size: found "5Gi" → "1Gi"; allowed: "5Gi" or more: a volume grows, and never shrinks. [volume-shrinks]',
      ],
    ],
    [
      'a newer major version',
      { postgresVersion: 17 },
      { postgresVersion: 18 },
      [
        "postgresVersion: found 17 → 18; allowed: 17: another major version can't read the data. A major upgrade is an action of its own (Upgrade), not a change of this argument. [postgres-version-changed]",
      ],
    ],
    [
      'an older major version',
      { postgresVersion: 18 },
      { postgresVersion: 17 },
      [
        "postgresVersion: found 18 → 17; allowed: 18: another major version can't read the data. There is no way back to an older major version but a dump. [postgres-version-changed]",
      ],
    ],
    [
      'another namespace',
      {},
      { namespace: 'shop' },
      [
        'namespace: found "default" → "shop"; allowed: "default": a living cluster does not move. Make a new cluster beside this one, move the data, and remove this one. [namespace-changed]',
      ],
    ],
  ];
  for (const [sentence, old, wanted, said] of table)
    it(sentence, () =>
      assert.deepEqual(
        validateChange(
          normalise('hippo', { repositories: [], ...old }),
          normalise('hippo', { repositories: [], ...wanted }),
        ).map(renderProblem),
        said,
      ),
    );

  it('another name', () => {
    const [problem] = validateChange(normalise('hippo', {}), normalise('rhino', {}));
    assert.equal(problem!.code, 'name-changed');
  });
});
