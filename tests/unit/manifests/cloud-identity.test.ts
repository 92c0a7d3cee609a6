import assert from 'node:assert/strict';
import { pgbackrestFiles } from '../../../provider/config/pgbackrest';
import { normalise } from '../../../provider/cluster/normalise';
import { firstBackup } from '../../../provider/manifests/backup-jobs';
import { podTemplate } from '../../../provider/manifests/pod-template';
import { repositoryHost } from '../../../provider/manifests/repository-host';
import { serviceAccount } from '../../../provider/manifests/rbac';

const roleArn = 'arn:aws:iam::111122223333:role/hippo-backups';
const spec = (repository: object) =>
  normalise('hippo', {
    namespace: 'ns',
    repositories: [{ type: 'local' }, { type: 's3', bucket: 'b', region: 'eu-central-1', ...repository }],
  } as never);

interface Pod {
  volumes: readonly { name: string }[];
  containers: readonly {
    name: string;
    env: readonly { name: string; value?: string }[];
    volumeMounts: readonly { name: string }[];
  }[];
}

/** Per container: the variables of AWS that it has, if the volume with the token is mounted too. */
function identity({ volumes, containers }: Pod): Record<string, string[]> {
  const volume = volumes.some(({ name }) => name === 'aws-iam-token');
  return Object.fromEntries(
    containers.map(({ name, env, volumeMounts }) => [
      name,
      volume && volumeMounts.some((mount) => mount.name === 'aws-iam-token')
        ? env.filter((one) => one.name.startsWith('AWS_')).map((one) => `${one.name}=${one.value}`)
        : [],
    ]),
  );
}

const given = [
  `AWS_ROLE_ARN=${roleArn}`,
  'AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
];

describe('the role on AWS', () => {
  const keyless = spec({ keyType: 'web-id', roleArn });

  it('reaches every process of pgBackRest that talks to S3, and nobody else', () => {
    assert.deepEqual(identity(podTemplate(keyless, 'hippo-1').spec as never), {
      database: given,
      agent: [],
      pgbackrest: given,
    });
    const job = firstBackup(keyless, keyless.repositories[1]!);
    assert.deepEqual(identity(job.spec.template.spec as never), { backup: given });
    assert.deepEqual(identity(repositoryHost(keyless).spec.template.spec as never), { pgbackrest: [] });
  });

  it('is an annotation of the ServiceAccount too', () => {
    assert.equal(serviceAccount(keyless).metadata.annotations?.['eks.amazonaws.com/role-arn'], roleArn);
  });

  it('is not there without one', () => {
    const pod = podTemplate(spec({ keyType: 'pod-id' }), 'hippo-1').spec as never;
    assert.deepEqual(identity(pod), { database: [], agent: [], pgbackrest: [] });
  });

  it('is another pod when it is another role', () => {
    const fingerprint = (arn: string) =>
      podTemplate(spec({ keyType: 'web-id', roleArn: arn }), 'hippo-1').metadata.annotations;
    assert.notDeepEqual(fingerprint(roleArn), fingerprint(`${roleArn}-2`));
  });

  for (const [name, repository, host] of [
    ['of the region', {}, 'sts.eu-central-1.amazonaws.com'],
    ['of China', { region: 'cn-north-1' }, 'sts.cn-north-1.amazonaws.com.cn'],
    ['that is given', { stsHost: 'sts.example' }, 'sts.example'],
    ["pgBackRest's own, for another server than AWS'", { endpoint: 's3.example' }, undefined],
  ] as const)
    it(`asks the STS ${name}`, () => {
      const file = pgbackrestFiles(spec({ keyType: 'web-id', roleArn, ...repository }))['member.conf']!;
      assert.equal(/^repo2-s3-sts-host=(.*)$/m.exec(file)?.[1], host);
    });
});
