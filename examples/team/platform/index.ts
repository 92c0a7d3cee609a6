// The stack of the platform team: settings that other stacks read by a StackReference. On AWS the bucket
// (`new postgres.BackupBucket(…)`) would be made here, too, and `repository` be an output.
import * as pulumi from '@pulumi/pulumi';

const config = new pulumi.Config();

export const image = config.get('image');
export const storageClass = config.get('storageClass');
export const fullBackups = config.getNumber('fullBackups') ?? 4;
