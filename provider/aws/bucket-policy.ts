/** The bucket's own policy: what nobody may do, whatever their rights. */
import { bucketArn } from './arns';
import { policyDocument, type PolicyDocument } from './policy-document';

/** Refuses requests without TLS, and with a TLS that is too old to protect them. */
export function tlsOnlyPolicy(partition: string, bucket: string): PolicyDocument {
  const arn = bucketArn(partition, bucket);
  const everything = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [arn, `${arn}/*`] } as const;
  return policyDocument([
    { Sid: 'OnlyWithTls', ...everything, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    { Sid: 'OnlyWithTls12', ...everything, Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } },
  ]);
}
