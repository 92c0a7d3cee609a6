// The shape that validates programs without a compiler must know each argument that args.ts has, and no other.
import { join } from 'node:path';
import { bucketShape } from '../../../provider/aws/validation/shape';
import { itHasTheShapeOf } from '../../support/argument-shapes';

const files = [join(__dirname, '../../../provider/aws/args.ts')];

describe("the shape of a BackupBucket's arguments", () => {
  itHasTheShapeOf('BackupBucketArgs', files, bucketShape);
});
