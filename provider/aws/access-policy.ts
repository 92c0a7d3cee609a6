/** What pgBackRest may do: the calls that it makes, on its own prefix. */
import { bucketArn } from './arns';
import { policyDocument, type PolicyDocument, type Statement } from './policy-document';

export interface AccessTo {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly bucket: string;
  readonly prefix: string;
  /** Prefixes that are read only. */
  readonly readPrefixes?: readonly string[];
  /** The key that the objects are encrypted with, when it is one of KMS. */
  readonly kms?: { readonly keyArn: string; readonly region: string; readonly dnsSuffix: string };
}

/**
 * The calls are those of pgBackRest's src/storage/s3/{storage,read,write}.c: ListObjectsV2 (always with the
 * prefix and a "/" after it), ListObjectVersions and GET of a version (repo-target-time), HEAD, GET, PUT,
 * multipart upload (s3:PutObject covers all its calls), DELETE and DeleteObjects. Deleting a *version*, or
 * changing the bucket, is not among them: what was stored can be got back, whoever holds the credentials.
 */
export function accessPolicy(to: AccessTo): PolicyDocument {
  const arn = bucketArn(to.partition, to.bucket);
  const readable = [to.prefix, ...(to.readPrefixes ?? [])];
  const statements: Statement[] = [
    {
      Sid: 'ListRepository',
      Effect: 'Allow',
      Action: ['s3:ListBucket', 's3:ListBucketVersions'],
      Resource: arn,
      Condition: { StringLike: { 's3:prefix': readable.map((prefix) => `${prefix}/*`) } },
    },
    {
      Sid: 'UseRepository',
      Effect: 'Allow',
      Action: ['s3:DeleteObject', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
      Resource: `${arn}/${to.prefix}/*`,
    },
    // Allowed nowhere here; refused, so that no other policy of the role brings it back, and since not every server that
    // speaks S3 asks for more than s3:DeleteObject (MinIO: only a refusal counts for a version).
    { Sid: 'KeepVersions', Effect: 'Deny', Action: 's3:DeleteObjectVersion', Resource: `${arn}/*` },
  ];
  if (readable.length > 1)
    statements.push({
      Sid: 'ReadOtherRepositories',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:GetObjectVersion'],
      Resource: readable.slice(1).map((prefix) => `${arn}/${prefix}/*`),
    });
  if (to.kms !== undefined) statements.push(useOfKey(to.kms));
  return policyDocument(statements);
}

/** S3 asks KMS on behalf of the caller: a data key for each object written, decryption for each read and for each part of an upload. */
function useOfKey({ keyArn, region, dnsSuffix }: NonNullable<AccessTo['kms']>): Statement {
  return {
    Sid: 'UseKeyThroughS3',
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: keyArn,
    Condition: { StringEquals: { 'kms:ViaService': `s3.${region}.${dnsSuffix}` } },
  };
}
