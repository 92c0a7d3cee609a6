import { UNKNOWN } from '../../../provider/cluster/spec';
import { refuses } from './refused';
import { problemsOf } from './refused';
import * as assert from 'node:assert/strict';

const s3 = { type: 's3', bucket: 'shop-backups', region: 'eu-central-1' };
const keys = { key: 'given', keySecret: 'given' };
const of = (...repositories: unknown[]) => ({ repositories });
const at = (cron: unknown, more: object = {}) => ({ schedules: [{ type: 'full', cron, ...more }] });

refuses('repositories', [
  [
    'five repositories',
    of(...['a', 'b', 'c', 'd', 'e'].map((prefix) => ({ ...s3, ...keys, prefix }))),
    'repositories: found 5; allowed: at most 4: every WAL segment goes to each of them. [too-many-repositories]',
  ],
  [
    'two local ones',
    of({ type: 'local' }, { type: 'posix' }),
    'repositories[1].type: found a second local repository, after repositories[0]; allowed: one: a second copy in the same place helps little. Write type: "s3" for it. [second-local-repository]',
  ],
  [
    'a type that is none',
    of({ type: 'gcs' }),
    'repositories[0].type: found "gcs"; allowed: "local", "posix" or "s3". [not-a-choice]',
  ],
  [
    'a bucket of a local repository',
    of({ type: 'local', bucket: 'shop' }),
    'repositories[0].bucket: found it with type: "local"; allowed: it with type: "s3" only. [argument-of-another-type]',
  ],
  [
    'a size of S3',
    of({ ...s3, ...keys, size: '10Gi' }),
    'repositories[0].size: found it with type: "s3"; allowed: it with type: "local" only. [argument-of-another-type]',
  ],
  [
    'a bucket as a URL',
    of({ ...s3, ...keys, bucket: 's3://shop/backups' }),
    'repositories[0].bucket: found "s3://shop/backups"; allowed: the name of a bucket: 3 to 63 small letters, digits, "-" and ".". Write "shop"; a path goes to prefix. [bucket-name]',
  ],
  [
    'a bucket with dots as a host name',
    of({ ...s3, ...keys, bucket: 'shop.backups' }),
    'repositories[0].bucket: found "shop.backups" with uriStyle: "host"; allowed: a name without ".", since no certificate covers that host name. Write uriStyle: "path". [bucket-with-dots]',
  ],
  [
    'no bucket and no region',
    of({ type: 's3', ...keys }),
    'repositories[0].bucket: found nothing; allowed: the name of a bucket. [missing-argument]\n' +
      'repositories[0].region: found nothing; allowed: a region, for example "eu-central-1"; it is part of every signature. [missing-argument]',
  ],
  [
    'an endpoint with a scheme',
    of({ ...s3, ...keys, endpoint: 'https://minio:9000' }),
    'repositories[0].endpoint: found "https://minio:9000"; allowed: a host, and a port if it is not 443, for example "s3.eu-central-1.amazonaws.com". Write "minio:9000". [not-a-host]',
  ],
  [
    'an endpoint without TLS',
    of({ ...s3, ...keys, endpoint: 'http://minio:9000' }),
    'repositories[0].endpoint: found "http://minio:9000"; allowed: a host, and a port if it is not 443, for example "s3.eu-central-1.amazonaws.com". Backups travel by TLS only: let the server speak https. [not-a-host]',
  ],
  [
    'a prefix that climbs',
    of({ ...s3, ...keys, prefix: 'a/../b' }),
    'repositories[0].prefix: found "a/../b"; allowed: names of letters, digits, ".", "_" and "-", with "/" between them, for example "backups/shop". [prefix]',
  ],
  [
    'a CA for a certificate that is not checked',
    of({ ...s3, ...keys, verifyTls: false, caSecret: 'ca' }),
    'repositories[0].verifyTls: found false with caSecret; allowed: true with caSecret, which is there to check the certificate. Leave verifyTls out. [certificate-not-checked]',
  ],
  [
    'credentials given twice',
    of({ ...s3, ...keys, credentialsSecret: 's3' }),
    'repositories[0]: found key and keySecret and also credentialsSecret; allowed: one of them. [credentials-twice]',
  ],
  [
    'half of a pair',
    of({ ...s3, key: 'given' }),
    'repositories[0].keySecret: found nothing; allowed: key and keySecret together. [credentials-half]',
  ],
  [
    'no credentials at all',
    of(s3),
    'repositories[0]: found neither credentials nor a keyType; allowed: keyType: "web-id" with roleArn (IRSA on EKS), keyType: "pod-id" (EKS Pod Identity), keyType: "auto" (instance metadata), credentialsSecret or key and keySecret. [no-credentials]',
  ],
  [
    'keys with Pod Identity',
    of({ ...s3, ...keys, keyType: 'pod-id' }),
    'repositories[0].keyType: found "pod-id" with key and keySecret; allowed: "shared" with credentials: the other types have none. [credentials-with-key-type]',
  ],
  [
    'IRSA without a role',
    of({ ...s3, keyType: 'web-id' }),
    'repositories[0].roleArn: found nothing with keyType: "web-id"; allowed: the ARN of the role that the ServiceAccount takes on. [missing-argument]',
  ],
  [
    'a role with Pod Identity',
    of({ ...s3, keyType: 'pod-id', roleArn: 'arn:aws:iam::111122223333:role/r' }),
    'repositories[0].roleArn: found it with keyType: "pod-id"; allowed: it with keyType: "web-id" only. With Pod Identity the association on AWS names the role and the ServiceAccount. [argument-of-another-key-type]',
  ],
  [
    'a role by its name',
    of({ ...s3, keyType: 'web-id', roleArn: 'hippo' }),
    'repositories[0].roleArn: found "hippo"; allowed: the ARN of a role, for example "arn:aws:iam::111122223333:role/hippo-backups". [role-arn]',
  ],
  [
    'two roles',
    of(
      { ...s3, keyType: 'web-id', roleArn: 'arn:aws:iam::111122223333:role/a' },
      { ...s3, prefix: 'b', keyType: 'web-id', roleArn: 'arn:aws:iam::111122223333:role/b' },
    ),
    'repositories[1].roleArn: found another role than that of repositories[0]; allowed: one role: all pods of the cluster have one ServiceAccount. Give that role the rights to both buckets. [second-role]',
  ],
  [
    'the same place twice',
    of({ ...s3, ...keys, prefix: '/a/' }, { ...s3, ...keys, prefix: 'a' }),
    'repositories[1]: found the bucket and prefix of repositories[0]; allowed: another bucket or prefix for each repository. [same-repository]',
  ],
  [
    'retention by number and by time',
    of({ type: 'local', retention: { full: 2, days: 14 } }),
    'repositories[0].retention: found full and days; allowed: one of them: so many full backups, or full backups of so many days. [retention-twice]',
  ],
  [
    'no retention',
    of({ type: 'local', retention: { full: 0 } }),
    'repositories[0].retention.full: found 0; allowed: a whole number, from 1 to 9999999. [not-a-number-in-range]',
  ],
  [
    "the cluster's own Secret as that of the keys",
    of({ ...s3, credentialsSecret: 'hippo-repositories' }),
    'repositories[0].credentialsSecret: found "hippo-repositories"; allowed: a Secret that the cluster does not write itself. [own-secret]',
  ],
  [
    'no encryption with a passphrase',
    { backup: { cipher: false, cipherSecret: 'pass' } },
    'backup.cipher: found false with cipherSecret; allowed: true with cipherSecret, or neither. [cipher-twice]',
  ],
]);

