/** What S3, its STS and TLS can refuse, as options of pgBackRest that bring it about, and the words that must come out. */
import type { Hosts } from '../../local/s3/objects';

export interface Refused {
  readonly name: string;
  readonly args?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly message: RegExp;
}

const shared = '--repo2-s3-key-type=shared';
const keys = (key: string, secret: string): Record<string, string> => ({
  PGBACKREST_REPO2_S3_KEY: key,
  PGBACKREST_REPO2_S3_KEY_SECRET: secret,
});

/** For repository 2, whose server has these hosts and knows the key `known`. */
export const refused = (hosts: Hosts, known: string): readonly Refused[] => [
  {
    name: 'wrong key',
    args: [shared],
    variables: keys('nobody', 'nothing'),
    message: /InvalidAccessKeyId/,
  },
  {
    name: 'wrong secret',
    args: [shared],
    variables: keys(known, 'another'),
    message: /SignatureDoesNotMatch/,
  },
  { name: 'wrong bucket', args: ['--repo2-s3-bucket=nowhere'], message: /AccessDenied|NoSuchBucket/ },
  {
    name: 'wrong region',
    args: ['--repo2-s3-region=us-west-2'],
    message: /region is wrong; expecting /,
  },
  {
    name: 'expired certificate',
    args: [`--repo2-s3-endpoint=${hosts.expired}`],
    message: /certificate has expired/,
  },
  {
    name: 'untrusted CA',
    args: ['--repo2-storage-ca-file=/etc/postgres-ha/tls/backup/ca.crt'],
    message: /unable to verify certificate|certificate verify failed|unable to get local issuer/,
  },
  {
    name: 'wrong role',
    variables: { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/another' },
    message: /Not authorized to perform sts:AssumeRoleWithWebIdentity/,
  },
  {
    name: 'no such host',
    args: ['--repo2-s3-endpoint=nobody.svc'],
    message: /nobody\.svc/,
  },
];
