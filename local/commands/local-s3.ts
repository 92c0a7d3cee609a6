/** `npm run local:s3`: an S3 server with TLS in the local cluster, and a cluster's repository in it to copy. */
import { randomBytes } from 'node:crypto';
import { main } from '../kubernetes/main';
import { up } from '../kubernetes/cluster';
import { S3Server } from '../s3/server';

const bucket = 'backups';
const namespace = 'local-s3';

main('local:s3', async () => {
  const server = await S3Server.up(await up(), namespace);
  await server.bucket(bucket, { versioning: true });
  const login = {
    key: `local-${randomBytes(4).toString('hex')}`,
    secret: randomBytes(24).toString('base64url'),
  };
  const all = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  await server.user(login, {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: all }],
  });
  process.stdout.write(`# In the namespace of a PostgresCluster:
kubectl create secret generic s3-key --from-literal=key=${login.key} --from-literal=keySecret=${login.secret}
kubectl create secret generic s3-ca --from-literal=ca.crt="$(kubectl get secret s3 -n ${namespace} -o jsonpath='{.data.ca\\.crt}' | base64 -d)"

# Its repository:
{ type: 's3', bucket: '${bucket}', region: '${server.region}', endpoint: '${server.hosts.s3}', caSecret: 's3-ca', credentialsSecret: 's3-key' }
`);
  return 0;
});