refuses('schedules', [
  [
    'four fields',
    at('0 1 * *'),
    'schedules[0].cron: found "0 1 * *"; allowed: five fields: minute, hour, day of the month, month, day of the week. [cron]',
  ],
  [
    'six fields',
    at('0 0 1 * * *'),
    'schedules[0].cron: found "0 0 1 * * *"; allowed: five fields: minute, hour, day of the month, month, day of the week. Kubernetes has no field for seconds. [cron]',
  ],
  [
    'a name',
    at('@daily'),
    'schedules[0].cron: found "@daily"; allowed: five fields: minute, hour, day of the month, month, day of the week. For example "0 1 * * *", each night at one. [cron]',
  ],
  [
    'a time zone in it',
    at('TZ=UTC 0 1 * * *'),
    'schedules[0].cron: found "TZ=UTC 0 1 * * *"; allowed: five fields: minute, hour, day of the month, month, day of the week. The time zone goes to timeZone. [cron]',
  ],
  [
    'Sunday as 7',
    at('0 1 * * 7'),
    'schedules[0].cron: found "0 1 * * 7"; allowed: 0 to 6 for the day of the week. Sunday is 0. [cron]',
  ],
  [
    "a last day, which is only other parsers'",
    at('0 1 L * *'),
    'schedules[0].cron: found "0 1 L * *"; allowed: digits, "*", ",", "-" and "/", and names of months and days (JAN, MON). [cron]',
  ],
  [
    'a day that never comes',
    at('0 1 30 2 *'),
    'schedules[0].cron: found "0 1 30 2 *"; allowed: a time that comes. There is no such day. [cron]',
  ],
  [
    'a repository that is not there',
    at('0 1 * * *', { repository: 2 }),
    'schedules[0].repository: found 2; allowed: the number of one of the repositories, from 1 to 1. [schedule-of-no-repository]',
  ],
  [
    'schedules without repositories',
    { repositories: [], ...at('0 1 * * *') },
    'schedules[0].repository: found 1, and no repositories; allowed: no schedules without repositories. [schedule-of-no-repository]',
  ],
  [
    'an offset as a time zone',
    at('0 1 * * *', { timeZone: '+02:00' }),
    'schedules[0].timeZone: found "+02:00"; allowed: the name of a time zone as in the IANA database, for example "Europe/Berlin" or "Etc/UTC". [time-zone]',
  ],
  [
    'a city that is none',
    at('0 1 * * *', { timeZone: 'Europe/Bielefeld' }),
    'schedules[0].timeZone: found "Europe/Bielefeld"; allowed: the name of a time zone as in the IANA database, for example "Europe/Berlin" or "Etc/UTC". [time-zone]',
  ],
  [
    'no full backups',
    { schedules: [{ type: 'incr', cron: '0 1 * * *' }] },
    'schedules: found for repository 1 only incr; allowed: a schedule of type "full" as well: without it nothing expires, and the repository fills up. [no-full-backups]',
  ],
]);

refuses('what proves the backups', [
  [
    'a verification of a repository that is not there',
    { backup: { verify: [{ cron: '0 3 * * 6', repository: 2 }] } },
    'backup.verify[0].repository: found 2; allowed: the number of one of the repositories, from 1 to 1. [schedule-of-no-repository]',
  ],
  [
    'two for one repository',
    { backup: { testRestore: [{ cron: '0 3 * * 6' }, { cron: '0 3 * * 3', repository: 1 }] } },
    'backup.testRestore[1].repository: found 1, as backup.testRestore[0]; allowed: one schedule for each repository. A cron expression can name several times: "0 3,15 * * *". [repository-twice]',
  ],
  [
    'a wrong time',
    { backup: { verify: [{ cron: '0 25 * * 6' }] } },
    'backup.verify[0].cron: found "0 25 * * 6"; allowed: five fields: minute, hour, day of the month, month, day of the week; Invalid value for hour: 25. [cron]',
  ],
  [
    'a volume too small',
    { backup: { testRestore: [{ cron: '0 3 * * 6', size: '10Mi' }] } },
    'backup.testRestore[0].size: found "10Mi"; allowed: a size, at least 512Mi, for example "100Gi". [quantity-too-small]',
  ],
]);

describe('backups: taken are', () => {
  const taken: [string, unknown][] = [
    ['no repositories', { repositories: [] }],
    ['S3 by IRSA', of({ ...s3, keyType: 'web-id', roleArn: 'arn:aws-cn:iam::111122223333:role/path/r' })],
    ['S3 by Pod Identity, and a local one', of({ type: 'local' }, { ...s3, keyType: 'pod-id' })],
    ['a bucket that is not known yet', of({ ...s3, ...keys, bucket: UNKNOWN, region: UNKNOWN })],
    ['names and steps in a schedule', at('*/15 1-5,22 1,15 jan-MAR MON-fri', { timeZone: 'Europe/Berlin' })],
    ['a leap day', at('0 1 29 2 *')],
    ['a schedule that is not known yet', at(UNKNOWN, { timeZone: UNKNOWN })],
  ];
  for (const [sentence, args] of taken) it(sentence, () => assert.deepEqual(problemsOf('hippo', args), []));
});
